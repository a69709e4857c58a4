package streams.kafka;

import actors.broker.Node;
import actors.config.EffectiveTopicConfig;
import actors.controller.TopicImage;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import storage.record.BatchCheck;
import storage.record.BatchRules;
import storage.record.Codec;
import storage.record.Recompression;
import storage.record.TimestampType;

/**
 * What each topic demands of produced batches, worked out once per image of the topic and not per
 * request. Shared by all connections.
 */
public final class TopicPolicies {
  private static final String KEEP_PRODUCERS_CODEC = "producer";

  private final Map<Uuid, TopicPolicy> policies = new ConcurrentHashMap<>();

  /**
   * @param image the topic's settings were read from; another image, another policy
   * @param recompression to what batches of another codec are brought; empty: they stay as they are
   */
  public record TopicPolicy(
      TopicImage image, BatchRules rules, Optional<Recompression> recompression) {}

  /** The policy of the topic as it is in this image; any thread. */
  @SuppressWarnings("ReferenceEquality") // images are immutable: another image is another object
  public TopicPolicy of(TopicImage topic, Node node) {
    TopicPolicy known = policies.get(topic.id());
    if (known != null && known.image() == topic) {
      return known;
    }
    TopicPolicy policy = workOut(topic, node);
    policies.put(topic.id(), policy);
    policies.keySet().removeIf(id -> node.metadata().topic(id).isEmpty());
    return policy;
  }

  private static TopicPolicy workOut(TopicImage topic, Node node) {
    EffectiveTopicConfig config = EffectiveTopicConfig.of(topic.configs(), node.configs());
    BatchRules rules =
        BatchRules.of(config.batchBytesMax())
            .withTimestamps(
                config.stampsAppendTime()
                    ? TimestampType.LOG_APPEND_TIME
                    : TimestampType.CREATE_TIME,
                config.timestampBeforeMaxMillis(),
                config.timestampAfterMaxMillis())
            .withRequiredKeys(config.compacts());
    return new TopicPolicy(topic, rules, recompression(config));
  }

  private static Optional<Recompression> recompression(EffectiveTopicConfig config) {
    if (config.compressionType().equals(KEEP_PRODUCERS_CODEC)) {
      return Optional.empty();
    }
    Codec codec = Codec.named(config.compressionType()).orElse(Codec.NONE);
    return Optional.of(
        switch (codec) {
          case GZIP -> new Recompression(codec, config.gzipLevel());
          case LZ4 -> new Recompression(codec, config.lz4Level());
          case ZSTD -> new Recompression(codec, config.zstdLevel());
          default -> Recompression.to(codec);
        });
  }

  /** The code under which a client is told why its batch was refused. */
  public static Errors errorOf(BatchCheck.Reason reason) {
    return switch (reason) {
      case CORRUPT -> Errors.CORRUPT_MESSAGE;
      case TOO_LARGE -> Errors.MESSAGE_TOO_LARGE;
      case UNSUPPORTED_FORMAT -> Errors.UNSUPPORTED_FOR_MESSAGE_FORMAT;
      case UNSUPPORTED_COMPRESSION -> Errors.UNSUPPORTED_COMPRESSION_TYPE;
      case INVALID_TIMESTAMP -> Errors.INVALID_TIMESTAMP;
      case INVALID_RECORD -> Errors.INVALID_RECORD;
    };
  }
}
