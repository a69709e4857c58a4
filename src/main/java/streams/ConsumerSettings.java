package streams;

import actors.broker.Node;
import com.typesafe.config.Config;
import java.time.Duration;
import java.util.Locale;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * How records are read: {@code granary.consumer} of the configuration, and what is said here on top
 * of it. Immutable. The deserializers are used by the stream's thread, and never closed.
 */
public final class ConsumerSettings<K, V> {
  static final String PATH = "granary.consumer";

  private final Transport transport;
  private final Deserializer<K> keyDeserializer;
  private final Deserializer<V> valueDeserializer;
  private final Config config;
  private final ConsumerTuning tuning;
  private final GroupTuning group;

  private ConsumerSettings(
      Transport transport,
      Deserializer<K> keyDeserializer,
      Deserializer<V> valueDeserializer,
      Config config) {
    this.transport = transport;
    this.keyDeserializer = keyDeserializer;
    this.valueDeserializer = valueDeserializer;
    this.config = config;
    this.tuning = ConsumerTuning.of(config);
    this.group = GroupTuning.of(config, tuning);
  }

  /** Reads from the cluster that the node belongs to. */
  public static <K, V> ConsumerSettings<K, V> create(
      Node node, Deserializer<K> keyDeserializer, Deserializer<V> valueDeserializer) {
    return create(new LocalTransport(node), keyDeserializer, valueDeserializer);
  }

  /** Reads from the cluster that the broker belongs to. */
  public static <K, V> ConsumerSettings<K, V> create(
      Granary granary, Deserializer<K> keyDeserializer, Deserializer<V> valueDeserializer) {
    return create(granary.node(), keyDeserializer, valueDeserializer);
  }

  public static <K, V> ConsumerSettings<K, V> create(
      Transport transport, Deserializer<K> keyDeserializer, Deserializer<V> valueDeserializer) {
    Config config = SettingsConfig.section(transport.system().settings().config(), PATH);
    return new ConsumerSettings<>(transport, keyDeserializer, valueDeserializer, config);
  }

  /** What this section says, over what is set already; an unknown key is refused. */
  public ConsumerSettings<K, V> withConfig(Config section) {
    SettingsConfig.refuseUnknown(section, PATH);
    return new ConsumerSettings<>(
        transport, keyDeserializer, valueDeserializer, section.withFallback(config));
  }

  /**
   * Where a partition starts that is assigned without an offset, or of which its group has
   * committed none.
   */
  public ConsumerSettings<K, V> withStartPosition(StartPosition position) {
    return with("start-position", position.name().toLowerCase(Locale.ROOT));
  }

  /** What to do if the log does not have the offset, or no longer. */
  public ConsumerSettings<K, V> withOffsetReset(OffsetReset policy) {
    return with("offset-reset", policy.name().toLowerCase(Locale.ROOT));
  }

  /** A partition is read in pieces of this size, one ahead of the downstream. */
  public ConsumerSettings<K, V> withChunkBytes(int bytes) {
    return with("chunk-bytes", bytes);
  }

  /** Pieces in memory at one time, over all partitions of the stage. */
  public ConsumerSettings<K, V> withChunksMax(int count) {
    return with("chunks-max", count);
  }

  /** So long an answer is waited for before the question is asked again. */
  public ConsumerSettings<K, V> withRequestTimeout(Duration timeout) {
    return with("request-timeout", timeout);
  }

  /** So long a topic or partition that is not known is waited for. */
  public ConsumerSettings<K, V> withTopicTimeout(Duration timeout) {
    return with("topic-timeout", timeout);
  }

  public ConsumerSettings<K, V> withRetryBackoff(Duration min, Duration max) {
    return with("retry-backoff-min", min).with("retry-backoff-max", max);
  }

  /** The dispatcher on which pieces are read from files and verified. */
  public ConsumerSettings<K, V> withDispatcher(String path) {
    return with("dispatcher", path);
  }

  /** The group that the source is a member of, where it reads in one. */
  public ConsumerSettings<K, V> withGroupId(String groupId) {
    return with("group-id", groupId);
  }

  /** What those who look at the group are shown of this member. */
  public ConsumerSettings<K, V> withClientId(String clientId) {
    return with("client-id", clientId);
  }

  /** How the group shares its partitions out: {@code uniform} or {@code range}; empty: its way. */
  public ConsumerSettings<K, V> withGroupAssignor(String assignor) {
    return with("group-assignor", assignor);
  }

  /**
   * So long a partition that is to move waits until what was read of it has been committed. Then it
   * moves all the same, and the next member reads the rest again.
   */
  public ConsumerSettings<K, V> withDrainTimeout(Duration timeout) {
    return with("drain-timeout", timeout);
  }

  private ConsumerSettings<K, V> with(String key, Object value) {
    return new ConsumerSettings<>(
        transport, keyDeserializer, valueDeserializer, SettingsConfig.with(config, key, value));
  }

  Transport transport() {
    return transport;
  }

  Deserializer<K> keyDeserializer() {
    return keyDeserializer;
  }

  Deserializer<V> valueDeserializer() {
    return valueDeserializer;
  }

  ConsumerTuning tuning() {
    return tuning;
  }

  GroupTuning group() {
    return group;
  }
}
