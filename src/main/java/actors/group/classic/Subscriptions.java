package actors.group.classic;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.message.ConsumerProtocolSubscription;
import org.apache.kafka.common.protocol.ByteBufferAccessor;

/** What consumers say in their metadata. */
final class Subscriptions {
  /** What members of this kind say is known here. */
  static final String CONSUMER = "consumer";

  /** Every later version begins with the fields of the first. */
  private static final short COMMON_VERSION = 0;

  private Subscriptions() {}

  /** Whether it can be ruled out that some member reads the topic. */
  static boolean rulesOut(String topic, ClassicMember member) {
    return member.protocols().stream()
        .map(protocol -> topics(protocol.metadata()))
        .allMatch(topics -> topics.isPresent() && !topics.get().contains(topic));
  }

  /**
   * The topics of a subscription.
   *
   * @return empty: it cannot be read
   */
  static Optional<List<String>> topics(Bytes metadata) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(metadata.array());
      if (bytes.getShort() < COMMON_VERSION) {
        return Optional.empty();
      }
      return Optional.of(
          new ConsumerProtocolSubscription(new ByteBufferAccessor(bytes), COMMON_VERSION).topics());
    } catch (RuntimeException unreadable) {
      // Bytes of a client: the generated reader throws what it likes, and all of it means the same.
      return Optional.empty();
    }
  }
}
