package streams;

import org.apache.kafka.clients.producer.RecordMetadata;

/** A record in a batch on its way. Sizes are -1 for null, as in Kafka's metadata. */
record PlacedRecord(OutgoingBatch batch, int index, long timestamp, int keySize, int valueSize) {
  RecordMetadata metadata() {
    return batch.metadata(index, timestamp, keySize, valueSize);
  }
}
