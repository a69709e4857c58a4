package actors.partition;

import actors.config.BrokerConfigs;
import actors.config.EffectiveTopicConfig;
import storage.log.LogConfig;
import storage.record.TimestampType;

/** A topic's settings as its logs understand them. */
final class LogConfigs {
  private LogConfigs() {}

  static LogConfig of(EffectiveTopicConfig topic, BrokerConfigs broker) {
    return LogConfig.defaults().toBuilder()
        .segmentBytesMax(topic.segmentBytes())
        .segmentMillisMax(topic.segmentMillis())
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
        .build();
  }
}
