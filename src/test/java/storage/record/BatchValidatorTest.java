package storage.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import storage.record.BatchCheck.Reason;
import storage.record.BatchCheck.Refused;

class BatchValidatorTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final BatchRules RULES = BatchRules.of(1 << 20);

  private final BatchValidator validator = new BatchValidator();

  private Reason reason(ByteBuffer payload, BatchRules rules) {
    BatchCheck check = validator.check(payload, rules, NOW);
    assertThat(check).isInstanceOf(Refused.class);
    return ((Refused) check).reason();
  }

  private static ByteBuffer resealed(ByteBuffer batch) {
    RecordBatch.stampCrc(batch, 0);
    return batch;
  }

  @Nested
  class WhenTheBatchIsWhole {
    @ParameterizedTest
    @EnumSource(Codec.class)
    void acceptsWhatThisBuilderWrites(Codec codec) {
      ByteBuffer batch = Batches.of(codec, 100, NOW);

      BatchCheck check = validator.check(batch, RULES, NOW);

      assertThat(check).isEqualTo(new BatchCheck.Valid(1, 100));
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void acceptsWhatKafkaClientsWrite(CompressionType type) {
      SimpleRecord[] records = new SimpleRecord[50];
      for (int i = 0; i < records.length; i++) {
        records[i] =
            new SimpleRecord(
                NOW + i,
                null,
                new byte[i * 100],
                new RecordHeader[] {new RecordHeader("name", new byte[i])});
      }
      ByteBuffer batch = MemoryRecords.withRecords(Compression.of(type).build(), records).buffer();

      assertThat(validator.check(batch, RULES, NOW)).isEqualTo(new BatchCheck.Valid(1, 50));
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void isReadByKafkaClients(Codec codec) {
      ByteBuffer batch =
          new BatchBuilder(codec)
              .add(NOW, Batches.bytes("k"), null, List.of(new RecordHeader("h", new byte[3])))
              .add(NOW + 5, null, Batches.bytes("v"))
              .build();

      List<Record> records = new java.util.ArrayList<>();
      MemoryRecords.readableRecords(batch).records().forEach(records::add);

      assertThat(records).hasSize(2).allSatisfy(Record::ensureValid);
      assertThat(records.get(0).headers()).hasSize(1);
      assertThat(records.get(1).timestamp()).isEqualTo(NOW + 5);
      assertThat(records.get(1).offset()).isEqualTo(1);
    }

    @Test
    void checksItWhereItLies() {
      ByteBuffer batch = Batches.of(3, NOW);
      ByteBuffer payload = ByteBuffer.allocate(batch.limit() + 14);
      payload.position(7).put(batch).limit(payload.position()).position(7);

      assertThat(validator.check(payload, RULES, NOW).isValid()).isTrue();
      assertThat(payload.position()).isEqualTo(7);
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void checksItOutsideTheHeap(Codec codec) {
      ByteBuffer batch = Batches.of(codec, 3_000, NOW);
      ByteBuffer direct = ByteBuffer.allocateDirect(batch.limit()).put(batch).flip();

      assertThat(validator.check(direct, RULES, NOW)).isEqualTo(new BatchCheck.Valid(1, 3_000));
    }

    @Test
    void countsSeveralBatchesWhereTheyAreAllowed() {
      ByteBuffer payload =
          ByteBuffer.allocate(1000).put(Batches.of(3, NOW)).put(Batches.of(4, NOW)).flip();

      assertThat(validator.check(payload, RULES.withBatchesMax(2), NOW))
          .isEqualTo(new BatchCheck.Valid(2, 7));
      assertThat(reason(payload, RULES)).isEqualTo(Reason.INVALID_RECORD);
    }

    @Test
    void putsAWrongMaxTimestampRight() {
      ByteBuffer batch = Batches.of(3, NOW);
      RecordBatch.stampMaxTimestamp(batch, 0, 17);

      assertThat(validator.check(batch, RULES, NOW).isValid()).isTrue();

      assertThat(RecordBatch.maxTimestamp(batch, 0)).isEqualTo(NOW + 2);
      assertThat(RecordBatch.hasValidCrc(batch, 0)).isTrue();
    }
  }

  @Nested
  class WhenBytesAreDamaged {
    @Test
    void refusesEveryFlippedBitUnderTheChecksum() {
      ByteBuffer batch = Batches.of(3, NOW);
      for (int at = RecordBatch.CRC_AT; at < batch.limit(); at++) {
        for (int bit = 0; bit < 8; bit++) {
          batch.put(at, (byte) (batch.get(at) ^ (1 << bit)));
          assertThat(reason(batch, RULES)).isEqualTo(Reason.CORRUPT);
          batch.put(at, (byte) (batch.get(at) ^ (1 << bit)));
        }
      }
    }

    @Test
    void refusesEveryPrefix() {
      ByteBuffer batch = Batches.of(3, NOW);
      for (int size = 0; size < batch.capacity() && size < batch.limit(); size++) {
        assertThat(reason(batch.slice(0, size), RULES)).isEqualTo(Reason.CORRUPT);
      }
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -13, -1, 0, 48, 1 << 20, Integer.MAX_VALUE})
    void refusesAnyClaimedLengthThatDoesNotFit(int length) {
      ByteBuffer batch = Batches.of(3, NOW);
      batch.putInt(RecordBatch.LENGTH_AT, length);

      assertThat(reason(batch, RULES)).isEqualTo(Reason.CORRUPT);
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void neverThrowsWhateverIsUnderAValidChecksum(Codec codec) {
      Random random = new Random(7);
      ByteBuffer original = Batches.of(codec, 30, NOW);
      for (int i = 0; i < 3_000; i++) {
        ByteBuffer batch =
            ByteBuffer.allocate(original.limit()).put(0, original, 0, original.limit());
        for (int flips = 1 + random.nextInt(8); flips > 0; flips--) {
          int at =
              RecordBatch.ATTRIBUTES_AT + random.nextInt(batch.limit() - RecordBatch.ATTRIBUTES_AT);
          batch.put(at, (byte) random.nextInt());
        }
        BatchCheck check = validator.check(resealed(batch), RULES, NOW);
        assertThat(check).isNotNull();
      }
    }
  }

  @Nested
  class WhenTheClientSaysWhatItMayNot {
    @Test
    void refusesOldFormats() {
      ByteBuffer batch = Batches.of(3, NOW);
      batch.put(RecordBatch.MAGIC_AT, (byte) 1);

      assertThat(reason(batch, RULES)).isEqualTo(Reason.UNSUPPORTED_FORMAT);
    }

    @Test
    void refusesUnknownCodecs() {
      ByteBuffer batch = Batches.of(3, NOW);
      batch.putShort(RecordBatch.ATTRIBUTES_AT, (short) 6);

      assertThat(reason(resealed(batch), RULES)).isEqualTo(Reason.UNSUPPORTED_COMPRESSION);
    }

    @Test
    void refusesControlBatches() {
      ByteBuffer batch =
          new BatchBuilder(Codec.NONE)
              .producer(4, (short) 0, 0)
              .endTransaction(NOW, new ControlRecord(true, 3))
              .build();

      assertThat(reason(batch, RULES)).isEqualTo(Reason.INVALID_RECORD);
      assertThat(ControlRecord.read(batch, 0)).contains(new ControlRecord(true, 3));
    }

    @Test
    void refusesCountsThatDoNotFit() {
      ByteBuffer tooMany = Batches.of(3, NOW);
      tooMany.putInt(RecordBatch.COUNT_AT, 4).putInt(RecordBatch.LAST_OFFSET_DELTA_AT, 3);
      ByteBuffer tooFew = Batches.of(3, NOW);
      tooFew.putInt(RecordBatch.COUNT_AT, 2).putInt(RecordBatch.LAST_OFFSET_DELTA_AT, 1);
      ByteBuffer none = Batches.of(3, NOW);
      none.putInt(RecordBatch.COUNT_AT, 0);
      ByteBuffer gap = Batches.of(3, NOW);
      gap.putInt(RecordBatch.LAST_OFFSET_DELTA_AT, 9);

      for (ByteBuffer batch : List.of(tooMany, tooFew, none, gap)) {
        assertThat(reason(resealed(batch), RULES)).isEqualTo(Reason.INVALID_RECORD);
      }
    }

    @Test
    void refusesBatchesThatAreTooLarge() {
      ByteBuffer batch = Batches.of(3, NOW);

      assertThat(reason(batch, BatchRules.of(batch.limit() - 1))).isEqualTo(Reason.TOO_LARGE);
      assertThat(validator.check(batch, BatchRules.of(batch.limit()), NOW).isValid()).isTrue();
    }

    @Test
    void refusesTimestampsOutOfRange() {
      BatchRules rules = RULES.withTimestamps(TimestampType.CREATE_TIME, 1_000, 500);

      assertThat(validator.check(Batches.of(1, NOW - 1_000), rules, NOW).isValid()).isTrue();
      assertThat(validator.check(Batches.of(1, NOW + 500), rules, NOW).isValid()).isTrue();
      assertThat(validator.check(Batches.of(1, -1), rules, NOW).isValid()).isTrue();
      assertThat(reason(Batches.of(1, NOW - 1_001), rules)).isEqualTo(Reason.INVALID_TIMESTAMP);
      assertThat(reason(Batches.of(1, NOW + 501), rules)).isEqualTo(Reason.INVALID_TIMESTAMP);
      assertThat(reason(Batches.of(1, Long.MAX_VALUE), rules)).isEqualTo(Reason.INVALID_TIMESTAMP);
      assertThat(reason(Batches.of(1, Long.MIN_VALUE), rules)).isEqualTo(Reason.INVALID_TIMESTAMP);
    }

    @Test
    void ignoresTimestampsWhereTheBrokersCounts() {
      BatchRules rules = RULES.withTimestamps(TimestampType.LOG_APPEND_TIME, 1_000, 500);

      assertThat(validator.check(Batches.of(1, 17), rules, NOW).isValid()).isTrue();
    }

    @Test
    void namesTheRecordThatLacksItsKey() {
      ByteBuffer batch =
          new BatchBuilder(Codec.ZSTD)
              .add(NOW, Batches.bytes("k"), null)
              .add(NOW, null, Batches.bytes("v"))
              .build();

      BatchCheck check = validator.check(batch, RULES.withRequiredKeys(true), NOW);

      assertThat(((Refused) check).recordIndex()).isEqualTo(1);
    }

    @Test
    void refusesATransactionWithoutAProducer() {
      ByteBuffer batch = new BatchBuilder(Codec.NONE).transactional().add(NOW, null, null).build();
      ByteBuffer unsequenced = Batches.idempotent(5, 0, 0, 1);
      unsequenced.putInt(RecordBatch.BASE_SEQUENCE_AT, -1);

      assertThat(reason(batch, RULES)).isEqualTo(Reason.INVALID_RECORD);
      assertThat(reason(resealed(unsequenced), RULES)).isEqualTo(Reason.INVALID_RECORD);
    }
  }

  @Nested
  class WhenABatchUnfoldsToTooMuch {
    @ParameterizedTest
    @EnumSource(names = {"GZIP", "SNAPPY", "LZ4", "ZSTD"})
    void refusesADecompressionBomb(Codec codec) {
      BatchValidator strict = new BatchValidator(1 << 20);
      ByteBuffer batch = new BatchBuilder(codec).add(NOW, null, new byte[8 << 20]).build();

      BatchCheck check = strict.check(batch, RULES, NOW);

      assertThat(((Refused) check).reason()).isEqualTo(Reason.TOO_LARGE);
    }

    @Test
    void allocatesNothingForASnappyChunkThatAnnouncesTwoGigabytes() {
      ByteBuffer batch = Batches.of(Codec.SNAPPY, 20, NOW);
      int chunk = RecordBatch.HEADER_SIZE + 16;
      batch.put(chunk + 4, new byte[] {-1, -1, -1, -1, 7});

      assertThat(reason(resealed(batch), RULES)).isEqualTo(Reason.TOO_LARGE);
    }
  }
}
