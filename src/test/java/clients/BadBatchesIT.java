package clients;

import static clients.RecordsOnWire.batch;
import static clients.RecordsOnWire.damaged;
import static clients.RecordsOnWire.endOffset;
import static clients.RecordsOnWire.error;
import static clients.RecordsOnWire.idempotentBatch;
import static clients.RecordsOnWire.produce;
import static clients.RecordsOnWire.records;
import static clients.RecordsOnWire.tampered;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.requests.InitProducerIdRequest;
import org.apache.kafka.common.requests.InitProducerIdResponse;
import org.apache.kafka.common.utils.internals.ByteBufferOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Produce requests whose batches are not what they should be: refused whole, nothing appended. */
@ExtendWith(HostileBroker.class)
class BadBatchesIT {
  private static final int LENGTH_AT = 8;
  private static final int MAGIC_AT = 16;
  private static final int CRC_AT = 17;
  private static final int ATTRIBUTES_AT = 21;
  private static final int LAST_OFFSET_DELTA_AT = 23;
  private static final int MAX_TIMESTAMP_AT = 35;
  private static final int COUNT_AT = 57;
  private static final int RECORDS_AT = 61;

  private final RunningBroker broker;
  private final String topic;

  BadBatchesIT(RunningBroker broker) {
    this.broker = broker;
    this.topic = Clients.newTopic(broker, "batches");
  }

  static Stream<Arguments> batchesThatAreWrong() {
    MemoryRecords good = batch(Compression.NONE, "one", "two", "three");
    MemoryRecords lz4 = batch(Compression.lz4().build(), "one", "two", "three");
    return Stream.of(
        wrong("a checksum that does not match", damaged(good, b -> b.putInt(CRC_AT, 1))),
        wrong("a bit flipped in a record", damaged(good, b -> b.put(70, (byte) ~b.get(70)))),
        wrong("a length beyond its bytes", damaged(good, b -> b.putInt(LENGTH_AT, 10_000))),
        wrong("a length too short", damaged(good, b -> b.putInt(LENGTH_AT, 20))),
        wrong("a negative length", damaged(good, b -> b.putInt(LENGTH_AT, -5))),
        wrong("a format from the past", damaged(good, b -> b.put(MAGIC_AT, (byte) 1))),
        wrong("a format from the future", damaged(good, b -> b.put(MAGIC_AT, (byte) 3))),
        wrong("more records than it holds", tampered(good, b -> b.putInt(COUNT_AT, 1000))),
        wrong("fewer records than it holds", tampered(good, b -> b.putInt(COUNT_AT, 2))),
        wrong("a count below zero", tampered(good, b -> b.putInt(COUNT_AT, -1))),
        wrong("no records", tampered(good, b -> b.putInt(COUNT_AT, 0))),
        wrong(
            "an offset delta that does not fit",
            tampered(good, b -> b.putInt(LAST_OFFSET_DELTA_AT, 1 << 30))),
        wrong("a negative offset delta", tampered(good, b -> b.putInt(LAST_OFFSET_DELTA_AT, -3))),
        wrong("an unknown codec", tampered(good, b -> b.putShort(ATTRIBUTES_AT, (short) 7))),
        wrong(
            "a codec that it is not in", tampered(good, b -> b.putShort(ATTRIBUTES_AT, (short) 4))),
        wrong(
            "the mark of a control batch",
            tampered(good, b -> b.putShort(ATTRIBUTES_AT, (short) 0x20))),
        wrong("a record of negative size", tampered(good, b -> b.put(RECORDS_AT, (byte) 1))),
        wrong("a varint without an end", tampered(good, b -> fill(b, RECORDS_AT, 0xff))),
        wrong("records of zeros", tampered(good, b -> fill(b, RECORDS_AT, 0))),
        wrong(
            "compressed bytes that are noise", tampered(lz4, b -> fill(b, RECORDS_AT + 15, 0x5a))),
        wrong("compressed bytes cut off", shortened(lz4)),
        wrong("only half a header", cut(good, 30)),
        wrong("two batches in one", MemoryRecords.readableRecords(twice(good))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("batchesThatAreWrong")
  void aBatchIsRefusedWithATypedError(String what, MemoryRecords batch) throws IOException {
    try (WireConnection wire = WireConnection.to(broker)) {
      PartitionProduceResponse answer = produce(wire, topic, batch);

      assertThat(error(answer))
          .as(what)
          .isIn(
              Errors.CORRUPT_MESSAGE,
              Errors.INVALID_RECORD,
              Errors.UNSUPPORTED_COMPRESSION_TYPE,
              Errors.UNSUPPORTED_FOR_MESSAGE_FORMAT);
      // The connection goes on.
      assertThat(error(produce(wire, topic, batch(Compression.NONE, "good"))))
          .isEqualTo(Errors.NONE);
    }
    assertThat(endOffset(broker, topic)).isEqualTo(1);
  }

  @Test
  void aTimestampWithoutSenseIsRefusedAndNamed() throws IOException {
    String bounded =
        Clients.newTopic(
            broker,
            "bounded",
            1,
            Map.of(
                "message.timestamp.after.max.ms",
                "1000",
                "message.timestamp.before.max.ms",
                "1000"));
    for (long timestamp : new long[] {0, 1, Long.MAX_VALUE, System.currentTimeMillis() * 1000}) {
      try (WireConnection wire = WireConnection.to(broker)) {
        MemoryRecords batch =
            MemoryRecords.withRecords(Compression.NONE, records(timestamp, "then"));
        assertThat(error(produce(wire, bounded, batch)))
            .as("timestamp %d", timestamp)
            .isEqualTo(Errors.INVALID_TIMESTAMP);
      }
    }
    assertThat(endOffset(broker, bounded)).isZero();
  }

  @Test
  void aMaxTimestampThatLiesDoesNotMisleadTimeLookups() throws IOException {
    long now = System.currentTimeMillis();
    MemoryRecords lying =
        tampered(
            MemoryRecords.withRecords(Compression.NONE, records(now, "then")),
            b -> b.putLong(MAX_TIMESTAMP_AT, now + 1_000_000));
    try (WireConnection wire = WireConnection.to(broker);
        var consumer = Clients.consumer(broker, Map.of())) {
      PartitionProduceResponse answer = produce(wire, topic, lying);

      TopicPartition partition = new TopicPartition(topic, 0);
      assertThat(error(answer)).isIn(Errors.NONE, Errors.INVALID_RECORD, Errors.INVALID_TIMESTAMP);
      assertThat(consumer.offsetsForTimes(Map.of(partition, now + 1)).get(partition)).isNull();
    }
  }

  @Test
  void aRetriedBatchIsStoredOnceAndAnsweredWithItsFirstOffset() throws IOException {
    try (WireConnection wire = WireConnection.to(broker)) {
      long producerId = newProducerId(wire);
      MemoryRecords first = idempotentBatch(producerId, 0, 0, "a", "b");
      MemoryRecords second = idempotentBatch(producerId, 0, 2, "c");

      assertThat(produce(wire, topic, first).baseOffset()).isZero();
      assertThat(produce(wire, topic, second).baseOffset()).isEqualTo(2);
      PartitionProduceResponse retried = produce(wire, topic, first);

      assertThat(error(retried)).isIn(Errors.NONE, Errors.DUPLICATE_SEQUENCE_NUMBER);
      assertThat(retried.baseOffset()).isZero();
      assertThat(endOffset(broker, topic)).isEqualTo(3);
    }
  }

  @Test
  void aGapInTheSequenceAndAnEarlierEpochAreRefused() throws IOException {
    try (WireConnection wire = WireConnection.to(broker)) {
      long producerId = newProducerId(wire);
      assertThat(error(produce(wire, topic, idempotentBatch(producerId, 1, 0, "a"))))
          .isEqualTo(Errors.NONE);

      assertThat(error(produce(wire, topic, idempotentBatch(producerId, 1, 5, "gap"))))
          .isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
      assertThat(error(produce(wire, topic, idempotentBatch(producerId, 0, 1, "old"))))
          .isIn(Errors.INVALID_PRODUCER_EPOCH, Errors.PRODUCER_FENCED);
      assertThat(endOffset(broker, topic)).isEqualTo(1);
    }
  }

  /** Eight at a time, each unfolding to as much as its codec can put into a mebibyte. */
  @ParameterizedTest
  @EnumSource(
      value = CompressionType.class,
      names = {"GZIP", "SNAPPY", "LZ4", "ZSTD"})
  void aDecompressionBombIsAnsweredInBoundedMemory(CompressionType codec) {
    MemoryRecords bomb = bomb(codec);

    List<CompletableFuture<Errors>> answers =
        IntStream.range(0, 8)
            .mapToObj(i -> CompletableFuture.supplyAsync(() -> produceAlone(bomb)))
            .toList();

    // To unfold it piece by piece and find it valid is as good as to refuse it.
    assertThat(answers)
        .allSatisfy(
            answer ->
                assertThat(answer.join())
                    .isIn(
                        Errors.NONE,
                        Errors.MESSAGE_TOO_LARGE,
                        Errors.RECORD_LIST_TOO_LARGE,
                        Errors.CORRUPT_MESSAGE,
                        Errors.INVALID_RECORD));
  }

  private Errors produceAlone(MemoryRecords batch) {
    try (WireConnection wire = WireConnection.to(broker)) {
      return error(produce(wire, topic, MemoryRecords.readableRecords(batch.buffer().duplicate())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long newProducerId(WireConnection wire) throws IOException {
    InitProducerIdRequest request =
        new InitProducerIdRequest.Builder(
                new InitProducerIdRequestData()
                    .setTransactionalId(null)
                    .setTransactionTimeoutMs(1000))
            .build((short) 4);
    return ((InitProducerIdResponse) wire.ask(request)).data().producerId();
  }

  /**
   * One batch with one record whose value is zeros: as many as fit, compressed, into a request that
   * the topic allows, but two gigabytes at most.
   */
  private static MemoryRecords bomb(CompressionType type) {
    // Bytes of zeros that a mebibyte of this codec holds, with a margin.
    int zeros =
        switch (type) {
          case GZIP -> 900_000_000;
          case ZSTD -> 2_000_000_000;
          case LZ4 -> 230_000_000;
          default -> 18_000_000;
        };
    try {
      ByteBufferOutputStream bytes = new ByteBufferOutputStream(2 << 20);
      bytes.position(RECORDS_AT);
      try (OutputStream out =
          Compression.of(type).build().wrapForOutput(bytes, RecordBatch.MAGIC_VALUE_V2)) {
        ByteBuffer valueSize = ByteBuffer.allocate(5);
        varint(valueSize, zeros);
        ByteBuffer head = ByteBuffer.allocate(32);
        varint(head, 4 + valueSize.position() + zeros + 1);
        head.put((byte) 0); // attributes
        varint(head, 0); // timestamp delta
        varint(head, 0); // offset delta
        varint(head, -1); // no key
        varint(head, zeros);
        out.write(head.array(), 0, head.position());
        byte[] chunk = new byte[1 << 16];
        for (int left = zeros; left > 0; left -= chunk.length) {
          out.write(chunk, 0, Math.min(left, chunk.length));
        }
        out.write(0); // no headers
      }
      ByteBuffer batch = bytes.buffer().flip();
      long now = System.currentTimeMillis();
      DefaultRecordBatch.writeHeader(
          batch.duplicate(),
          0,
          0,
          batch.limit(),
          RecordBatch.MAGIC_VALUE_V2,
          type,
          TimestampType.CREATE_TIME,
          now,
          now,
          -1,
          (short) -1,
          -1,
          false,
          false,
          false,
          -1,
          1);
      assertThat(batch.remaining()).as("bytes of the bomb").isLessThan(1_048_588);
      return MemoryRecords.readableRecords(batch);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void varint(ByteBuffer target, int value) {
    int left = (value << 1) ^ (value >> 31);
    while ((left & ~0x7f) != 0) {
      target.put((byte) ((left & 0x7f) | 0x80));
      left >>>= 7;
    }
    target.put((byte) left);
  }

  private static Arguments wrong(String what, MemoryRecords batch) {
    return Arguments.of(what, batch);
  }

  private static void fill(ByteBuffer batch, int from, int with) {
    for (int at = from; at < batch.limit(); at++) {
      batch.put(at, (byte) with);
    }
  }

  private static MemoryRecords cut(MemoryRecords batch, int size) {
    return MemoryRecords.readableRecords(batch.buffer().duplicate().limit(size).slice());
  }

  /** Whole by its header and checksum, but the compressed stream ends too early. */
  private static MemoryRecords shortened(MemoryRecords batch) {
    int size = batch.sizeInBytes() - 12;
    return tampered(cut(batch, size), b -> b.putInt(LENGTH_AT, size - 12));
  }

  private static ByteBuffer twice(MemoryRecords batch) {
    return ByteBuffer.allocate(2 * batch.sizeInBytes())
        .put(batch.buffer().duplicate())
        .put(batch.buffer().duplicate())
        .flip();
  }
}
