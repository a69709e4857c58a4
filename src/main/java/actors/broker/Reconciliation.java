package actors.broker;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import actors.controller.ClusterMetadata;
import actors.controller.PartitionImage;
import actors.controller.TopicImage;
import actors.partition.PartitionId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import storage.log.PartitionName;

/**
 * Which replicas should run on this broker and which do: each image yields the orders that make the
 * one the other. How many have yet to answer is counted along, since a thousand may be created or
 * fail over at a time. No effects but on its own state.
 *
 * @param <R> how a running replica is talked to
 */
final class Reconciliation<R> {
  private static final LeaderEpoch UNANSWERED = new LeaderEpoch(Integer.MIN_VALUE);

  private final int brokerId;
  private final Map<Place, Running<R>> running = new LinkedHashMap<>();
  private final Set<PartitionName> leaving = new HashSet<>();

  /** To be told once nobody waits for those that are to lead: new followers, and who is there. */
  private final List<PartitionId> later = new ArrayList<>();

  private ClusterMetadata image = ClusterMetadata.EMPTY;
  private BrokerEpoch epoch = BrokerEpoch.NONE;
  private int startingCount;
  private int missingCount;
  private int outOfStepCount;

  Reconciliation(int brokerId) {
    this.brokerId = brokerId;
  }

  /** One replica, as long as its topic lives. */
  record Place(Uuid topicId, int partition) {
    static Place of(PartitionId id) {
      return new Place(id.topicId(), id.partition());
    }
  }

  /** What is to be done about one replica. */
  sealed interface Order<R> {
    PartitionId id();

    /** Empty if it is not known to run. */
    Optional<R> replica();

    void runWith(BrokerPort<R> port);
  }

  /** Tell it what the controller has decided. */
  record Tell<R>(
      PartitionId id,
      PartitionImage decided,
      Map<String, String> topicConfigs,
      BrokerEpoch epoch,
      Optional<R> replica)
      implements Order<R> {
    @Override
    public void runWith(BrokerPort<R> port) {
      port.tell(this);
    }
  }

  /** It is wanted no more; where it is known to run, say with {@link #left} when it has gone. */
  record Delete<R>(PartitionId id, Optional<R> replica) implements Order<R> {
    @Override
    public void runWith(BrokerPort<R> port) {
      port.delete(this);
    }
  }

  /**
   * What an answer told.
   *
   * @param isFirst it had not answered before
   * @param isOther another than was known to run
   */
  record Answer(boolean isFirst, boolean isOther) {}

  private record Running<R>(
      PartitionId id,
      PartitionImage asked,
      Map<String, String> askedConfigs,
      BrokerEpoch askedEpoch,
      LeaderEpoch assumed,
      Optional<R> replica) {

    Running<R> asked(PartitionImage decided, Map<String, String> configs, BrokerEpoch epoch) {
      return new Running<>(id, decided, configs, epoch, assumed, replica);
    }

    Running<R> answered(LeaderEpoch nowAssumed, Optional<R> nowRunning) {
      return new Running<>(id, asked, askedConfigs, askedEpoch, nowAssumed, nowRunning);
    }

    boolean wasAsked(PartitionImage decided, Map<String, String> configs, BrokerEpoch epoch) {
      return askedEpoch.equals(epoch)
          && (isShared(asked, decided) || asked.equals(decided))
          && askedConfigs.equals(configs);
    }

    boolean hasAnswered() {
      return !assumed.equals(UNANSWERED);
    }

    /** It has opened its log, or tried to. */
    boolean runs() {
      return replica.isPresent() && !assumed.equals(LeaderEpoch.NONE);
    }

    boolean isInStep() {
      return replica.isPresent() && assumed.equals(asked.leaderEpoch());
    }

    Tell<R> order() {
      return new Tell<>(id, asked, askedConfigs, askedEpoch, replica);
    }
  }

  /**
   * What is to be done at once; the {@link #rest} when nobody waits for this any more.
   *
   * @param nowEpoch of this broker's registration
   */
  List<Order<R>> follow(ClusterMetadata next, BrokerEpoch nowEpoch) {
    ClusterMetadata before = image;
    boolean isSameLife = nowEpoch.equals(epoch);
    image = next;
    epoch = nowEpoch;
    List<Order<R>> orders = new ArrayList<>();
    if (!isShared(next.topics(), before.topics())) {
      stopWhatIsGone(orders);
    }
    for (TopicImage topic : next.topics().values()) {
      if (!isSameLife || !isShared(before.topics().get(topic.name()), topic)) {
        reconcile(topic, orders);
      }
    }
    return orders;
  }

  /** Images share what has not changed; so most of it need not be compared. */
  private static boolean isShared(Object one, Object other) {
    return one == other;
  }

  private void stopWhatIsGone(List<Order<R>> orders) {
    for (Iterator<Running<R>> all = running.values().iterator(); all.hasNext(); ) {
      Running<R> known = all.next();
      if (!belongsHere(known.id())) {
        if (known.replica().isPresent()) {
          leaving.add(nameOf(known.id()));
        }
        orders.add(new Delete<>(known.id(), known.replica()));
        count(known, -1);
        all.remove();
      }
    }
  }

  /** The topic is there, and this broker is among its partition's replicas. */
  private boolean belongsHere(PartitionId id) {
    return image
        .topic(id.topicId())
        .filter(topic -> id.partition() < topic.partitions().size())
        .map(topic -> topic.partitions().get(id.partition()).replicas())
        .filter(replicas -> replicas.contains(brokerId))
        .isPresent();
  }

  private static PartitionName nameOf(PartitionId id) {
    return new PartitionName(id.topic(), id.partition());
  }

  private void reconcile(TopicImage topic, List<Order<R>> orders) {
    for (PartitionImage partition : topic.partitions()) {
      PartitionId id = new PartitionId(topic.id(), topic.name(), partition.partition());
      // A deleted topic of the same name may still hold the directory.
      if (partition.replicas().contains(brokerId) && !leaving.contains(nameOf(id))) {
        reconcile(id, partition, topic.configs(), orders);
      }
    }
  }

  private void reconcile(
      PartitionId id, PartitionImage decided, Map<String, String> configs, List<Order<R>> orders) {
    Running<R> known = running.get(Place.of(id));
    if (known != null && known.wasAsked(decided, configs, epoch)) {
      return;
    }
    Running<R> next =
        known == null
            ? new Running<>(id, decided, configs, epoch, UNANSWERED, Optional.empty())
            : known.asked(decided, configs, epoch);
    put(next);
    if (known == null && decided.leader() != brokerId) {
      later.add(id);
    } else {
      orders.add(next.order());
    }
  }

  private void put(Running<R> next) {
    Running<R> before = running.put(Place.of(next.id()), next);
    if (before != null) {
      count(before, -1);
    }
    count(next, 1);
  }

  private void count(Running<R> known, int sign) {
    startingCount += known.hasAnswered() || known.asked().leader() != brokerId ? 0 : sign;
    missingCount += known.runs() ? 0 : sign;
    outOfStepCount += known.isInStep() ? 0 : sign;
  }

  /** The replica of a deleted topic has let go of its directory. */
  List<Order<R>> left(PartitionName name) {
    leaving.remove(name);
    List<Order<R>> orders = new ArrayList<>();
    image.topic(name.topic()).ifPresent(topic -> reconcile(topic, orders));
    return orders;
  }

  /**
   * A replica has done as it was told, or is there.
   *
   * @param assumed {@link LeaderEpoch#NONE}: it is only there, and waits for {@link #rest}
   * @return empty if it is none that should run here
   */
  Optional<Answer> answered(PartitionId id, LeaderEpoch assumed, R replica) {
    Running<R> known = running.get(Place.of(id));
    if (known == null) {
      return Optional.empty();
    }
    put(known.answered(assumed, Optional.of(replica)));
    if (assumed.equals(LeaderEpoch.NONE)) {
      later.add(known.id());
    }
    return Optional.of(
        new Answer(!known.hasAnswered(), known.replica().filter(replica::equals).isEmpty()));
  }

  /**
   * A replica has stopped without being told to.
   *
   * @return the partition, if it should run and no other has taken its place
   */
  Optional<PartitionId> gone(Place place, R replica) {
    Running<R> known = running.get(place);
    if (known == null || known.replica().filter(replica::equals).isEmpty()) {
      return Optional.empty();
    }
    put(known.answered(LeaderEpoch.NONE, Optional.empty()));
    return Optional.of(known.id());
  }

  /** To be told once more, if it is still not known to run. */
  Optional<Tell<R>> again(Place place) {
    return Optional.ofNullable(running.get(place))
        .filter(known -> known.replica().isEmpty())
        .map(Running::order);
  }

  /** Who follows from the start, and who has said no more than that it is there: told now, once. */
  List<Order<R>> rest() {
    List<Order<R>> orders = new ArrayList<>();
    for (PartitionId id : later) {
      Running<R> known = running.get(Place.of(id));
      if (known != null && !known.runs()) {
        orders.add(known.order());
      }
    }
    later.clear();
    return orders;
  }

  /** Replicas that are to lead and have never answered since they were first wanted. */
  boolean someAreStarting() {
    return startingCount > 0;
  }

  /** Every replica that should run has opened its log, as far as is known. */
  boolean allRun() {
    return missingCount == 0;
  }

  /** They all lead and follow in the epochs of the image. */
  boolean areInStep() {
    return outOfStepCount == 0;
  }

  /** Those that run; from now on none should. */
  List<R> stopAll() {
    List<R> all = running.values().stream().flatMap(known -> known.replica().stream()).toList();
    running.clear();
    later.clear();
    startingCount = 0;
    missingCount = 0;
    outOfStepCount = 0;
    return all;
  }
}
