package actors.partition;

import actors.config.BrokerConfigs;
import actors.config.EffectiveTopicConfig;
import storage.log.Compaction;
import storage.log.LogConfig;
import storage.record.TimestampType;

/** A topic's settings as its logs understand them. */
final class LogConfigs {
  private LogConfigs() {}

  static LogConfig of(EffectiveTopicConfig topic, BrokerConfigs broker) {
    return LogConfig.defaults().toBuilder()
        .segmentBytesMax(topic.segmentBytes())
        .segmentMillisMax(segmentMillisMax(topic))
        .segmentJitterMillis(topic.segmentJitterMillis())
        .indexIntervalBytes(topic.indexIntervalBytes())
        .indexBytesMax(topic.segmentIndexBytes())
        .retentionMillis(topic.deletesOldSegments() ? topic.retentionMillis() : -1)
        .retentionBytes(topic.deletesOldSegments() ? topic.retentionBytes() : -1)
        .fileDeleteDelayMillis(topic.fileDeleteDelayMillis())
        .flushMessages(topic.flushRecords())
        .flushMillis(topic.flushMillis())
        .flushOnCommit(topic.flushesBeforeAcknowledging())
        .timestampType(
            topic.stampsAppendTime() ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME)
        .producerExpirationMillis(broker.producerIdExpirationMillis())
        .compaction(
            new Compaction(
                topic.compacts() && broker.cleansLogs(),
                topic.minCleanableDirtyRatio(),
                topic.minCompactionLagMillis(),
                topic.maxCompactionLagMillis(),
                topic.deleteRetentionMillis()))
        .build();
  }

  /** What lies in the active segment is not compacted, so its age must not exceed the lag. */
  private static long segmentMillisMax(EffectiveTopicConfig topic) {
    return topic.compacts()
        ? Math.min(topic.segmentMillis(), topic.maxCompactionLagMillis())
        : topic.segmentMillis();
  }
}
