package storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import simulation.SimFileSystem;
import storage.record.BatchBuilder;
import storage.record.Batches;
import storage.record.Codec;
import storage.record.RecordBatch;

/**
 * Random keyed appends, cleanings, truncations, restarts, and crashes at any change of a file, on a
 * log and on a map of all that was ever appended; after each, the log must hold for each key what
 * the map has last, and nothing that was never written.
 */
class CompactionModelTest {
  private static final int STEPS = 150;

  static LongStream seeds() {
    Long seed = Long.getLong("seed");
    return seed != null ? LongStream.of(seed) : LongStream.range(0, Long.getLong("seeds", 60));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void holdsTheLastOfEachKey(long seed) {
    new Run(seed).go();
  }

  /** A record as it was appended; the value of a tombstone is empty. */
  private record Appended(String key, Optional<String> value, long timestamp) {}

  private static final class Run {
    private final Random random;
    private final LogFixture fixture;
    private final long deleteRetentionMillis;
    private final int keys;

    /** By offset. */
    private final TreeMap<Long, Appended> model = new TreeMap<>();

    /** When a tombstone was first looked at by a cleaning, by offset. */
    private final TreeMap<Long, Long> firstCleaned = new TreeMap<>();

    private final TreeSet<Long> batchEnds = new TreeSet<>();
    private final int[] sequences = new int[3];
    private int epoch;
    private long highWatermark;
    private boolean crashes;

    /** An index that was built anew and not forced may be lost with the power. */
    private boolean indexesInDoubt;

    /** No cleaning was ever allowed to go to here. */
    private long uncleanable;

    private Run(long seed) {
      random = new Random(seed);
      deleteRetentionMillis = 40L * random.nextInt(3);
      keys = 1 + random.nextInt(30);
      fixture =
          new LogFixture(
              seed,
              LogFixture.SMALL.toBuilder()
                  .segmentBytesMax(300 + random.nextInt(2_000))
                  .indexIntervalBytes(50 + random.nextInt(300))
                  .fileDeleteDelayMillis(random.nextInt(100))
                  .compaction(
                      new Compaction(
                          true,
                          random.nextInt(3) * 0.3,
                          random.nextInt(4) == 0 ? 30 : 0,
                          random.nextInt(4) == 0 ? 50 : Long.MAX_VALUE,
                          deleteRetentionMillis))
                  .build());
    }

    private void go() {
      for (int i = 0; i < STEPS; i++) {
        fixture.nowMillis += 1 + random.nextInt(10);
        step();
        compare();
      }
    }

    private void step() {
      switch (random.nextInt(20)) {
        case 0 -> truncate();
        case 1 -> fixture.log.roll(fixture.nowMillis);
        case 2 -> fixture.reopenAfterCleanStop();
        case 3 -> {
          fixture.reopenAfterProcessCrash();
          takeEnd();
        }
        case 4 -> crashMachine();
        case 5 -> fixture.directory.writeCheckpoints();
        case 6, 7 -> clean();
        case 8 -> crashDuring(this::clean, false);
        case 9 -> fixture.log.rollIfOld(fixture.nowMillis);
        case 10 -> advanceHighWatermark();
        case 11 -> crashDuring(this::truncate, true);
        case 12 -> fixture.log.reap(fixture.nowMillis);
        case 13 -> follow();
        case 14 -> loseTheCheckpoint();
        default -> append();
      }
    }

    // ---- what happens

    private void append() {
      if (random.nextInt(8) == 0) {
        epoch++;
      }
      for (int i = random.nextInt(4); i >= 0; i--) {
        ByteBuffer batch = batch();
        fixture.append(epoch, batch);
        note(batch);
      }
    }

    private ByteBuffer batch() {
      BatchBuilder builder = new BatchBuilder(Codec.of(random.nextInt(5)));
      int producer = random.nextInt(6);
      int count = 1 + random.nextInt(5);
      if (producer < sequences.length) {
        builder.producer(producer, (short) 0, sequences[producer]);
        sequences[producer] += count;
      }
      for (int i = 0; i < count; i++) {
        byte[] value = random.nextInt(5) == 0 ? null : Batches.bytes("value-" + random.nextInt());
        builder.add(
            fixture.nowMillis + random.nextInt(5),
            Batches.bytes("key-" + random.nextInt(keys)),
            value);
      }
      return builder.build();
    }

    private void note(ByteBuffer batch) {
      batchEnds.add(RecordBatch.lastOffset(batch, 0) + 1);
      for (Record record : MemoryRecords.readableRecords(batch.duplicate()).records()) {
        model.put(record.offset(), appended(record));
      }
    }

    private static Appended appended(Record record) {
      return new Appended(
          StandardCharsets.UTF_8.decode(record.key()).toString(),
          Optional.ofNullable(record.value())
              .map(value -> StandardCharsets.UTF_8.decode(value).toString()),
          record.timestamp());
    }

    /** What a leader has that was compacted: with holes. */
    private void follow() {
      List<ByteBuffer> batches = new ArrayList<>();
      long offset = fixture.log.logEndOffset();
      epoch = Math.max(epoch, fixture.log.latestEpoch().orElse(0));
      for (int i = random.nextInt(3); i >= 0; i--) {
        ByteBuffer batch = batch();
        offset += random.nextInt(3) * (long) random.nextInt(10);
        RecordBatch.stampLeader(batch, 0, offset, epoch);
        offset = RecordBatch.lastOffset(batch, 0) + 1;
        batches.add(batch);
      }
      fixture.log.appendAsFollower(
          fixture.log.logEndOffset(), LogFixture.join(batches), fixture.nowMillis);
      batches.forEach(this::note);
    }

    private void advanceHighWatermark() {
      fixture.log.flush(fixture.nowMillis);
      fixture.directory.writeCheckpoints();
      List<Long> ends = new ArrayList<>(batchEnds.tailSet(highWatermark, true));
      if (!ends.isEmpty()) {
        highWatermark = ends.get(random.nextInt(ends.size()));
      }
    }

    private void clean() {
      long mapBytes = random.nextInt(3) == 0 ? 24L * (3 + random.nextInt(20)) : 1 << 20;
      long began = fixture.nowMillis;
      uncleanable = Math.max(uncleanable, highWatermark);
      Optional<Cleaning> begun = fixture.log.beginCleaning(highWatermark, mapBytes, began);
      if (begun.isEmpty()) {
        return;
      }
      Cleaning cleaning = begun.get();
      boolean goesOn = true;
      while (goesOn) {
        cleaning.advance(bytes -> {});
        model
            .headMap(cleaning.mappedEndOffset())
            .keySet()
            .forEach(offset -> firstCleaned.putIfAbsent(offset, began));
        disturb(cleaning);
        goesOn = fixture.log.take(cleaning, fixture.nowMillis);
        assertThat(cleaning.damage()).isEmpty();
        assertThat(cleaning.mappedEndOffset())
            .isLessThanOrEqualTo(Math.max(highWatermark, fixture.log.cleanedOffset()));
        compare();
      }
    }

    /** What the log may be told between two steps. */
    private void disturb(Cleaning cleaning) {
      switch (random.nextInt(12) + (crashes ? 2 : 0)) {
        case 0 -> cleaning.cancel();
        case 1 -> truncate();
        case 2 -> append();
        case 3 -> fixture.log.reap(fixture.nowMillis + 1_000);
        default -> {}
      }
    }

    /**
     * What a truncation has cut off may be back after the second of two crashes, if it was not yet
     * durable: it was never committed, and will be cut off again. It is left out here.
     */
    private void crashDuring(Runnable step, boolean mayCut) {
      fixture.disk.goneAfter(random.nextInt(25));
      crashes = true;
      try {
        step.run();
      } catch (SimFileSystem.Gone gone) {
        assertThat(gone).isNotNull();
      }
      crashes = false;
      if (mayCut || random.nextBoolean()) {
        fixture.reopenAfterMachineCrash();
        indexesInDoubt = true;
      } else {
        fixture.reopenAfterProcessCrash();
      }
      takeEnd();
    }

    private void crashMachine() {
      fixture.reopenAfterMachineCrash();
      indexesInDoubt = true;
      takeEnd();
    }

    /** What is past the log's end is lost, as it may be if it was not durable or is being cut. */
    private void takeEnd() {
      long end = fixture.log.logEndOffset();
      assertThat(end).isGreaterThanOrEqualTo(highWatermark);
      forgetFrom(end);
    }

    private void truncate() {
      long end = fixture.log.logEndOffset();
      long to = highWatermark + random.nextInt((int) (end - highWatermark) + 1);
      long newEnd = fixture.log.truncateTo(to, fixture.nowMillis);
      assertThat(newEnd).isGreaterThanOrEqualTo(highWatermark);
      forgetFrom(newEnd);
    }

    private void forgetFrom(long end) {
      model.tailMap(end, true).clear();
      firstCleaned.tailMap(end, true).clear();
      batchEnds.tailSet(end, false).clear();
      epoch = Math.max(epoch, fixture.log.latestEpoch().orElse(0));
    }

    private void loseTheCheckpoint() {
      fixture.directory.close();
      fixture.disk.overwrite(
          LogFixture.ROOT.resolve("cleaner-offset-checkpoint"),
          random.nextBoolean() ? new byte[0] : Batches.bytes("0\n1\norders 3 9x\n"));
      fixture.open();
      assertThat(fixture.log.cleanedOffset()).isZero();
    }

    // ---- what must hold

    private void compare() {
      PartitionLog log = fixture.log;
      List<ByteBuffer> batches = fixture.readAll(log.logEndOffset(), 1 + random.nextInt(3_000));
      TreeMap<Long, Appended> held = new TreeMap<>();
      long next = 0;
      for (ByteBuffer batch : batches) {
        assertThat(RecordBatch.hasValidCrc(batch, 0)).isTrue();
        assertThat(RecordBatch.baseOffset(batch, 0)).isGreaterThanOrEqualTo(next);
        next = RecordBatch.lastOffset(batch, 0) + 1;
        checkBatch(batch, held);
      }
      assertThat(log.logEndOffset()).isGreaterThanOrEqualTo(next);
      for (Map.Entry<Long, Appended> record : held.entrySet()) {
        assertThat(record.getValue()).isEqualTo(model.get(record.getKey()));
      }
      assertThat(held.tailMap(uncleanable, true)).isEqualTo(model.tailMap(uncleanable, true));
      assertThat(lastValues(held)).isEqualTo(lastValues(model));
      assertThat(lastValues(held.headMap(uncleanable)))
          .isEqualTo(lastValues(model.headMap(uncleanable)));
      checkTombstones(held);
      Set<String> once = new HashSet<>();
      held.headMap(log.cleanedOffset())
          .forEach((offset, record) -> assertThat(once.add(record.key())).isTrue());
      readSomewhere(batches);
      if (!indexesInDoubt) {
        findSomeTime(held);
      }
    }

    private static void checkBatch(ByteBuffer batch, NavigableMap<Long, Appended> held) {
      long newest = RecordBatch.NO_TIMESTAMP;
      int count = 0;
      for (Record record : MemoryRecords.readableRecords(batch.duplicate()).records()) {
        record.ensureValid();
        held.put(record.offset(), appended(record));
        newest = Math.max(newest, record.timestamp());
        count++;
      }
      assertThat(RecordBatch.count(batch, 0)).isEqualTo(count);
      assertThat(RecordBatch.newestTimestamp(batch, 0)).isEqualTo(newest);
    }

    private static Map<String, String> lastValues(Map<Long, Appended> records) {
      TreeMap<String, String> last = new TreeMap<>();
      for (Appended record : records.values()) {
        if (record.value().isPresent()) {
          last.put(record.key(), record.value().get());
        } else {
          last.remove(record.key());
        }
      }
      return last;
    }

    /** The last of a key that is a tombstone is there until it was long enough. */
    private void checkTombstones(NavigableMap<Long, Appended> held) {
      TreeMap<String, Long> last = new TreeMap<>();
      model.forEach((offset, record) -> last.put(record.key(), offset));
      last.values().stream()
          .filter(offset -> model.get(offset).value().isEmpty() && !held.containsKey(offset))
          .forEach(
              offset -> {
                assertThat(firstCleaned).containsKey(offset);
                assertThat(fixture.nowMillis)
                    .isGreaterThanOrEqualTo(firstCleaned.get(offset) + deleteRetentionMillis);
              });
    }

    private void readSomewhere(List<ByteBuffer> batches) {
      long end = fixture.log.logEndOffset();
      long offset = random.nextInt((int) end + 1);
      FetchRegion region = (FetchRegion) fixture.log.read(offset, 1_000, end, true);
      Optional<ByteBuffer> expected =
          batches.stream().filter(batch -> RecordBatch.lastOffset(batch, 0) >= offset).findFirst();
      assertThat(region.isEmpty()).isEqualTo(expected.isEmpty());
      expected.ifPresent(
          batch -> assertThat(LogFixture.split(region.readFully()).get(0)).isEqualTo(batch));
    }

    private void findSomeTime(NavigableMap<Long, Appended> held) {
      long time = fixture.nowMillis - random.nextInt(300);
      Optional<Long> expected =
          held.entrySet().stream()
              .filter(record -> record.getValue().timestamp() >= time)
              .map(Map.Entry::getKey)
              .findFirst();
      assertThat(fixture.log.offsetForTimestamp(time).map(TimestampOffset::offset))
          .isEqualTo(expected);
      assertThat(fixture.log.maxTimestamp().map(TimestampOffset::timestamp))
          .isEqualTo(held.values().stream().map(Appended::timestamp).max(Long::compare));
    }
  }
}
