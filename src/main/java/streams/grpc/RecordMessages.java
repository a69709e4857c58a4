package streams.grpc;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import streams.grpc.v1.ConsumedRecord;
import streams.grpc.v1.Header.ValueOrNullCase;
import streams.grpc.v1.ProduceRecord;

/** Records as messages. */
final class RecordMessages {
  private RecordMessages() {}

  /**
   * @throws IllegalArgumentException if it says what no record may; with a sentence
   */
  static ProducerRecord<byte[], byte[]> record(ProduceRecord message) {
    if (message.getTopic().isEmpty()) {
      throw new IllegalArgumentException("the record names no topic");
    }
    boolean named = message.getPartitionOrAnyCase() == ProduceRecord.PartitionOrAnyCase.PARTITION;
    boolean timed =
        message.getTimestampOrNowCase() == ProduceRecord.TimestampOrNowCase.TIMESTAMP_MILLIS;
    boolean keyed = message.getKeyOrNullCase() == ProduceRecord.KeyOrNullCase.KEY;
    boolean valued = message.getValueOrNullCase() == ProduceRecord.ValueOrNullCase.VALUE;
    return new ProducerRecord<>(
        message.getTopic(),
        named ? message.getPartition() : null,
        timed ? message.getTimestampMillis() : null,
        keyed ? message.getKey().toByteArray() : null,
        valued ? message.getValue().toByteArray() : null,
        headers(message.getHeadersList()));
  }

  private static List<Header> headers(List<streams.grpc.v1.Header> messages) {
    List<Header> headers = new ArrayList<>(messages.size());
    for (streams.grpc.v1.Header message : messages) {
      boolean valued = message.getValueOrNullCase() == ValueOrNullCase.VALUE;
      headers.add(
          new RecordHeader(message.getKey(), valued ? message.getValue().toByteArray() : null));
    }
    return headers;
  }

  static ConsumedRecord message(ConsumerRecord<byte[], byte[]> record) {
    ConsumedRecord.Builder message =
        ConsumedRecord.newBuilder()
            .setTopic(record.topic())
            .setPartition(record.partition())
            .setOffset(record.offset())
            .setTimestampMillis(record.timestamp());
    if (record.key() != null) {
      message.setKey(ByteString.copyFrom(record.key()));
    }
    if (record.value() != null) {
      message.setValue(ByteString.copyFrom(record.value()));
    }
    for (Header header : record.headers()) {
      streams.grpc.v1.Header.Builder built = message.addHeadersBuilder().setKey(header.key());
      if (header.value() != null) {
        built.setValue(ByteString.copyFrom(header.value()));
      }
    }
    return message.build();
  }
}
