package streams;

import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.serialization.Deserializer;

/** Makes the records that the stream sees out of those of a batch. */
final class RecordDecoder<K, V> {
  private final Deserializer<K> keyDeserializer;
  private final Deserializer<V> valueDeserializer;

  private TopicPartition partition;
  private TimestampType timestampType = TimestampType.CREATE_TIME;
  private Optional<Integer> leaderEpoch = Optional.empty();

  RecordDecoder(ConsumerSettings<K, V> settings) {
    this.keyDeserializer = settings.keyDeserializer();
    this.valueDeserializer = settings.valueDeserializer();
  }

  /** The records that follow are this batch's. */
  void begin(TopicPartition ofPartition, RecordBatch batch) {
    partition = ofPartition;
    timestampType = batch.timestampType();
    leaderEpoch =
        batch.partitionLeaderEpoch() == RecordBatch.NO_PARTITION_LEADER_EPOCH
            ? Optional.empty()
            : Optional.of(batch.partitionLeaderEpoch());
  }

  /**
   * @throws ConsumeFailed if a deserializer throws
   */
  ConsumerRecord<K, V> decode(Record record) {
    Headers headers = new RecordHeaders(record.headers());
    try {
      return new ConsumerRecord<>(
          partition.topic(),
          partition.partition(),
          record.offset(),
          record.timestamp(),
          timestampType,
          record.hasKey() ? record.keySize() : ConsumerRecord.NULL_SIZE,
          record.hasValue() ? record.valueSize() : ConsumerRecord.NULL_SIZE,
          keyDeserializer.deserialize(partition.topic(), headers, record.key()),
          valueDeserializer.deserialize(partition.topic(), headers, record.value()),
          headers,
          leaderEpoch);
    } catch (RuntimeException undeserializable) {
      throw new ConsumeFailed(
          partition,
          String.format(
              "the record at offset %d cannot be deserialized: %s",
              record.offset(), undeserializable),
          undeserializable);
    }
  }
}
