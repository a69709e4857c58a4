package actors.group.offsets;

import actors.config.BrokerConfigs;

/**
 * The broker's settings of committed offsets, by Kafka's names.
 *
 * @param metadataBytesMax {@code offset.metadata.max.bytes}
 * @param retentionMillis {@code offsets.retention.minutes}
 * @param checkMillis {@code offsets.retention.check.interval.ms}
 */
public record OffsetSettings(int metadataBytesMax, long retentionMillis, long checkMillis) {
  /** As the broker is configured. */
  public static OffsetSettings of(BrokerConfigs configs) {
    return new OffsetSettings(
        configs.offsetMetadataBytesMax(),
        configs.offsetsRetentionMillis(),
        configs.offsetsRetentionCheckMillis());
  }
}
