package streams;

import com.typesafe.config.Config;
import java.time.Duration;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;

/** The settings of a producer, checked. Sizes in bytes, before compression. */
record ProducerTuning(
    Acks acks,
    int batchBytes,
    int eagerBatches,
    int batchesInFlightMax,
    long bufferBytesMax,
    Compression compression,
    Duration deliveryTimeout,
    Duration requestTimeout,
    Duration topicTimeout,
    Backoff backoff) {

  static ProducerTuning of(Config config) {
    return new ProducerTuning(
        SettingsConfig.choice(config, "acks", Acks.class),
        (int)
            SettingsConfig.bytes(
                config, "batch-bytes", Limits.BATCH_BYTES_MIN, Limits.BATCH_BYTES_MAX),
        SettingsConfig.count(config, "eager-batches", 1, Limits.BATCHES_IN_FLIGHT_MAX),
        SettingsConfig.count(config, "batches-in-flight-max", 1, Limits.BATCHES_IN_FLIGHT_MAX),
        SettingsConfig.bytes(config, "buffer-bytes-max", 1, Long.MAX_VALUE),
        compression(config),
        SettingsConfig.positive(config, "delivery-timeout"),
        SettingsConfig.positive(config, "request-timeout"),
        SettingsConfig.positive(config, "topic-timeout"),
        new Backoff(
            SettingsConfig.positive(config, "retry-backoff-min"),
            SettingsConfig.positive(config, "retry-backoff-max")));
  }

  private static Compression compression(Config config) {
    try {
      return Compression.of(CompressionType.forName(config.getString("compression"))).build();
    } catch (IllegalArgumentException unknown) {
      throw SettingsConfig.bad(
          config, "compression", "it is one of none, gzip, snappy, lz4 and zstd");
    }
  }
}
