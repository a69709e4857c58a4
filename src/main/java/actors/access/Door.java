package actors.access;

import actors.access.AccessMessage.Open;
import actors.access.AccessMessage.Opened;
import actors.access.AccessMessage.Refused;
import actors.config.BrokerConfigs;
import actors.config.EffectiveTopicConfig;
import actors.controller.ClusterMetadata;
import actors.controller.TopicImage;
import actors.partition.Replica;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * Where far replicas of other brokers knock: one on each broker, under a name that all know. It
 * compares the reign that they believe in with the broker's image, and lets each into a {@link
 * Visit} of its own.
 */
public final class Door extends AbstractBehavior<AccessMessage> {
  /** Below {@code /system}; what is below it is among Artery's large-message destinations. */
  static final String NAME = "granary-door";

  private final House house;
  private final ByteBudget budget;
  private final Map<ActorRef<AccessMessage>, ActorRef<AccessMessage>> visits = new HashMap<>();
  private final Map<ActorRef<Void>, ActorRef<AccessMessage>> guests = new HashMap<>();
  private long visitCount;

  /**
   * The broker that a door belongs to.
   *
   * @param image the newest that has reached it
   * @param replicas those that run on it
   */
  public record House(
      int brokerId,
      BrokerConfigs configs,
      Supplier<ClusterMetadata> image,
      RunsHere replicas,
      ByteBudget budget) {

    /** With the usual bound of bytes in memory. */
    public House(
        int brokerId, BrokerConfigs configs, Supplier<ClusterMetadata> image, RunsHere replicas) {
      this(brokerId, configs, image, replicas, new ByteBudget(Limits.DOOR_BYTES_MAX));
    }

    Optional<Reign.Objection> objection(Reign reign) {
      return reign.objection(image.get());
    }

    /** The largest batch that the topic takes; zero if there is no such topic. */
    int batchBytesMax(Reign reign) {
      return image
          .get()
          .topic(reign.topicId())
          .map(topic -> EffectiveTopicConfig.of(topic.configs(), configs).batchBytesMax())
          .orElse(0);
    }
  }

  /** Finds the broker's own replicas; any thread. */
  public interface RunsHere {
    Optional<ActorRef<Replica.Command>> find(String topic, int partition);
  }

  private Door(ActorContext<AccessMessage> context, House house) {
    super(context);
    this.house = house;
    this.budget = house.budget();
  }

  /** Opens the broker's door; it lives as long as the system. */
  public static void start(ActorSystem<?> system, House house) {
    system.systemActorOf(create(house), NAME, Props.empty());
  }

  static Behavior<AccessMessage> create(House house) {
    return Behaviors.setup(context -> new Door(context, house));
  }

  @Override
  public Receive<AccessMessage> createReceive() {
    return newReceiveBuilder()
        .onMessage(Open.class, this::onOpen)
        .onSignal(Terminated.class, this::onLeft)
        .build();
  }

  private Behavior<AccessMessage> onOpen(Open open) {
    Reign reign = new Reign(open.topicId(), open.partition(), house.brokerId(), open.epoch());
    Optional<Reign.Objection> objection = house.objection(reign);
    ActorRef<AccessMessage> known = visits.get(open.guest());
    if (objection.isPresent()) {
      refuse(open, objection.get().error(), objection.get().sentence());
    } else if (known != null) {
      open.guest().tell(new Opened(open.epoch(), known)); // the first answer was slow, or lost
    } else if (visits.size() >= Limits.VISITS_MAX) {
      refuse(open, Errors.THROTTLING_QUOTA_EXCEEDED, Limits.VISITS_MAX + " visits are enough");
    } else {
      house
          .image()
          .get()
          .topic(reign.topicId())
          .map(TopicImage::name)
          .flatMap(topic -> house.replicas().find(topic, reign.partition()))
          .ifPresentOrElse(
              replica -> letIn(open, reign, replica),
              () -> refuse(open, Errors.LEADER_NOT_AVAILABLE, "its replica has not started yet"));
    }
    return this;
  }

  private void letIn(Open open, Reign reign, ActorRef<Replica.Command> replica) {
    ActorRef<AccessMessage> visit =
        getContext()
            .spawn(
                Visit.create(house, reign, open.guest(), replica, budget), "visit-" + visitCount++)
            .narrow();
    getContext().watch(visit);
    visits.put(open.guest(), visit);
    guests.put(visit.unsafeUpcast(), open.guest());
    open.guest().tell(new Opened(open.epoch(), visit));
  }

  private static void refuse(Open open, Errors error, String sentence) {
    open.guest().tell(new Refused(open.epoch(), error, sentence));
  }

  private Behavior<AccessMessage> onLeft(Terminated left) {
    Optional.ofNullable(guests.remove(left.getRef())).ifPresent(visits::remove);
    return this;
  }
}
