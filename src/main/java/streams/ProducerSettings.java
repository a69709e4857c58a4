package streams;

import actors.broker.Node;
import com.typesafe.config.Config;
import java.time.Duration;
import java.util.Locale;
import org.apache.kafka.common.serialization.Serializer;

/**
 * How records are written: {@code granary.producer} of the configuration, and what is said here on
 * top of it. Immutable. The serializers are used by one stage at a time if each stage has its own
 * settings, and never closed.
 */
public final class ProducerSettings<K, V> {
  static final String PATH = "granary.producer";

  private final Transport transport;
  private final Serializer<K> keySerializer;
  private final Serializer<V> valueSerializer;
  private final Config config;
  private final ProducerTuning tuning;
  private final ProducerMeter meter;

  private ProducerSettings(
      Transport transport,
      Serializer<K> keySerializer,
      Serializer<V> valueSerializer,
      Config config,
      ProducerMeter meter) {
    this.transport = transport;
    this.keySerializer = keySerializer;
    this.valueSerializer = valueSerializer;
    this.config = config;
    this.tuning = ProducerTuning.of(config);
    this.meter = meter;
  }

  /** Writes to the cluster that the node belongs to. */
  public static <K, V> ProducerSettings<K, V> create(
      Node node, Serializer<K> keySerializer, Serializer<V> valueSerializer) {
    return create(new LocalTransport(node), keySerializer, valueSerializer);
  }

  /** Writes to the cluster that the broker belongs to. */
  public static <K, V> ProducerSettings<K, V> create(
      Granary granary, Serializer<K> keySerializer, Serializer<V> valueSerializer) {
    return create(granary.node(), keySerializer, valueSerializer);
  }

  public static <K, V> ProducerSettings<K, V> create(
      Transport transport, Serializer<K> keySerializer, Serializer<V> valueSerializer) {
    Config config = SettingsConfig.section(transport.system().settings().config(), PATH);
    return new ProducerSettings<>(
        transport, keySerializer, valueSerializer, config, ProducerMeter.create());
  }

  /** What this section says, over what is set already; an unknown key is refused. */
  public ProducerSettings<K, V> withConfig(Config section) {
    SettingsConfig.refuseUnknown(section, PATH);
    return new ProducerSettings<>(
        transport, keySerializer, valueSerializer, section.withFallback(config), meter);
  }

  public ProducerSettings<K, V> withAcks(Acks acks) {
    return with("acks", acks.name().toLowerCase(Locale.ROOT));
  }

  /** Size up to which records of a busy partition gather, before compression. */
  public ProducerSettings<K, V> withBatchBytes(int bytes) {
    return with("batch-bytes", bytes);
  }

  /** A partition with fewer batches than this under way is sent what it has at once. */
  public ProducerSettings<K, V> withEagerBatches(int count) {
    return with("eager-batches", count);
  }

  /** Batches under way for one partition, at most five. */
  public ProducerSettings<K, V> withBatchesInFlightMax(int count) {
    return with("batches-in-flight-max", count);
  }

  /** Upstream is not pulled while the stage holds more than this. */
  public ProducerSettings<K, V> withBufferBytesMax(long bytes) {
    return with("buffer-bytes-max", bytes);
  }

  /**
   * @param name none, gzip, snappy, lz4 or zstd
   */
  public ProducerSettings<K, V> withCompression(String name) {
    return with("compression", name);
  }

  /** From a record's arrival until it fails, retries included. */
  public ProducerSettings<K, V> withDeliveryTimeout(Duration timeout) {
    return with("delivery-timeout", timeout);
  }

  /** So long an answer is waited for before the batch is sent again. */
  public ProducerSettings<K, V> withRequestTimeout(Duration timeout) {
    return with("request-timeout", timeout);
  }

  /** So long a topic or partition that is not known is waited for. */
  public ProducerSettings<K, V> withTopicTimeout(Duration timeout) {
    return with("topic-timeout", timeout);
  }

  public ProducerSettings<K, V> withRetryBackoff(Duration min, Duration max) {
    return with("retry-backoff-min", min).with("retry-backoff-max", max);
  }

  /** Stages with these settings are among those that the meter shows. */
  public ProducerSettings<K, V> withMeter(ProducerMeter shows) {
    return new ProducerSettings<>(transport, keySerializer, valueSerializer, config, shows);
  }

  private ProducerSettings<K, V> with(String key, Object value) {
    return new ProducerSettings<>(
        transport, keySerializer, valueSerializer, SettingsConfig.with(config, key, value), meter);
  }

  ProducerMeter meter() {
    return meter;
  }

  Transport transport() {
    return transport;
  }

  Serializer<K> keySerializer() {
    return keySerializer;
  }

  Serializer<V> valueSerializer() {
    return valueSerializer;
  }

  ProducerTuning tuning() {
    return tuning;
  }
}
