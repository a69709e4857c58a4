package actors.controller;

import actors.BrokerEpoch;
import actors.Outcome;
import actors.config.BrokerConfigs;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/** Clusters in a known situation, reached as in production: by decisions and their facts. */
final class Images {
  static final TopicDecisions TOPICS = new TopicDecisions(BrokerConfigs.DEFAULTS);
  static final BrokerDecisions BROKERS = new BrokerDecisions(BrokerConfigs.DEFAULTS);
  static final IsrDecisions ISRS = new IsrDecisions(BrokerConfigs.DEFAULTS);

  private Images() {}

  /** A controller in office and no broker. */
  static ClusterMetadata elected() {
    return ClusterMetadata.EMPTY.apply(
        new MetadataFact.ControllerElected(1, 1, new Uuid(7, 7).toString()));
  }

  /** Live brokers from 1 to {@code count}. */
  static ClusterMetadata withBrokers(int count) {
    ClusterMetadata image = elected();
    for (int id = 1; id <= count; id++) {
      image = image.applyAll(BROKERS.register(image, registration(id)).facts());
      image = ready(image, id);
    }
    return image;
  }

  static BrokerRegistration registration(int id) {
    return new BrokerRegistration(
        id, new Uuid(id, 1), "", "host-" + id, 9092, Optional.empty(), Optional.empty());
  }

  /** Another process in the broker's place, which vouches for its logs or not. */
  static BrokerRegistration restart(ClusterMetadata image, int id, boolean whole) {
    BrokerImage before = image.brokerById(id);
    return new BrokerRegistration(
        id,
        new Uuid(id, before.epoch().value() + 1),
        image.clusterId(),
        before.host(),
        before.port(),
        before.rack(),
        whole ? Optional.of(before.epoch()) : Optional.empty());
  }

  static ClusterMetadata registered(ClusterMetadata image, BrokerRegistration registration) {
    return image.applyAll(BROKERS.register(image, registration).facts());
  }

  static ClusterMetadata ready(ClusterMetadata image, int id) {
    BrokerEpoch epoch = image.brokerById(id).epoch();
    return image.applyAll(BROKERS.ready(image, id, epoch).facts());
  }

  static ClusterMetadata fenced(ClusterMetadata image, int id) {
    return image.applyAll(BROKERS.fence(image, id).facts());
  }

  static ClusterMetadata leaving(ClusterMetadata image, int id) {
    return image.applyAll(BROKERS.leave(image, id, image.brokerById(id).epoch()).facts());
  }

  static ClusterMetadata withTopic(ClusterMetadata image, TopicSpec spec) {
    Uuid id = new Uuid(image.version(), 99);
    return image.applyAll(TOPICS.create(image, spec, id, 0).facts());
  }

  /** A topic of one partition on these brokers. */
  static ClusterMetadata withTopic(
      ClusterMetadata image, String name, Map<String, String> configs, Integer... replicas) {
    return withTopic(image, new TopicSpec(name, -1, -1, Map.of(0, List.of(replicas)), configs));
  }

  /** What the present leader of the topic's first partition would say to want this ISR. */
  static IsrProposal proposal(ClusterMetadata image, String topic, Integer... members) {
    PartitionImage partition = only(image, topic);
    TreeMap<Integer, BrokerEpoch> isr = new TreeMap<>();
    for (int brokerId : members) {
      isr.put(brokerId, image.brokerById(brokerId).epoch());
    }
    return new IsrProposal(
        image.topics().get(topic).id(),
        0,
        partition.leader(),
        partition.leaderEpoch(),
        partition.partitionEpoch(),
        isr);
  }

  static ClusterMetadata proposed(ClusterMetadata image, String topic, Integer... members) {
    return image.applyAll(ISRS.propose(image, proposal(image, topic, members)).facts());
  }

  static PartitionImage only(ClusterMetadata image, String topic) {
    return image.partition(topic, 0).orElseThrow();
  }

  /** What was accepted. */
  static <T> T accepted(Decision<T> decision) {
    return decision
        .reply()
        .fold(
            value -> value,
            refused -> {
              throw new AssertionError("refused: " + refused);
            });
  }

  /** None if it was accepted. */
  static <T> Errors error(Outcome<T> outcome) {
    return outcome.fold(value -> Errors.NONE, Outcome.Refused::error);
  }

  static <T> Outcome.Refused<T> refused(Decision<T> decision) {
    if (decision.reply() instanceof Outcome.Refused<T> refused && decision.facts().isEmpty()) {
      return refused;
    }
    throw new AssertionError("accepted: " + decision);
  }
}
