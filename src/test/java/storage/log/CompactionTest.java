package storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.junit.jupiter.api.Test;
import simulation.SimFileSystem;
import storage.record.BatchBuilder;
import storage.record.Batches;
import storage.record.Codec;
import storage.record.ControlRecord;
import storage.record.RecordBatch;

class CompactionTest {
  private static final LogConfig CONFIG =
      LogFixture.SMALL.toBuilder()
          .segmentBytesMax(1_000)
          .compaction(new Compaction(true, 0.1, 0, Long.MAX_VALUE, 10_000))
          .build();
  private static final long MAP_BYTES = 1 << 20;

  private final LogFixture fixture = new LogFixture(1, CONFIG);

  private static ByteBuffer batch(Codec codec, String... keysAndValues) {
    BatchBuilder batch = new BatchBuilder(codec);
    for (int i = 0; i < keysAndValues.length; i += 2) {
      String value = keysAndValues[i + 1];
      batch.add(
          1_000 + i, Batches.bytes(keysAndValues[i]), value == null ? null : Batches.bytes(value));
    }
    return batch.build();
  }

  private void fill(int batches, int keys) {
    for (int i = 0; i < batches; i++) {
      fixture.append(1, batch(Codec.of(i % 5), "key-" + i % keys, "value-" + i));
    }
  }

  /** Everything there is, in one round. */
  private void clean() {
    fixture.log.roll(fixture.nowMillis);
    fixture.log.flush(fixture.nowMillis);
    round();
  }

  private void round() {
    Cleaning cleaning =
        fixture
            .log
            .beginCleaning(fixture.log.logEndOffset(), MAP_BYTES, fixture.nowMillis)
            .orElseThrow();
    do {
      cleaning.advance(bytes -> {});
    } while (fixture.log.take(cleaning, fixture.nowMillis));
  }

  private Map<String, String> values() {
    TreeMap<String, String> values = new TreeMap<>();
    for (ByteBuffer batch : fixture.readAll(Long.MAX_VALUE, 4_096)) {
      for (Record record : MemoryRecords.readableRecords(batch.duplicate()).records()) {
        values.put(text(record.key()), record.hasValue() ? text(record.value()) : "deleted");
      }
    }
    return values;
  }

  private static String text(ByteBuffer bytes) {
    return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
  }

  private int records() {
    return fixture.readAll(Long.MAX_VALUE, 4_096).stream()
        .mapToInt(batch -> RecordBatch.count(batch, 0))
        .sum();
  }

  @Test
  void keepsTheLastOfEachKeyWithWhateverItsBatchSays() {
    for (int i = 0; i < 5; i++) {
      fixture.append(i, batch(Codec.of(i), "gone", "v" + i, "kept-" + i, "v" + i, "gone", "w" + i));
    }
    clean();

    List<ByteBuffer> batches = fixture.readAll(Long.MAX_VALUE, 4_096);

    assertThat(batches).hasSize(5);
    for (int i = 0; i < 5; i++) {
      ByteBuffer batch = batches.get(i);
      assertThat(RecordBatch.hasValidCrc(batch, 0)).isTrue();
      assertThat(RecordBatch.baseOffset(batch, 0)).isEqualTo(3L * i);
      assertThat(RecordBatch.lastOffset(batch, 0)).isEqualTo(3L * i + 2);
      assertThat(RecordBatch.leaderEpoch(batch, 0)).isEqualTo(i);
      assertThat(RecordBatch.codec(batch, 0)).isEqualTo(Codec.of(i));
      assertThat(RecordBatch.count(batch, 0)).isEqualTo(i == 4 ? 2 : 1);
      assertThat(RecordBatch.baseTimestamp(batch, 0)).isEqualTo(1_002);
      assertThat(RecordBatch.maxTimestamp(batch, 0)).isEqualTo(i == 4 ? 1_004 : 1_002);
    }
    assertThat(values()).containsEntry("gone", "w4").containsEntry("kept-0", "v0").hasSize(6);
  }

  @Test
  void keepsATombstoneUntilItsTimeHasCome() {
    fixture.append(1, batch(Codec.NONE, "key", "value", "other", "value"));
    fixture.append(1, batch(Codec.NONE, "key", null));
    clean();
    assertThat(values()).containsEntry("key", "deleted");

    fixture.nowMillis += 9_999;
    fixture.append(1, batch(Codec.NONE, "new", "value"));
    clean();
    assertThat(values()).containsEntry("key", "deleted");

    fixture.nowMillis += 1;
    fixture.append(1, batch(Codec.NONE, "newer", "value"));
    clean();
    assertThat(values()).containsOnlyKeys("new", "newer", "other");
  }

  @Test
  void takesOutWhatHasNoKeyAndLeavesControlBatchesAsTheyAre() {
    fixture.append(1, new BatchBuilder(Codec.NONE).add(1, null, Batches.bytes("keyless")).build());
    ByteBuffer marker =
        new BatchBuilder(Codec.NONE)
            .producer(7, (short) 0, -1)
            .endTransaction(2, new ControlRecord(true, 0))
            .build();
    fixture.append(1, marker);
    fixture.append(1, batch(Codec.NONE, "key", "value"));
    clean();

    List<ByteBuffer> batches = fixture.readAll(Long.MAX_VALUE, 4_096);
    assertThat(batches.get(0)).matches(first -> RecordBatch.count(first, 0) == 0); // epoch's first
    assertThat(batches.get(1)).isEqualTo(marker);
    assertThat(batches).hasSize(3);
  }

  @Test
  void producersAndEpochsFollowFromWhatIsLeft() {
    for (int i = 0; i < 60; i++) {
      BatchBuilder batch = new BatchBuilder(Codec.NONE).producer(i % 3, (short) 0, i / 3);
      batch.add(i, Batches.bytes("key"), Batches.bytes("value-" + i));
      fixture.append(i / 20, batch.build());
    }
    List<ProducerState> producers = List.copyOf(fixture.log.producers().all());
    EpochHistory epochs = fixture.log.epochs();
    clean();
    assertThat(records()).isEqualTo(1);

    fixture.directory.close();
    for (FileSystem.Entry entry : fixture.disk.list(LogFixture.DIRECTORY)) {
      if (entry.name().endsWith(LogFiles.SNAPSHOT) || entry.name().equals(LogFiles.EPOCHS)) {
        fixture.disk.delete(LogFixture.DIRECTORY.resolve(entry.name()));
      }
    }
    fixture.open();

    assertThat(fixture.log.epochs()).isEqualTo(epochs);
    assertThat(fixture.log.producers().all()).containsExactlyInAnyOrderElementsOf(producers);
  }

  @Test
  void cleansAsFarAsTheMapReachesRoundByRound() {
    fill(200, 50);
    fixture.log.roll(fixture.nowMillis);
    fixture.log.flush(fixture.nowMillis);
    Map<String, String> expected = values();
    List<Long> ends = new ArrayList<>();
    while (fixture.log.cleanedOffset() < 200) {
      Cleaning cleaning = fixture.log.beginCleaning(200, 24 * 20, fixture.nowMillis).orElseThrow();
      do {
        cleaning.advance(bytes -> {});
      } while (fixture.log.take(cleaning, fixture.nowMillis));
      ends.add(fixture.log.cleanedOffset());
      assertThat(values()).isEqualTo(expected);
    }

    assertThat(ends).hasSizeGreaterThan(5).isSorted().doesNotHaveDuplicates();
    assertThat(records()).isLessThan(200);
  }

  @Test
  void mergesSegmentsAndLeavesOldRegionsReadable() {
    fill(200, 4);
    int before = fixture.log.segments().size();
    FetchRegion region = (FetchRegion) fixture.log.read(0, 500, 200, true);
    ByteBuffer bytes = region.readFully();

    clean();
    assertThat(fixture.log.beginCleaning(200, MAP_BYTES, fixture.nowMillis)).isEmpty();
    assertThat(region.readFully()).isEqualTo(bytes);
    fill(20, 4);
    clean();

    assertThat(fixture.log.segments()).hasSizeLessThan(before / 2);
    assertThat(records()).isEqualTo(4);
    assertThat(fixture.log.logEndOffset()).isEqualTo(220);
    fixture.nowMillis += 5_000;
    assertThat(fixture.log.reap(fixture.nowMillis)).isGreaterThan(before / 2);
  }

  @Test
  void takesNothingThatWasCutMeanwhile() {
    fill(100, 4);
    fixture.log.roll(fixture.nowMillis);
    fixture.log.flush(fixture.nowMillis);
    Cleaning cleaning = fixture.log.beginCleaning(100, MAP_BYTES, fixture.nowMillis).orElseThrow();
    cleaning.advance(bytes -> {});
    fixture.log.truncateTo(10, fixture.nowMillis);

    assertThat(fixture.log.take(cleaning, fixture.nowMillis)).isFalse();

    assertThat(records()).isEqualTo(10);
    assertThat(fixture.log.cleanedOffset()).isZero();
    assertThat(fixture.disk.list(LogFixture.DIRECTORY))
        .noneMatch(entry -> entry.name().endsWith(LogFiles.CLEANED));
  }

  @Test
  void namesTheDamagedBatchThatItMeets() {
    fill(100, 4);
    fixture.log.roll(fixture.nowMillis);
    fixture.log.flush(fixture.nowMillis);
    fixture.disk.flipBit(fixture.file(0, LogFiles.LOG), 150, 1);
    Cleaning cleaning = fixture.log.beginCleaning(100, MAP_BYTES, fixture.nowMillis).orElseThrow();

    cleaning.advance(bytes -> {});

    assertThat(fixture.log.take(cleaning, fixture.nowMillis)).isFalse();
    assertThat(cleaning.damage()).hasValueSatisfying(d -> assertThat(d.offset()).isLessThan(4));
    assertThat(fixture.log.cleanedOffset()).isZero();
  }

  @Test
  void findsTheLastOfEachKeyAfterACrashAtAnyChange() {
    int crashes = 0;
    for (boolean machine : new boolean[] {false, true}) {
      boolean finished = false;
      for (int changes = 0; !finished; changes++) {
        CompactionTest test = new CompactionTest();
        test.fill(60, 4);
        test.fixture.log.roll(test.fixture.nowMillis);
        test.fixture.log.flush(test.fixture.nowMillis);
        Map<String, String> expected = test.values();
        test.fixture.disk.goneAfter(changes);
        try {
          test.round();
          finished = true;
        } catch (SimFileSystem.Gone gone) {
          crashes++;
        }
        if (machine) {
          test.fixture.reopenAfterMachineCrash();
        } else {
          test.fixture.reopenAfterProcessCrash();
        }
        assertThat(test.values()).as("crash after %d changes", changes).isEqualTo(expected);
        assertThat(test.fixture.log.logEndOffset()).isEqualTo(60);
        test.fixture.append(1, batch(Codec.NONE, "key-9", "value"));
        test.clean();
        assertThat(test.records()).isEqualTo(5);
      }
    }
    assertThat(crashes).isGreaterThan(50);
  }
}
