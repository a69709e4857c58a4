package actors.controller;

import actors.BrokerEpoch;
import actors.Outcome;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * The cluster singleton that decides: which topics exist, where their replicas live and who leads
 * them. Event-sourced: commands in, facts persisted, the image updated by {@code apply}, reply
 * after persist.
 */
public final class Controller {
  private Controller() {}

  public sealed interface Command {}

  /**
   * @param validateOnly answer as if, but change nothing
   */
  public record CreateTopic(
      TopicSpec spec, boolean validateOnly, ActorRef<Outcome<TopicImage>> replyTo)
      implements Command {}

  /** Exactly one of name and id is given. Answered with the topic that is gone. */
  public record DeleteTopic(
      Optional<String> name, Optional<Uuid> id, ActorRef<Outcome<TopicImage>> replyTo)
      implements Command {}

  /**
   * Kafka's IncrementalAlterConfigs for a topic.
   *
   * @param changes an empty value takes the setting back to its default
   */
  public record AlterTopicConfig(
      String topic,
      Map<String, Optional<String>> changes,
      boolean validateOnly,
      ActorRef<Outcome<TopicImage>> replyTo)
      implements Command {}

  /** Kafka's CreatePartitions. */
  public record AddPartitions(
      String topic, int newTotal, boolean validateOnly, ActorRef<Outcome<TopicImage>> replyTo)
      implements Command {}

  /**
   * First word of a broker's life; repeated until answered.
   *
   * @param incarnation drawn anew at each start of the process, so that a repeated request is one
   *     registration
   */
  public record RegisterBroker(
      int brokerId,
      Uuid incarnation,
      String clusterId,
      String host,
      int port,
      Optional<String> rack,
      ActorRef<Outcome<Registration>> replyTo)
      implements Command {}

  public record Registration(BrokerEpoch epoch, String clusterId) {}

  /** The broker serves: lift its fence and let it lead. */
  public record BrokerReady(int brokerId, BrokerEpoch epoch, ActorRef<Outcome<BrokerEpoch>> replyTo)
      implements Command {}

  /** A block of producer ids for a broker to hand out. */
  public record AllocateProducerIds(
      int brokerId, BrokerEpoch epoch, ActorRef<Outcome<ProducerIdBlock>> replyTo)
      implements Command {}

  public record ProducerIdBlock(long first, int count) {}

  /**
   * Be told of each new image, starting with the present one. Ends with the subscriber.
   *
   * @param subscriber gets whole images: within one JVM they share structure, and between brokers
   *     the serializer sends the difference
   */
  public record Subscribe(ActorRef<ImageChanged> subscriber) implements Command {}

  public record ImageChanged(ClusterMetadata image) {}
}
