package streams.kafka;

import actors.Outcome;
import actors.broker.Node;
import actors.controller.Controller;
import actors.controller.TopicImage;
import actors.controller.TopicSpec;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Topics made and deleted for the program that holds the broker, the way clients have it done. */
public final class TopicOrders {
  private TopicOrders() {}

  /**
   * Creates topics, each for itself.
   *
   * @param timeout so long the controller is waited for
   * @return what became of each, by name, when this broker's image shows those that were made
   */
  public static CompletionStage<Map<String, Outcome<TopicImage>>> create(
      Node node, Collection<TopicSpec> specs, Duration timeout) {
    Wishes<String, TopicSpec> wishes = new Wishes<>();
    specs.forEach(spec -> wishes.add(spec.name(), () -> Outcome.accepted(spec)));
    return new ControllerOrders(node, timeout)
        .carryOut(
            wishes,
            (spec, replyTo) -> new Controller.CreateTopic(spec, false, replyTo),
            (image, topic) -> image.topic(topic.id()).isPresent());
  }

  /**
   * Deletes topics by name, each for itself.
   *
   * @param timeout so long the controller is waited for
   * @return what became of each, by name, when this broker's image shows those no more
   */
  public static CompletionStage<Map<String, Outcome<TopicImage>>> delete(
      Node node, Collection<String> names, Duration timeout) {
    Wishes<String, String> wishes = new Wishes<>();
    names.forEach(name -> wishes.add(name, () -> Outcome.accepted(name)));
    return new ControllerOrders(node, timeout)
        .carryOut(
            wishes,
            (name, replyTo) ->
                new Controller.DeleteTopic(Optional.of(name), Optional.empty(), replyTo),
            (image, topic) -> image.topic(topic.id()).isEmpty());
  }
}
