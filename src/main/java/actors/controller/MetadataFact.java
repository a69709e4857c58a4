package actors.controller;

import actors.BrokerEpoch;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;

/**
 * Something that has happened to the cluster: decided, persisted, and never taken back. All state
 * of the controller is what its facts say, applied in order; applying has no effect outside the
 * image, since Pekko applies a fact before its write is confirmed.
 */
public sealed interface MetadataFact {
  /** The image after this fact; its version is for {@link ClusterMetadata#apply} to count. */
  ClusterMetadata applyTo(ClusterMetadata image);

  <R> R accept(Visitor<R> visitor);

  /**
   * A controller took office.
   *
   * @param clusterId drawn by the very first controller, repeated by all others
   */
  record ControllerElected(int controllerEpoch, int controllerId, String clusterId)
      implements MetadataFact {
    @Override
    public ClusterMetadata applyTo(ClusterMetadata image) {
      return image.withController(clusterId, controllerEpoch, controllerId);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  record TopicCreated(TopicImage topic) implements MetadataFact {
    @Override
    public ClusterMetadata applyTo(ClusterMetadata image) {
      return image.withTopic(topic);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  record TopicDeleted(Uuid topicId) implements MetadataFact {
    @Override
    public ClusterMetadata applyTo(ClusterMetadata image) {
      return image.withoutTopic(topicId);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * @param configs all that is set on the topic from now on, not only what changed
   */
  record TopicConfigChanged(Uuid topicId, Map<String, String> configs) implements MetadataFact {
    public TopicConfigChanged {
      configs = Collections.unmodifiableMap(new TreeMap<>(configs));
    }

    @Override
    public ClusterMetadata applyTo(ClusterMetadata image) {
      return image.withTopic(image.topicById(topicId).withConfigs(configs));
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * @param partitions the new ones, numbered on from those that were there
   */
  record PartitionsAdded(Uuid topicId, List<PartitionImage> partitions) implements MetadataFact {
    public PartitionsAdded {
      partitions = List.copyOf(partitions);
    }

    @Override
    public ClusterMetadata applyTo(ClusterMetadata image) {
      return image.withTopic(image.topicById(topicId).withMore(partitions));
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /** A process took a broker's place; it is fenced until it reports that it serves. */
  record BrokerRegistered(BrokerImage broker) implements MetadataFact {
    @Override
    public ClusterMetadata applyTo(ClusterMetadata image) {
      return image.withBroker(broker);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  record BrokerFenced(int brokerId, BrokerEpoch epoch) implements MetadataFact {
    @Override
    public ClusterMetadata applyTo(ClusterMetadata image) {
      return image.withBroker(image.brokerById(brokerId).withFenced(true));
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  record BrokerUnfenced(int brokerId, BrokerEpoch epoch) implements MetadataFact {
    @Override
    public ClusterMetadata applyTo(ClusterMetadata image) {
      return image.withBroker(image.brokerById(brokerId).withFenced(false));
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /** The broker said that it is about to stop; it stays live until it has. */
  record BrokerLeaving(int brokerId, BrokerEpoch epoch) implements MetadataFact {
    @Override
    public ClusterMetadata applyTo(ClusterMetadata image) {
      return image.withBroker(image.brokerById(brokerId).withLeaving());
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * @param brokerId or {@link ClusterMetadata#ALL_BROKERS}
   * @param configs all that is set for it from now on, not only what changed
   */
  record BrokerConfigChanged(int brokerId, Map<String, String> configs) implements MetadataFact {
    public BrokerConfigChanged {
      configs = Collections.unmodifiableMap(new TreeMap<>(configs));
    }

    @Override
    public ClusterMetadata applyTo(ClusterMetadata image) {
      return image.withBrokerConfigs(brokerId, configs);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /** Leaders were elected and in-sync replicas came or went. */
  record PartitionsChanged(List<PartitionChange> changes) implements MetadataFact {
    public PartitionsChanged {
      changes = List.copyOf(changes);
    }

    @Override
    public ClusterMetadata applyTo(ClusterMetadata image) {
      return image.withPartitions(changes);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * @param next first producer id that is still free
   */
  record ProducerIdsAllocated(int brokerId, BrokerEpoch epoch, long next) implements MetadataFact {
    @Override
    public ClusterMetadata applyTo(ClusterMetadata image) {
      return image.withNextProducerId(next);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /** One method per fact, so that a new fact does not compile until everyone deals with it. */
  interface Visitor<R> {
    R visit(ControllerElected fact);

    R visit(TopicCreated fact);

    R visit(TopicDeleted fact);

    R visit(TopicConfigChanged fact);

    R visit(PartitionsAdded fact);

    R visit(BrokerRegistered fact);

    R visit(BrokerFenced fact);

    R visit(BrokerUnfenced fact);

    R visit(BrokerLeaving fact);

    R visit(BrokerConfigChanged fact);

    R visit(PartitionsChanged fact);

    R visit(ProducerIdsAllocated fact);
  }
}
