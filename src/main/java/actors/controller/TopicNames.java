package actors.controller;

import actors.Outcome;
import java.util.Optional;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.protocol.Errors;

/** Which names a new topic may have. */
final class TopicNames {
  private TopicNames() {}

  /**
   * Kafka's rules: letters, digits, dot, underscore and dash, up to 249; not taken, and not
   * differing from another name only in a dot for an underscore, which metric names cannot tell
   * apart.
   */
  static Outcome<String> check(String name, ClusterMetadata image) {
    try {
      Topic.validate(name);
    } catch (InvalidTopicException notAllowed) {
      return Outcome.refused(Errors.INVALID_TOPIC_EXCEPTION, "%s", notAllowed.getMessage());
    }
    if (image.topics().containsKey(name)) {
      return Outcome.refused(Errors.TOPIC_ALREADY_EXISTS, "Topic '%s' already exists.", name);
    }
    return colliding(name, image)
        .map(
            other ->
                Outcome.<String>refused(
                    Errors.INVALID_TOPIC_EXCEPTION,
                    "Topic '%s' collides with '%s': dots and underscores cannot be told apart.",
                    name,
                    other))
        .orElse(Outcome.accepted(name));
  }

  private static Optional<String> colliding(String name, ClusterMetadata image) {
    return Topic.hasCollisionChars(name)
        ? image.topics().keySet().stream()
            .filter(other -> Topic.hasCollision(name, other))
            .findFirst()
        : Optional.empty();
  }
}
