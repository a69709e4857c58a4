package actors.access;

import actors.Outcome;
import actors.controller.ClusterMetadata;
import actors.controller.PartitionImage;
import actors.partition.Replica;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;

/**
 * The far replicas of a broker: one for each leader elsewhere that somebody here wants to speak to.
 * Any thread.
 */
public final class FarReplicas {
  /** Before the number of each; among Artery's large-message destinations. */
  private static final String NAME_PREFIX = "granary-far-";

  private final ActorSystem<?> system;
  private final IntFunction<Optional<String>> addresses;
  private final Map<Reign, ActorRef<Object>> present = new ConcurrentHashMap<>();
  private final AtomicLong count = new AtomicLong();

  /**
   * @param addresses of the brokers that can be reached, as Pekko writes them
   */
  public FarReplicas(ActorSystem<?> system, IntFunction<Optional<String>> addresses) {
    this.system = system;
    this.addresses = addresses;
  }

  /**
   * Somebody who speaks the replica's protocol for the leader of a partition; to be watched, since
   * it stops with the reign.
   *
   * @param partition led by another broker
   * @return refused with a retriable error where that broker cannot be reached at present
   */
  public Outcome<ActorRef<Replica.Command>> leader(Uuid topicId, PartitionImage partition) {
    Reign reign =
        new Reign(topicId, partition.partition(), partition.leader(), partition.leaderEpoch());
    ActorRef<Object> known = present.get(reign);
    if (known != null) {
      return Outcome.accepted(known.narrow());
    }
    return addresses
        .apply(reign.brokerId())
        .map(address -> Outcome.<ActorRef<Replica.Command>>accepted(begin(reign, address).narrow()))
        .orElseGet(
            () ->
                Outcome.refused(
                    Errors.LEADER_NOT_AVAILABLE,
                    "broker %d leads it, which is not reached at present",
                    reign.brokerId()));
  }

  private ActorRef<Object> begin(Reign reign, String address) {
    ActorRef<AccessMessage> door =
        ActorRefResolver.get(system).resolveActorRef(address + "/system/" + Door.NAME);
    return present.computeIfAbsent(
        reign,
        wanted ->
            system.systemActorOf(
                FarReplica.create(wanted, door, () -> present.remove(wanted)),
                NAME_PREFIX + count.getAndIncrement(),
                Props.empty()));
  }

  /** A newer image has come: those whose reign is over end. */
  public void follow(ClusterMetadata image) {
    present.forEach(
        (reign, far) -> {
          if (reign.objection(image).isPresent()) {
            far.tell(new FarReplica.ReignOver());
          }
        });
  }

  /** How many there are; for tests. */
  int count() {
    return present.size();
  }
}
