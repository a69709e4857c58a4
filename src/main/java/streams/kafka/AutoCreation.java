package streams.kafka;

import actors.Outcome;
import actors.broker.Node;
import actors.controller.Controller;
import actors.controller.TopicImage;
import actors.controller.TopicSpec;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.protocol.Errors;

/**
 * Creates topics because somebody asked for their metadata. However many clients ask at the same
 * time, a topic is created once and all of them wait for that.
 */
final class AutoCreation {
  private final Map<String, CompletableFuture<Errors>> underWay = new ConcurrentHashMap<>();

  /** How each creation went, by topic: no error once the topic is in this broker's image. */
  CompletionStage<Map<String, Errors>> create(Node node, Collection<String> topics) {
    Map<String, CompletableFuture<Errors>> creations = new LinkedHashMap<>();
    topics.forEach(topic -> creations.put(topic, creation(node, topic)));
    return CompletableFuture.allOf(creations.values().toArray(CompletableFuture[]::new))
        .thenApply(
            done -> {
              Map<String, Errors> results = new LinkedHashMap<>();
              creations.forEach((topic, creation) -> results.put(topic, creation.join()));
              return results;
            });
  }

  private CompletableFuture<Errors> creation(Node node, String topic) {
    if (underWay.size() >= RequestLimits.AUTO_CREATIONS_MAX) {
      return CompletableFuture.completedFuture(Errors.LEADER_NOT_AVAILABLE);
    }
    CompletableFuture<Errors> mine = new CompletableFuture<>();
    CompletableFuture<Errors> other = underWay.putIfAbsent(topic, mine);
    if (other != null) {
      return other;
    }
    ControllerOrders orders = new ControllerOrders(node, RequestLimits.AUTO_CREATION_TIMEOUT);
    orders
        .send(replyTo -> new Controller.CreateTopic(defaults(topic), false, replyTo))
        .thenCompose(outcome -> result(node, topic, outcome))
        .whenComplete(
            (error, failure) -> {
              underWay.remove(topic, mine);
              mine.complete(failure == null ? error : Errors.UNKNOWN_SERVER_ERROR);
            });
    return mine;
  }

  private static TopicSpec defaults(String topic) {
    return TopicSpec.of(topic, -1, Map.of());
  }

  /** Another broker's client may have been first: its topic is as good as ours. */
  private static CompletionStage<Errors> result(
      Node node, String topic, Outcome<TopicImage> outcome) {
    Errors refusal = outcome.fold(created -> Errors.NONE, Outcome.Refused::error);
    if (refusal != Errors.NONE && refusal != Errors.TOPIC_ALREADY_EXISTS) {
      return CompletableFuture.completedStage(
          refusal.exception() instanceof RetriableException
              ? Errors.LEADER_NOT_AVAILABLE
              : refusal);
    }
    return ImageWait.until(
            node, RequestLimits.IMAGE_WAIT_MAX, image -> image.topic(topic).isPresent())
        .thenApply(visible -> visible ? Errors.NONE : Errors.LEADER_NOT_AVAILABLE);
  }
}
