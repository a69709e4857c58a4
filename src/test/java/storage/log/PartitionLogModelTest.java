package storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import storage.record.Batches;
import storage.record.RecordBatch;

/** The same random operations on a log and on a map; after each, both must hold the same. */
class PartitionLogModelTest {
  private static final int STEPS = 250;

  static LongStream seeds() {
    Long seed = Long.getLong("seed");
    return seed != null ? LongStream.of(seed) : LongStream.range(0, Long.getLong("seeds", 60));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void holdsWhatAMapOfBatchesHolds(long seed) {
    new Run(seed).go();
  }

  private static final class Run {
    private final Random random;
    private final LogFixture fixture;

    /** Batches by base offset. */
    private final TreeMap<Long, ByteBuffer> model = new TreeMap<>();

    private long end;
    private long start;
    private long durable;
    private int epoch;
    private long highWatermark;

    private Run(long seed) {
      random = new Random(seed);
      fixture =
          new LogFixture(
              seed,
              LogFixture.SMALL.toBuilder()
                  .segmentBytesMax(500 + random.nextInt(5_000))
                  .indexIntervalBytes(50 + random.nextInt(500))
                  .retentionBytes(random.nextBoolean() ? -1 : 3_000 + random.nextInt(10_000))
                  .build());
    }

    private void go() {
      for (int i = 0; i < STEPS; i++) {
        fixture.nowMillis += 10;
        step();
        compare();
      }
    }

    private void step() {
      switch (random.nextInt(16)) {
        case 0 -> truncate();
        case 1 -> fixture.log.roll(fixture.nowMillis);
        case 2 -> retain();
        case 3 -> flush();
        case 4 -> {
          fixture.reopenAfterCleanStop();
          assertThat(fixture.directory.previousStop()).isEqualTo(PreviousStop.CLEAN);
          takeEnd();
          durable = lastEnd();
        }
        case 5 -> {
          fixture.directory.writeCheckpoints();
          fixture.reopenAfterProcessCrash();
          assertThat(fixture.directory.previousStop()).isEqualTo(PreviousStop.PROCESS_CRASH);
          takeEnd();
        }
        case 6 -> crashMachine();
        case 7 -> failAppend();
        case 8 -> advanceStart();
        case 9 -> fixture.log.reap(fixture.nowMillis);
        case 10 -> follow();
        default -> append();
      }
    }

    private void append() {
      if (random.nextInt(5) == 0) {
        epoch++;
      }
      List<ByteBuffer> batches = new ArrayList<>();
      for (int i = random.nextInt(6); i >= 0; i--) {
        batches.add(Batches.random(random, 300, fixture.nowMillis));
      }
      AppendResult result = fixture.append(epoch, batches.toArray(ByteBuffer[]::new));
      assertThat(result.firstOffset(0)).isEqualTo(end);
      for (int i = 0; i < batches.size(); i++) {
        put(batches.get(i));
      }
      assertThat(result.range().endOffset()).isEqualTo(end);
    }

    private void put(ByteBuffer batch) {
      model.put(RecordBatch.baseOffset(batch, 0), batch);
      end = RecordBatch.lastOffset(batch, 0) + 1;
    }

    private void follow() {
      List<ByteBuffer> batches = new ArrayList<>();
      long offset = end;
      for (int i = random.nextInt(4); i >= 0; i--) {
        ByteBuffer batch = Batches.random(random, 300, fixture.nowMillis);
        offset += random.nextInt(3);
        epoch += random.nextInt(8) / 7;
        RecordBatch.stampLeader(batch, 0, offset, epoch);
        offset = RecordBatch.lastOffset(batch, 0) + 1;
        batches.add(batch);
      }
      FollowerAppend result =
          fixture.log.appendAsFollower(end, LogFixture.join(batches), fixture.nowMillis);
      assertThat(result).isEqualTo(new FollowerAppend.Appended(offset));
      batches.forEach(this::put);
    }

    private void failAppend() {
      fixture.disk.failWrites(1);
      ByteBuffer batch = Batches.random(random, 300, fixture.nowMillis);
      try {
        fixture.append(epoch, batch);
        put(batch);
      } catch (StorageFailure expected) {
        assertThat(fixture.log.logEndOffset()).isEqualTo(end);
      }
      fixture.disk.failWrites(0);
    }

    private void truncate() {
      long to = Math.max(start, end - random.nextInt(40));
      long newEnd = fixture.log.truncateTo(to, fixture.nowMillis);
      model.values().removeIf(batch -> RecordBatch.lastOffset(batch, 0) >= to);
      assertThat(newEnd).isLessThanOrEqualTo(to);
      if (!model.isEmpty()) {
        assertThat(newEnd).isGreaterThan(RecordBatch.lastOffset(model.lastEntry().getValue(), 0));
      }
      end = newEnd;
      durable = Math.min(durable, lastEnd());
      highWatermark = Math.min(highWatermark, end);
      epoch = Math.max(epoch, fixture.log.latestEpoch().orElse(0));
    }

    private void retain() {
      highWatermark = end - random.nextInt((int) (end - start) + 1);
      fixture.log.applyRetention(highWatermark, fixture.nowMillis);
      assertThat(fixture.log.logStartOffset()).isLessThanOrEqualTo(Math.max(start, highWatermark));
      takeStart();
    }

    private void advanceStart() {
      long to = start + random.nextInt((int) Math.min(20, end - start + 1));
      fixture.log.advanceLogStartOffset(to);
      takeStart();
    }

    private void takeStart() {
      start = fixture.log.logStartOffset();
      model.values().removeIf(batch -> RecordBatch.lastOffset(batch, 0) < start);
      durable = Math.max(durable, start);
    }

    private void flush() {
      FlushTicket ticket = fixture.log.beginFlush();
      ticket.force();
      fixture.log.completeFlush(ticket, fixture.nowMillis);
      if (random.nextBoolean()) {
        fixture.directory.writeCheckpoints();
      }
      durable = lastEnd();
    }

    private void crashMachine() {
      fixture.directory.writeCheckpoints();
      fixture.reopenAfterMachineCrash();
      assertThat(fixture.directory.previousStop()).isEqualTo(PreviousStop.MACHINE_CRASH);
      long recovered = fixture.log.logEndOffset();
      assertThat(recovered).isBetween(durable, end);
      model.values().removeIf(batch -> RecordBatch.lastOffset(batch, 0) >= recovered);
      end = recovered;
      takeStart();
    }

    /** A log that was cut in a hole between batches ends, once reopened, where the hole begins. */
    private void takeEnd() {
      assertThat(fixture.log.logEndOffset()).isBetween(lastEnd(), end);
      end = fixture.log.logEndOffset();
    }

    private long lastEnd() {
      return model.isEmpty() ? start : RecordBatch.lastOffset(model.lastEntry().getValue(), 0) + 1;
    }

    private void compare() {
      PartitionLog log = fixture.log;
      assertThat(log.logEndOffset()).isEqualTo(end);
      assertThat(log.logStartOffset()).isEqualTo(start);
      if (random.nextInt(4) == 0) {
        assertThat(fixture.readAll(end, 1 + random.nextInt(2_000)))
            .isEqualTo(new ArrayList<>(model.values()));
      }
      readSomewhere(log);
      compareEpochs(log);
    }

    private void readSomewhere(PartitionLog log) {
      long offset = start + random.nextInt((int) (end - start) + 3) - 1;
      long limit = start + random.nextInt((int) (end - start) + 1);
      ReadOutcome outcome = log.read(offset, random.nextInt(1_000), limit, random.nextBoolean());
      if (offset < start || offset > end) {
        assertThat(outcome).isInstanceOf(OffsetOutOfRange.class);
        return;
      }
      FetchRegion region = (FetchRegion) outcome;
      for (ByteBuffer batch : LogFixture.split(region.readFully())) {
        assertThat(model.get(RecordBatch.baseOffset(batch, 0))).isEqualTo(batch);
        assertThat(RecordBatch.lastOffset(batch, 0)).isLessThan(limit);
      }
      if (!region.isEmpty()) {
        var first = model.ceilingEntry(region.firstOffset());
        assertThat(region.firstOffset()).isEqualTo(first.getKey());
        assertThat(RecordBatch.lastOffset(first.getValue(), 0)).isGreaterThanOrEqualTo(offset);
      }
    }

    private void compareEpochs(PartitionLog log) {
      for (ByteBuffer batch : model.values()) {
        long offset = Math.max(start, RecordBatch.baseOffset(batch, 0));
        assertThat(log.epochs().epochOf(offset)).hasValue(RecordBatch.leaderEpoch(batch, 0));
      }
    }
  }
}
