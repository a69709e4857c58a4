package actors.controller;

import actors.InvariantViolation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/**
 * The image of the cluster: what all facts together say. Immutable and shared between threads; a
 * change copies only the path to what changed.
 *
 * @param version counts the facts applied; brokers follow the image by it
 * @param controllerEpoch grows with each controller that takes office
 * @param topics by name
 * @param topicNames name of each topic id
 * @param brokers by broker id
 * @param nextProducerId first producer id of the next block to hand out
 * @param brokerConfigs settings of running brokers by broker id, those of all under {@link
 *     #ALL_BROKERS}; who has none is not in here
 */
public record ClusterMetadata(
    long version,
    String clusterId,
    int controllerEpoch,
    int controllerId,
    PSortedMap<String, TopicImage> topics,
    PMap<Uuid, String> topicNames,
    PSortedMap<Integer, BrokerImage> brokers,
    long nextProducerId,
    PSortedMap<Integer, Map<String, String>> brokerConfigs) {

  /** Stands for every broker that has no setting of its own. */
  public static final int ALL_BROKERS = -1;

  /** Before the first fact. */
  public static final ClusterMetadata EMPTY =
      new ClusterMetadata(
          0, "", 0, -1, TreePMap.empty(), HashTreePMap.empty(), TreePMap.empty(), 0);

  /** Of brokers without settings of their own. */
  public ClusterMetadata(
      long version,
      String clusterId,
      int controllerEpoch,
      int controllerId,
      PSortedMap<String, TopicImage> topics,
      PMap<Uuid, String> topicNames,
      PSortedMap<Integer, BrokerImage> brokers,
      long nextProducerId) {
    this(
        version,
        clusterId,
        controllerEpoch,
        controllerId,
        topics,
        topicNames,
        brokers,
        nextProducerId,
        TreePMap.empty());
  }

  /**
   * What was set for a running broker, or for {@link #ALL_BROKERS}.
   *
   * @return by Kafka's names
   */
  public Map<String, String> configsOf(int brokerId) {
    return brokerConfigs.getOrDefault(brokerId, Map.of());
  }

  public Optional<TopicImage> topic(String name) {
    return Optional.ofNullable(topics.get(name));
  }

  public Optional<TopicImage> topic(Uuid id) {
    return Optional.ofNullable(topicNames.get(id)).map(topics::get);
  }

  public Optional<PartitionImage> partition(String topic, int partition) {
    TopicImage image = topics.get(topic);
    return image == null || partition < 0 || partition >= image.partitions().size()
        ? Optional.empty()
        : Optional.of(image.partitions().get(partition));
  }

  /** Whether the broker is registered and not under a fence. */
  public boolean isLive(int brokerId) {
    BrokerImage broker = brokers.get(brokerId);
    return broker != null && !broker.fenced();
  }

  /** Whether the broker is live and stays: it may get replicas and lead. */
  public boolean isActive(int brokerId) {
    BrokerImage broker = brokers.get(brokerId);
    return broker != null && !broker.fenced() && !broker.leaving();
  }

  /** The image after one more fact. Pure; the same at run time and at recovery. */
  ClusterMetadata apply(MetadataFact fact) {
    return fact.applyTo(this).withVersion(version + 1);
  }

  ClusterMetadata applyAll(List<MetadataFact> facts) {
    ClusterMetadata image = this;
    for (MetadataFact fact : facts) {
      image = image.apply(fact);
    }
    return image;
  }

  int partitionCount() {
    return topics.values().stream().mapToInt(topic -> topic.partitions().size()).sum();
  }

  /** The topic that a fact speaks of. */
  TopicImage topicById(Uuid id) {
    return topic(id).orElseThrow(() -> new InvariantViolation("a fact of no topic: " + id));
  }

  /** The broker that a fact speaks of. */
  BrokerImage brokerById(int id) {
    BrokerImage broker = brokers.get(id);
    if (broker == null) {
      throw new InvariantViolation("a fact of no broker: " + id);
    }
    return broker;
  }

  ClusterMetadata withController(String cluster, int epoch, int brokerId) {
    return new ClusterMetadata(
        version,
        cluster,
        epoch,
        brokerId,
        topics,
        topicNames,
        brokers,
        nextProducerId,
        brokerConfigs);
  }

  ClusterMetadata withTopic(TopicImage topic) {
    return withTopics(topics.plus(topic.name(), topic), topicNames.plus(topic.id(), topic.name()));
  }

  ClusterMetadata withoutTopic(Uuid id) {
    return withTopics(topics.minus(topicById(id).name()), topicNames.minus(id));
  }

  ClusterMetadata withBroker(BrokerImage broker) {
    return new ClusterMetadata(
        version,
        clusterId,
        controllerEpoch,
        controllerId,
        topics,
        topicNames,
        brokers.plus(broker.id(), broker),
        nextProducerId,
        brokerConfigs);
  }

  ClusterMetadata withBrokerConfigs(int brokerId, Map<String, String> configs) {
    return new ClusterMetadata(
        version,
        clusterId,
        controllerEpoch,
        controllerId,
        topics,
        topicNames,
        brokers,
        nextProducerId,
        configs.isEmpty() ? brokerConfigs.minus(brokerId) : brokerConfigs.plus(brokerId, configs));
  }

  ClusterMetadata withNextProducerId(long next) {
    return new ClusterMetadata(
        version,
        clusterId,
        controllerEpoch,
        controllerId,
        topics,
        topicNames,
        brokers,
        next,
        brokerConfigs);
  }

  /** Each topic is copied once, however many of its partitions changed. */
  ClusterMetadata withPartitions(List<PartitionChange> changes) {
    Map<Uuid, Map<Integer, PartitionImage>> byTopic = new LinkedHashMap<>();
    for (PartitionChange change : changes) {
      byTopic
          .computeIfAbsent(change.topicId(), id -> new LinkedHashMap<>())
          .put(change.partition().partition(), change.partition());
    }
    PSortedMap<String, TopicImage> changed = topics;
    for (Map.Entry<Uuid, Map<Integer, PartitionImage>> entry : byTopic.entrySet()) {
      TopicImage topic = topicById(entry.getKey()).withChanged(entry.getValue());
      changed = changed.plus(topic.name(), topic);
    }
    return withTopics(changed, topicNames);
  }

  private ClusterMetadata withTopics(
      PSortedMap<String, TopicImage> newTopics, PMap<Uuid, String> newNames) {
    return new ClusterMetadata(
        version,
        clusterId,
        controllerEpoch,
        controllerId,
        newTopics,
        newNames,
        brokers,
        nextProducerId,
        brokerConfigs);
  }

  private ClusterMetadata withVersion(long newVersion) {
    return new ClusterMetadata(
        newVersion,
        clusterId,
        controllerEpoch,
        controllerId,
        topics,
        topicNames,
        brokers,
        nextProducerId,
        brokerConfigs);
  }
}
