package streams;

import com.typesafe.config.Config;
import java.time.Duration;

/** The settings of a consumer, checked. */
record ConsumerTuning(
    StartPosition startPosition,
    OffsetReset offsetReset,
    int chunkBytes,
    int chunksMax,
    Duration requestTimeout,
    Duration topicTimeout,
    Backoff backoff,
    String dispatcher) {

  static ConsumerTuning of(Config config) {
    return new ConsumerTuning(
        SettingsConfig.choice(config, "start-position", StartPosition.class),
        SettingsConfig.choice(config, "offset-reset", OffsetReset.class),
        (int)
            SettingsConfig.bytes(
                config, "chunk-bytes", Limits.CHUNK_BYTES_MIN, Limits.BATCH_BYTES_MAX),
        SettingsConfig.count(config, "chunks-max", 1, Limits.CHUNKS_MAX),
        SettingsConfig.positive(config, "request-timeout"),
        SettingsConfig.positive(config, "topic-timeout"),
        new Backoff(
            SettingsConfig.positive(config, "retry-backoff-min"),
            SettingsConfig.positive(config, "retry-backoff-max")),
        config.getString("dispatcher"));
  }
}
