package streams;

import actors.Outcome;
import actors.broker.Node;
import actors.controller.TopicImage;
import actors.controller.TopicSpec;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ApiException;
import org.apache.pekko.Done;
import streams.kafka.ImageWait;
import streams.kafka.TopicOrders;

/** Topics made and deleted at one broker, and known at all of them when that is done. */
final class TopicCalls {
  private static final int DEFAULT = -1;

  private TopicCalls() {}

  /**
   * @param at whom to ask
   * @param all who has to know the topics then
   * @return failed with Kafka's exception for the first topic that was refused
   */
  static CompletionStage<Done> create(
      Node at, List<? extends Node> all, Collection<NewTopic> topics) {
    List<TopicSpec> specs = topics.stream().map(TopicCalls::spec).toList();
    return TopicOrders.create(at, specs, Limits.TOPIC_CHANGE_WAIT)
        .thenCompose(outcomes -> onceKnown(all, accepted(outcomes), true));
  }

  /** As {@link #create}, of topics that are no more then. */
  static CompletionStage<Done> delete(Node at, List<? extends Node> all, Collection<String> names) {
    return TopicOrders.delete(at, names, Limits.TOPIC_CHANGE_WAIT)
        .thenCompose(outcomes -> onceKnown(all, accepted(outcomes), false));
  }

  private static TopicSpec spec(NewTopic topic) {
    Map<Integer, List<Integer>> assignments =
        topic.replicasAssignments() == null ? Map.of() : topic.replicasAssignments();
    Map<String, String> configs = topic.configs() == null ? Map.of() : topic.configs();
    return assignments.isEmpty()
        ? new TopicSpec(
            topic.name(),
            topic.numPartitions(),
            topic.replicationFactor(),
            Map.of(),
            new TreeMap<>(configs))
        : new TopicSpec(
            topic.name(), DEFAULT, DEFAULT, new TreeMap<>(assignments), new TreeMap<>(configs));
  }

  private static List<Uuid> accepted(Map<String, Outcome<TopicImage>> outcomes) {
    outcomes.forEach(
        (name, outcome) -> {
          if (outcome instanceof Outcome.Refused<TopicImage> refused) {
            throw refusal(name, refused);
          }
        });
    return outcomes.values().stream()
        .map(outcome -> ((Outcome.Accepted<TopicImage>) outcome).value().id())
        .toList();
  }

  private static ApiException refusal(String name, Outcome.Refused<TopicImage> refused) {
    return refused.error().exception("topic " + name + ": " + refused.message());
  }

  /** What was decided is durable: a broker that hears of it too late makes no failure. */
  private static CompletionStage<Done> onceKnown(
      List<? extends Node> all, List<Uuid> topics, boolean there) {
    return CompletableFuture.allOf(
            all.stream()
                .map(
                    node ->
                        ImageWait.until(
                                node,
                                Limits.TOPIC_CHANGE_WAIT,
                                image ->
                                    topics.stream()
                                        .allMatch(id -> image.topic(id).isPresent() == there))
                            .toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new))
        .thenApply(done -> Done.getInstance());
  }
}
