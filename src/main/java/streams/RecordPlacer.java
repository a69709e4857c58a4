package streams;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Serializes a record, chooses its partition and lays it into that partition's open batch. What is
 * to be known of the record placed last is read from here, so that a record costs no object.
 */
final class RecordPlacer<K, V> {
  private static final int NULL_SIZE = -1;

  private final ProducerSettings<K, V> settings;
  private final Transport transport;
  private final Function<TopicPartition, Lane> opener;
  private final Map<String, TopicLanes> topics = new HashMap<>();
  private TopicLanes topic;

  private Lane lane;
  private OutgoingBatch batch;
  private int bytes;
  private long timestamp;
  private int keySize;
  private int valueSize;

  RecordPlacer(ProducerSettings<K, V> settings, Function<TopicPartition, Lane> opener) {
    this.settings = settings;
    this.transport = settings.transport();
    this.opener = opener;
  }

  /** Whether the record's topic, and the partition that it names, are there at present. */
  boolean knows(ProducerRecord<K, V> record) {
    return find(record.topic())
        && (record.partition() == null || record.partition() < topic.partitionCount());
  }

  /** Why it is not known. */
  String unknown(ProducerRecord<K, V> record) {
    return find(record.topic())
        ? String.format(
            "there is no partition %d, only %d of them", record.partition(), topic.partitionCount())
        : "there is no such topic";
  }

  private boolean find(String name) {
    if (topic == null || !topic.topic().equals(name)) {
      topic =
          topics.computeIfAbsent(
              name, n -> new TopicLanes(n, settings.tuning().batchBytes(), opener));
    }
    long version = transport.version();
    if (topic.isOf(version)) {
      return true;
    }
    Optional<TopicView> view = transport.topic(name);
    view.ifPresent(found -> topic.update(found, version));
    if (view.isEmpty()) {
      topics.remove(name);
      topic = null;
    }
    return view.isPresent();
  }

  /**
   * Places a record that is known.
   *
   * @throws ProduceFailed if it cannot be serialized, or is too large
   */
  void place(ProducerRecord<K, V> record, long nowNanos) {
    byte[] key = serialize(record, settings.keySerializer(), record.key(), "key");
    byte[] value = serialize(record, settings.valueSerializer(), record.value(), "value");
    Header[] headers = record.headers().toArray();
    int size = BatchWriter.sizeAlone(key, value, headers);
    if (size > topic.batchBytesMax() || size < 0) {
      throw new ProduceFailed(
          record.topic(),
          Errors.MESSAGE_TOO_LARGE,
          String.format(
              "a record takes %d bytes and the topic allows %d (max.message.bytes)",
              Integer.toUnsignedLong(size), topic.batchBytesMax()),
          null);
    }
    lane = topic.laneFor(record.partition(), key, size);
    batch = lane.outbox.batchFor(size, topic.batchBytesMax(), nowNanos);
    timestamp = record.timestamp() == null ? transport.nowMillis() : record.timestamp();
    keySize = key == null ? NULL_SIZE : key.length;
    valueSize = value == null ? NULL_SIZE : value.length;
    bytes = batch.add(timestamp, key, value, headers);
  }

  private <T> byte[] serialize(
      ProducerRecord<K, V> record, Serializer<T> serializer, T data, String what) {
    try {
      return serializer.serialize(record.topic(), record.headers(), data);
    } catch (RuntimeException unserializable) {
      throw new ProduceFailed(
          record.topic(),
          Errors.INVALID_RECORD,
          String.format("the %s cannot be serialized: %s", what, unserializable),
          unserializable);
    }
  }

  Lane lane() {
    return lane;
  }

  /** What the record takes in its batch, before compression. */
  int bytes() {
    return bytes;
  }

  /** The record's future place in the log. */
  PlacedRecord placed() {
    return new PlacedRecord(batch, batch.count() - 1, timestamp, keySize, valueSize);
  }
}
