package actors.controller;

import actors.Outcome;
import actors.config.BrokerConfigs;
import actors.config.TopicConfigs;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/**
 * What becomes of a wish about topics. Pure: the id of a new topic and the broker where placement
 * starts are drawn by the caller.
 *
 * @param defaults broker-wide settings, for what a topic does not say itself
 */
record TopicDecisions(BrokerConfigs defaults) {

  /**
   * @param id of the new topic, never used before
   * @param start where placement begins
   */
  Decision<TopicImage> create(ClusterMetadata image, TopicSpec spec, Uuid id, int start) {
    if (image.topics().size() >= Limits.TOPICS_MAX) {
      return Decision.refused(
          Errors.POLICY_VIOLATION, "There are %d topics already.", Limits.TOPICS_MAX);
    }
    return Decision.of(
        TopicNames.check(spec.name(), image),
        name ->
            Decision.of(
                TopicConfigs.check(spec.configs()),
                configs ->
                    Decision.of(
                        TopicLayout.ofNew(spec, image, defaults, start),
                        partitions -> created(new TopicImage(id, name, configs, partitions)))));
  }

  private static Decision<TopicImage> created(TopicImage topic) {
    return Decision.accepted(List.of(new MetadataFact.TopicCreated(topic)), topic);
  }

  /** Exactly one of name and id says which. */
  Decision<TopicImage> delete(ClusterMetadata image, Optional<String> name, Optional<Uuid> id) {
    if (name.isPresent() == id.isPresent()) {
      return Decision.refused(
          Errors.INVALID_REQUEST, "A topic is deleted either by name or by id.");
    }
    Optional<TopicImage> found = name.isPresent() ? image.topic(name.get()) : image.topic(id.get());
    if (found.isEmpty()) {
      return name.isPresent() ? unknown(name.get()) : unknown(id.get());
    }
    if (!defaults.deletesTopics()) {
      return Decision.refused(
          Errors.TOPIC_DELETION_DISABLED, "Topics are not deleted: delete.topic.enable is false.");
    }
    return Decision.accepted(List.of(new MetadataFact.TopicDeleted(found.get().id())), found.get());
  }

  /**
   * @param changes by name of the setting; empty takes it off the topic
   */
  Decision<TopicImage> alterConfig(
      ClusterMetadata image, String name, Map<String, Optional<String>> changes) {
    Optional<TopicImage> topic = image.topic(name);
    if (topic.isEmpty()) {
      return unknown(name);
    }
    return Decision.of(
        changed(topic.get().configs(), changes), configs -> altered(image, topic.get(), configs));
  }

  /** Partitions are only ever added: a key would else find another partition than before. */
  Decision<TopicImage> addPartitions(ClusterMetadata image, String name, int newTotal, int start) {
    return Decision.of(
        growing(image, name, newTotal),
        topic ->
            Decision.of(
                TopicLayout.placed(
                    topic.partitions().size(), newTotal, replicationFactor(topic), image, start),
                added -> added(image, topic.id(), added)));
  }

  /**
   * The same where the client says which brokers hold the new partitions.
   *
   * @param assignments broker ids of each new partition, the preferred leader first
   */
  Decision<TopicImage> addAssigned(
      ClusterMetadata image, String name, int newTotal, List<List<Integer>> assignments) {
    return Decision.of(
        growing(image, name, newTotal),
        topic ->
            Decision.of(
                TopicLayout.assignedNext(topic, newTotal, assignments, image),
                added -> added(image, topic.id(), added)));
  }

  /** The topic, if it may have so many partitions. */
  private static Outcome<TopicImage> growing(ClusterMetadata image, String name, int newTotal) {
    Optional<TopicImage> topic = image.topic(name);
    if (topic.isEmpty()) {
      return Outcome.refused(
          Errors.UNKNOWN_TOPIC_OR_PARTITION, "There is no topic named '%s'.", name);
    }
    int present = topic.get().partitions().size();
    return newTotal > present
        ? Outcome.accepted(topic.get())
        : Outcome.refused(
            Errors.INVALID_PARTITIONS,
            "Topic '%s' has %d partitions; there can only be more, not %d.",
            name,
            present,
            newTotal);
  }

  private static int replicationFactor(TopicImage topic) {
    return topic.partitions().get(0).target().size();
  }

  private static Decision<TopicImage> added(
      ClusterMetadata image, Uuid id, List<PartitionImage> added) {
    MetadataFact fact = new MetadataFact.PartitionsAdded(id, added);
    return Decision.accepted(List.of(fact), image.apply(fact).topicById(id));
  }

  /** Settings that bear on elections take effect with the same write. */
  private Decision<TopicImage> altered(
      ClusterMetadata image, TopicImage topic, Map<String, String> configs) {
    if (configs.equals(topic.configs())) {
      return Decision.alreadySo(topic);
    }
    List<MetadataFact> facts = new ArrayList<>();
    facts.add(new MetadataFact.TopicConfigChanged(topic.id(), configs));
    facts.addAll(Elections.afterConfigChange(topic.withConfigs(configs), image, defaults));
    return Decision.accepted(facts, image.applyAll(facts).topicById(topic.id()));
  }

  /** All settings of the topic after the change; a name taken off must be a known one as well. */
  private static Outcome<Map<String, String>> changed(
      Map<String, String> present, Map<String, Optional<String>> changes) {
    Map<String, String> configs = new TreeMap<>(present);
    for (Map.Entry<String, Optional<String>> change : new TreeMap<>(changes).entrySet()) {
      if (change.getValue().isPresent()) {
        configs.put(change.getKey(), change.getValue().get());
      } else if (TopicConfigs.names().contains(change.getKey())) {
        configs.remove(change.getKey());
      } else {
        return TopicConfigs.check(Map.of(change.getKey(), ""));
      }
    }
    return TopicConfigs.check(configs);
  }

  private static Decision<TopicImage> unknown(String name) {
    return Decision.refused(
        Errors.UNKNOWN_TOPIC_OR_PARTITION, "There is no topic named '%s'.", name);
  }

  private static Decision<TopicImage> unknown(Uuid id) {
    return Decision.refused(Errors.UNKNOWN_TOPIC_ID, "There is no topic with the id %s.", id);
  }
}
