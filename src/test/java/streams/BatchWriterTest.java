package streams;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BatchWriterTest {
  private static final Header[] NO_HEADERS = {};

  @ParameterizedTest
  @EnumSource(CompressionType.class)
  void kafkaReadsWhatWasWritten(CompressionType codec) {
    Random random = new Random(7);
    BatchWriter writer = new BatchWriter(0);
    List<SimpleRecord> written = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      SimpleRecord record = randomRecord(random);
      written.add(record);
      writer.append(
          record.timestamp(), array(record.key()), array(record.value()), record.headers());
    }

    MutableRecordBatch batch = read(writer.build(Compression.of(codec).build(), 9, (short) 2, 40));

    assertThat(batch.compressionType()).isEqualTo(codec);
    assertThat(batch.producerId()).isEqualTo(9);
    assertThat(batch.producerEpoch()).isEqualTo((short) 2);
    assertThat(batch.baseSequence()).isEqualTo(40);
    assertThat(batch.lastSequence()).isEqualTo(539);
    assertThat(batch.maxTimestamp())
        .isEqualTo(written.stream().mapToLong(SimpleRecord::timestamp).max().orElseThrow());
    List<SimpleRecord> found = new ArrayList<>();
    for (Record record : batch) {
      found.add(new SimpleRecord(record));
    }
    assertThat(found).isEqualTo(written);
  }

  @Test
  void aSecondBuildLeavesTheFirstUntouchedAndForgetsItsStamps() {
    BatchWriter writer = new BatchWriter(0);
    writer.append(5, null, "value".getBytes(UTF_8), NO_HEADERS);
    ByteBuffer first = writer.build(Compression.NONE, 1, (short) 0, 0);
    MutableRecordBatch stamped = read(first);
    stamped.setLastOffset(99);
    stamped.setPartitionLeaderEpoch(4);

    MutableRecordBatch second = read(writer.build(Compression.NONE, 1, (short) 1, 7));

    assertThat(second.producerEpoch()).isEqualTo((short) 1);
    assertThat(second.baseSequence()).isEqualTo(7);
    assertThat(second.lastOffset()).isZero();
    assertThat(read(first).lastOffset()).isEqualTo(99);
    assertThat(read(first).baseSequence()).isZero();
  }

  @Test
  void theSizeOfARecordAloneIsExact() {
    Random random = new Random(8);
    for (int i = 0; i < 200; i++) {
      SimpleRecord record = randomRecord(random);
      BatchWriter writer = new BatchWriter(0);
      writer.append(
          record.timestamp(), array(record.key()), array(record.value()), record.headers());

      assertThat(writer.size())
          .isEqualTo(
              BatchWriter.sizeAlone(array(record.key()), array(record.value()), record.headers()));
    }
  }

  @Test
  void theRoomThatIsSaidToBeThereIsThere() {
    Random random = new Random(9);
    BatchWriter writer = new BatchWriter(0);
    SimpleRecord record = randomRecord(random);
    while (writer.count() == 0
        || writer.hasRoom(
            BatchWriter.sizeAlone(array(record.key()), array(record.value()), record.headers()),
            4096)) {
      writer.append(
          record.timestamp(), array(record.key()), array(record.value()), record.headers());
      record = randomRecord(random);
    }

    assertThat(writer.size()).isBetween(3500, 4096);
  }

  private static MutableRecordBatch read(ByteBuffer bytes) {
    MutableRecordBatch batch =
        MemoryRecords.readableRecords(bytes.duplicate()).batches().iterator().next();
    batch.ensureValid();
    assertThat(batch.sizeInBytes()).isEqualTo(bytes.remaining());
    return batch;
  }

  private static SimpleRecord randomRecord(Random random) {
    Header[] headers = new Header[random.nextInt(3)];
    for (int i = 0; i < headers.length; i++) {
      headers[i] = new RecordHeader("héader" + i, randomBytes(random, 20));
    }
    return new SimpleRecord(
        random.nextLong(1L << 45), randomBytes(random, 30), randomBytes(random, 300), headers);
  }

  private static byte[] randomBytes(Random random, int sizeMax) {
    if (random.nextInt(8) == 0) {
      return null;
    }
    byte[] bytes = new byte[random.nextInt(sizeMax)];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] array(ByteBuffer bytes) {
    if (bytes == null) {
      return null;
    }
    byte[] array = new byte[bytes.remaining()];
    bytes.duplicate().get(array);
    return array;
  }
}
