package clients;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.apache.kafka.common.requests.ListOffsetsResponse;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;

/** Produce, fetch and list-offsets by hand, one partition at a time, by topic name. */
final class RecordsOnWire {
  /** The last one that names topics and not their ids. */
  private static final short PRODUCE_VERSION = 11;

  /** Likewise. */
  private static final short FETCH_VERSION = 12;

  private static final int CRC_AT = 17;
  private static final int CHECKED_FROM = 21;

  private RecordsOnWire() {}

  static MemoryRecords batch(Compression compression, String... values) {
    long now = System.currentTimeMillis();
    return MemoryRecords.withRecords(compression, records(now, values));
  }

  static MemoryRecords idempotentBatch(
      long producerId, int producerEpoch, int sequence, String... values) {
    return MemoryRecords.withIdempotentRecords(
        Compression.NONE,
        producerId,
        (short) producerEpoch,
        sequence,
        records(System.currentTimeMillis(), values));
  }

  static SimpleRecord[] records(long timestamp, String... values) {
    return Arrays.stream(values)
        .map(value -> new SimpleRecord(timestamp, value.getBytes(StandardCharsets.UTF_8)))
        .toArray(SimpleRecord[]::new);
  }

  /** A batch changed by hand, with a checksum that is right again. */
  static MemoryRecords tampered(MemoryRecords batch, Consumer<ByteBuffer> change) {
    ByteBuffer bytes = ByteBuffer.allocate(batch.sizeInBytes()).put(batch.buffer()).flip();
    change.accept(bytes);
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate().position(CHECKED_FROM));
    bytes.putInt(CRC_AT, (int) crc.getValue());
    return MemoryRecords.readableRecords(bytes);
  }

  /** A batch changed by hand, checksum and all. */
  static MemoryRecords damaged(MemoryRecords batch, Consumer<ByteBuffer> change) {
    ByteBuffer bytes = ByteBuffer.allocate(batch.sizeInBytes()).put(batch.buffer()).flip();
    change.accept(bytes);
    return MemoryRecords.readableRecords(bytes);
  }

  static ProduceRequest produce(String topic, int partition, int acks, MemoryRecords records) {
    ProduceRequestData data =
        new ProduceRequestData()
            .setAcks((short) acks)
            .setTimeoutMs(30_000)
            .setTopicData(
                new ProduceRequestData.TopicProduceDataCollection(
                    List.of(
                            new ProduceRequestData.TopicProduceData()
                                .setName(topic)
                                .setPartitionData(
                                    List.of(
                                        new ProduceRequestData.PartitionProduceData()
                                            .setIndex(partition)
                                            .setRecords(records))))
                        .iterator()));
    return new ProduceRequest(data, PRODUCE_VERSION);
  }

  static ProduceResponseData.PartitionProduceResponse only(ProduceResponse response) {
    return response.data().responses().iterator().next().partitionResponses().get(0);
  }

  /** Produces with acks=all to partition 0 and returns what was answered. */
  static ProduceResponseData.PartitionProduceResponse produce(
      WireConnection wire, String topic, MemoryRecords records) throws IOException {
    return only((ProduceResponse) wire.ask(produce(topic, 0, -1, records)));
  }

  static Errors error(ProduceResponseData.PartitionProduceResponse answer) {
    return Errors.forCode(answer.errorCode());
  }

  static FetchRequest fetch(String topic, int partition, long offset, FetchLimits limits) {
    return new FetchRequest(
        new FetchRequestData()
            .setMaxWaitMs(limits.maxWaitMillis())
            .setMinBytes(limits.minBytes())
            .setMaxBytes(limits.maxBytes())
            .setSessionEpoch(-1)
            .setTopics(
                List.of(
                    new FetchRequestData.FetchTopic()
                        .setTopic(topic)
                        .setPartitions(
                            List.of(
                                new FetchRequestData.FetchPartition()
                                    .setPartition(partition)
                                    .setFetchOffset(offset)
                                    .setPartitionMaxBytes(limits.maxBytes()))))),
        FETCH_VERSION);
  }

  record FetchLimits(int maxWaitMillis, int minBytes, int maxBytes) {
    static final FetchLimits AT_ONCE = new FetchLimits(0, 0, 1 << 20);
  }

  static org.apache.kafka.common.message.FetchResponseData.PartitionData only(
      FetchResponse response) {
    return response.data().responses().get(0).partitions().get(0);
  }

  static AbstractRequest endOffset(String topic, int partition) {
    return ListOffsetsRequest.Builder.forConsumer(false, IsolationLevel.READ_UNCOMMITTED)
        .setTargetTimes(
            List.of(
                new ListOffsetsRequestData.ListOffsetsTopic()
                    .setName(topic)
                    .setPartitions(
                        List.of(
                            new ListOffsetsRequestData.ListOffsetsPartition()
                                .setPartitionIndex(partition)
                                .setTimestamp(ListOffsetsRequest.LATEST_TIMESTAMP)))))
        .build((short) 7);
  }

  static ListOffsetsResponseData.ListOffsetsPartitionResponse only(ListOffsetsResponse response) {
    return response.data().topics().get(0).partitions().get(0);
  }

  /** Where the partition ends, asked on a connection of its own. */
  static long endOffset(RunningBroker broker, String topic) throws IOException {
    try (WireConnection wire = WireConnection.to(broker)) {
      return only((ListOffsetsResponse) wire.ask(endOffset(topic, 0))).offset();
    }
  }
}
