package actors.controller;

import actors.BrokerEpoch;
import actors.config.BrokerConfigs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntPredicate;
import org.apache.kafka.common.protocol.Errors;

/**
 * Who belongs to the cluster and who is trusted. A broker registers, which fences it; reports that
 * it serves, which lifts the fence; says that it is about to stop; and is fenced when it cannot be
 * reached.
 *
 * @param defaults broker-wide settings, for elections
 */
record BrokerDecisions(BrokerConfigs defaults) {

  /**
   * The same incarnation twice is one registration. Another one takes the broker's place under a
   * new epoch, and leads nothing until it is ready; where it may have lost the end of its logs, it
   * leaves the ISR before it could be elected.
   */
  Decision<Controller.Registration> register(ClusterMetadata image, BrokerRegistration request) {
    if (request.brokerId() < 0) {
      return Decision.refused(
          Errors.INVALID_REGISTRATION, "A broker id is not negative: %d.", request.brokerId());
    }
    if (!request.clusterId().isEmpty() && !request.clusterId().equals(image.clusterId())) {
      return Decision.refused(
          Errors.INCONSISTENT_CLUSTER_ID,
          "Broker %d belongs to the cluster %s; this is %s.",
          request.brokerId(),
          request.clusterId(),
          image.clusterId());
    }
    Optional<BrokerImage> known = Optional.ofNullable(image.brokers().get(request.brokerId()));
    if (known.isEmpty() && image.brokers().size() >= Limits.BROKERS_MAX) {
      return Decision.refused(
          Errors.POLICY_VIOLATION, "There are %d brokers already.", Limits.BROKERS_MAX);
    }
    return known
        .filter(broker -> broker.incarnation().equals(request.incarnation()))
        .map(broker -> Decision.alreadySo(registration(image, broker.epoch())))
        .orElseGet(() -> registered(image, request, known));
  }

  private Decision<Controller.Registration> registered(
      ClusterMetadata image, BrokerRegistration request, Optional<BrokerImage> known) {
    BrokerEpoch epoch = new BrokerEpoch(image.version() + 1);
    boolean whole =
        known.isPresent() && request.previousEpoch().equals(known.map(BrokerImage::epoch));
    IntPredicate lost = brokerId -> !whole && brokerId == request.brokerId();
    MetadataFact registered = new MetadataFact.BrokerRegistered(request.fenced(epoch));
    List<MetadataFact> facts = settled(image, request.brokerId(), registered, lost);
    return Decision.accepted(facts, registration(image, epoch));
  }

  /** The broker serves: it may lead from now on. */
  Decision<BrokerEpoch> ready(ClusterMetadata image, int brokerId, BrokerEpoch epoch) {
    return ofRegistered(
        image,
        brokerId,
        epoch,
        broker ->
            broker.fenced()
                ? Decision.accepted(
                    settled(
                        image,
                        brokerId,
                        new MetadataFact.BrokerUnfenced(brokerId, epoch),
                        BrokerDecisions::noneLost),
                    epoch)
                : Decision.alreadySo(epoch));
  }

  /**
   * The broker is about to stop (controlled shutdown, as Kafka's KIP-589): its leaderships go to
   * other in-sync replicas, and it leaves the ISR wherever another stays. Asked again, it does the
   * same for what has changed meanwhile. Answers how many partitions it leads for which it is worth
   * waiting: another replica is there and may come to be in sync.
   */
  Decision<Integer> leave(ClusterMetadata image, int brokerId, BrokerEpoch epoch) {
    return ofRegistered(
        image,
        brokerId,
        epoch,
        broker -> {
          List<MetadataFact> facts =
              broker.leaving()
                  ? Elections.afterChangeOf(brokerId, image, BrokerDecisions::noneLost, defaults)
                  : settled(
                      image,
                      brokerId,
                      new MetadataFact.BrokerLeaving(brokerId, epoch),
                      BrokerDecisions::noneLost);
          return Decision.accepted(facts, stillLed(brokerId, image.applyAll(facts)));
        });
  }

  private static int stillLed(int brokerId, ClusterMetadata image) {
    return (int)
        image.topics().values().stream()
            .flatMap(topic -> topic.partitions().stream())
            .filter(partition -> partition.leader() == brokerId)
            .filter(partition -> partition.replicas().stream().anyMatch(image::isActive))
            .count();
  }

  /** The broker cannot be reached: it neither leads nor counts as in sync until it is ready. */
  Decision<BrokerEpoch> fence(ClusterMetadata image, int brokerId) {
    BrokerImage broker = image.brokers().get(brokerId);
    if (broker == null) {
      return notRegistered(brokerId);
    }
    if (broker.fenced()) {
      return Decision.alreadySo(broker.epoch());
    }
    MetadataFact fenced = new MetadataFact.BrokerFenced(brokerId, broker.epoch());
    return Decision.accepted(
        settled(image, brokerId, fenced, BrokerDecisions::noneLost), broker.epoch());
  }

  /**
   * Fences every live broker that is not among those present; answers with those it fenced. One
   * write: whoever takes office and finds several gone elects among the remaining at once.
   */
  Decision<List<Integer>> fenceAbsent(ClusterMetadata image, Set<Integer> present) {
    List<Integer> absent =
        image.brokers().keySet().stream()
            .filter(id -> image.isLive(id) && !present.contains(id))
            .toList();
    List<MetadataFact> facts = new ArrayList<>();
    ClusterMetadata next = image;
    for (int brokerId : absent) {
      List<MetadataFact> fenced = fence(next, brokerId).facts();
      next = next.applyAll(fenced);
      facts.addAll(fenced);
    }
    return Decision.accepted(facts, absent);
  }

  /** Goes on if the broker speaks in its present life. */
  static <T> Decision<T> ofRegistered(
      ClusterMetadata image,
      int brokerId,
      BrokerEpoch epoch,
      Function<BrokerImage, Decision<T>> next) {
    BrokerImage broker = image.brokers().get(brokerId);
    if (broker == null) {
      return notRegistered(brokerId);
    }
    if (!broker.epoch().equals(epoch)) {
      return Decision.refused(
          Errors.STALE_BROKER_EPOCH,
          "Broker %d is registered in epoch %d, not %d.",
          brokerId,
          broker.epoch().value(),
          epoch.value());
    }
    return next.apply(broker);
  }

  /** What happened to the broker, and what follows for its partitions: one write. */
  private List<MetadataFact> settled(
      ClusterMetadata image, int brokerId, MetadataFact happened, IntPredicate lost) {
    List<MetadataFact> facts = new ArrayList<>();
    facts.add(happened);
    facts.addAll(Elections.afterChangeOf(brokerId, image.apply(happened), lost, defaults));
    return facts;
  }

  private static boolean noneLost(int brokerId) {
    return false;
  }

  private static Controller.Registration registration(ClusterMetadata image, BrokerEpoch epoch) {
    return new Controller.Registration(epoch, image.clusterId());
  }

  private static <T> Decision<T> notRegistered(int brokerId) {
    return Decision.refused(
        Errors.BROKER_ID_NOT_REGISTERED, "Broker %d is not registered.", brokerId);
  }
}
