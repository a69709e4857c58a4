package storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import simulation.SimFileSystem;
import storage.record.Batches;
import storage.record.RecordBatch;

class RecoveryTest {
  private static final LogConfig ONE_SEGMENT =
      LogFixture.SMALL.toBuilder().segmentBytesMax(1 << 20).build();

  private static List<ByteBuffer> fill(LogFixture fixture, int count, long seed) {
    Random random = new Random(seed);
    List<ByteBuffer> batches = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ByteBuffer batch = Batches.random(random, 150, fixture.nowMillis + i);
      fixture.append(i / 10, batch);
      batches.add(batch);
    }
    return batches;
  }

  private static void stop(LogFixture fixture, PreviousStop stop) {
    switch (stop) {
      case CLEAN -> fixture.directory.close();
      case PROCESS_CRASH -> fixture.disk.crashProcess();
      case MACHINE_CRASH -> {
        fixture.log.flush(fixture.nowMillis);
        fixture.disk.crashMachine();
      }
    }
  }

  @Nested
  class WhenTheTailIsTorn {
    @ParameterizedTest
    @EnumSource(names = {"PROCESS_CRASH", "MACHINE_CRASH"})
    void cutsToTheLastValidBatchAtEveryByte(PreviousStop stop) {
      LogFixture fixture = new LogFixture(1, ONE_SEGMENT);
      List<ByteBuffer> batches = fill(fixture, 12, 1);
      Path file = fixture.file(0, LogFiles.LOG);
      byte[] whole = fixture.disk.read(file);
      int tail = batches.get(10).limit() + batches.get(11).limit();
      stop(fixture, stop);

      for (int size = whole.length - tail; size <= whole.length; size++) {
        fixture.disk.overwrite(file, Arrays.copyOf(whole, size));
        fixture.open();

        int kept =
            size == whole.length ? 12 : size >= whole.length - batches.get(11).limit() ? 11 : 10;
        assertThat(fixture.log.logEndOffset())
            .isEqualTo(RecordBatch.lastOffset(batches.get(kept - 1), 0) + 1);
        assertThat(fixture.readAll(Long.MAX_VALUE, 4_096)).isEqualTo(batches.subList(0, kept));
        assertThat(fixture.disk.read(file))
            .hasSize(batches.subList(0, kept).stream().mapToInt(ByteBuffer::limit).sum());
        if (stop == PreviousStop.MACHINE_CRASH) {
          fixture.disk.crashMachine();
        } else {
          fixture.disk.crashProcess();
        }
      }
    }

    @Test
    void cutsZeroesThatAPowerLossLeftBehind() {
      LogFixture fixture = new LogFixture(1, ONE_SEGMENT);
      List<ByteBuffer> batches = fill(fixture, 5, 1);
      Path file = fixture.file(0, LogFiles.LOG);
      byte[] whole = fixture.disk.read(file);
      stop(fixture, PreviousStop.MACHINE_CRASH);
      fixture.disk.overwrite(file, Arrays.copyOf(whole, whole.length + 5_000));

      fixture.open();

      assertThat(fixture.readAll(Long.MAX_VALUE, 4_096)).isEqualTo(batches);
    }

    @Test
    void goesOnAppendingAfterTheCut() {
      LogFixture fixture = new LogFixture(1, ONE_SEGMENT);
      fill(fixture, 5, 1);
      Path file = fixture.file(0, LogFiles.LOG);
      byte[] whole = fixture.disk.read(file);
      stop(fixture, PreviousStop.PROCESS_CRASH);
      fixture.disk.overwrite(file, Arrays.copyOf(whole, whole.length - 1));
      fixture.open();
      long end = fixture.log.logEndOffset();

      AppendResult result = fixture.append(9, Batches.of(3, 5));

      assertThat(result.firstOffset(0)).isEqualTo(end);
      fixture.reopenAfterProcessCrash();
      assertThat(fixture.log.logEndOffset()).isEqualTo(end + 3);
    }
  }

  @Nested
  class WhenAFileIsMissingOrDamaged {
    private static final String[] HELPERS = {
      LogFiles.OFFSET_INDEX, LogFiles.TIME_INDEX, LogFiles.SNAPSHOT
    };

    @ParameterizedTest
    @EnumSource(PreviousStop.class)
    void rebuildsWhateverIsMissing(PreviousStop stop) {
      assertRebuilt(stop, (fixture, path) -> fixture.disk.delete(path));
    }

    @ParameterizedTest
    @EnumSource(PreviousStop.class)
    void rebuildsWhateverIsEmpty(PreviousStop stop) {
      assertRebuilt(stop, (fixture, path) -> fixture.disk.overwrite(path, new byte[0]));
    }

    @ParameterizedTest
    @EnumSource(PreviousStop.class)
    void rebuildsWhateverIsGarbage(PreviousStop stop) {
      Random random = new Random(3);
      assertRebuilt(
          stop,
          (fixture, path) -> {
            byte[] bytes = new byte[1 + random.nextInt(300)];
            random.nextBytes(bytes);
            fixture.disk.overwrite(path, bytes);
          });
    }

    private interface Damage {
      void to(LogFixture fixture, Path path);
    }

    private void assertRebuilt(PreviousStop stop, Damage damage) {
      LogFixture fixture = new LogFixture(5, LogFixture.SMALL);
      List<ByteBuffer> batches = fill(fixture, 60, 5);
      ByteBuffer idempotent = Batches.idempotent(8, 0, 0, 3);
      fixture.append(7, idempotent);
      batches.add(idempotent);
      EpochHistory epochs = fixture.log.epochs();
      long end = fixture.log.logEndOffset();
      fixture.log.flush(fixture.nowMillis);
      stop(fixture, stop);

      for (FileSystem.Entry entry : fixture.disk.list(LogFixture.DIRECTORY)) {
        if (Arrays.stream(HELPERS).anyMatch(entry.name()::endsWith)) {
          damage.to(fixture, LogFixture.DIRECTORY.resolve(entry.name()));
        }
      }
      damage.to(fixture, LogFixture.DIRECTORY.resolve(LogFiles.EPOCHS));
      for (String name : List.of("recovery-point", "log-start", "replication")) {
        damage.to(fixture, LogFixture.ROOT.resolve(name + "-offset-checkpoint"));
      }
      fixture.open();

      assertThat(fixture.log.logEndOffset()).isEqualTo(end);
      assertThat(fixture.log.epochs()).isEqualTo(epochs);
      assertThat(fixture.readAll(end, 700)).isEqualTo(batches);
      assertThat(fixture.log.producers().check(8, (short) 0, 0, 3))
          .isInstanceOf(SequenceVerdict.Duplicate.class);
      assertThat(fixture.log.offsetForTimestamp(0).orElseThrow().offset()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 9, 100})
    void servesTheRightBatchesWhileAnIndexEntryIsFlipped(int at) {
      LogFixture fixture = new LogFixture(6, ONE_SEGMENT);
      List<ByteBuffer> batches = fill(fixture, 80, 6);
      fixture.log.roll(fixture.nowMillis);
      fixture.reopenAfterCleanStop();
      for (int bit = 0; bit < 8; bit++) {
        fixture.disk.flipBit(fixture.file(0, LogFiles.OFFSET_INDEX), at, bit);
        fixture.reopenAfterCleanStop();

        assertThat(fixture.readAll(Long.MAX_VALUE, 500)).isEqualTo(batches);
      }
    }
  }

  @Nested
  class WhenFilesAreLeftBehind {
    @Test
    void removesWhatDeletionsAndDraftsLeft() {
      LogFixture fixture = new LogFixture(1, LogFixture.SMALL);
      List<ByteBuffer> batches = fill(fixture, 30, 1);
      stop(fixture, PreviousStop.PROCESS_CRASH);
      for (String name :
          List.of(
              "00000000000000000000.log.deleted",
              "00000000000000000000.log.cleaned",
              "leader-epoch-checkpoint.tmp",
              "00000000000000000007.index",
              "00000000000000000000.index.swap")) {
        fixture.disk.overwrite(LogFixture.DIRECTORY.resolve(name), new byte[8]);
      }

      fixture.open();

      assertThat(fixture.readAll(Long.MAX_VALUE, 4_096)).isEqualTo(batches);
      assertThat(fixture.disk.list(LogFixture.DIRECTORY))
          .extracting(FileSystem.Entry::name)
          .noneMatch(name -> name.matches(".*(deleted|cleaned|tmp|swap)"))
          .doesNotContain("00000000000000000007.index");
    }

    @Test
    void letsAFinishedCompactionTakeEffect() {
      LogFixture fixture = new LogFixture(1, LogFixture.SMALL);
      List<ByteBuffer> batches = fill(fixture, 60, 1);
      List<SegmentInfo> segments = fixture.log.segments();
      assertThat(segments).hasSizeGreaterThan(2);
      long firstEnd = segments.get(1).endOffset();
      List<ByteBuffer> compacted = new ArrayList<>(batches);
      compacted.removeIf(batch -> RecordBatch.baseOffset(batch, 0) >= firstEnd);
      compacted.subList(1, compacted.size() - 1).clear();
      fixture.directory.close();
      fixture.disk.overwrite(
          fixture.file(0, LogFiles.LOG + LogFiles.SWAP), LogFixture.join(compacted).array());

      fixture.open();

      List<ByteBuffer> expected = new ArrayList<>(compacted);
      batches.stream()
          .filter(batch -> RecordBatch.baseOffset(batch, 0) >= firstEnd)
          .forEach(expected::add);
      assertThat(fixture.readAll(Long.MAX_VALUE, 4_096)).isEqualTo(expected);
    }

    @Test
    void opensALogThatEndsWithAnEmptySegment() {
      LogFixture fixture = new LogFixture(1, LogFixture.SMALL);
      List<ByteBuffer> batches = fill(fixture, 10, 1);
      fixture.log.roll(fixture.nowMillis);
      fixture.reopenAfterProcessCrash();
      fixture.reopenAfterCleanStop();

      assertThat(fixture.readAll(Long.MAX_VALUE, 4_096)).isEqualTo(batches);
    }
  }

  @Nested
  class WhenTheStopWasClean {
    @Test
    void readsAlmostNothingOfALargeLog() {
      LogConfig config =
          LogConfig.defaults().toBuilder()
              .segmentBytesMax(20 << 20)
              .retentionMillis(-1)
              .verifyColdReads(false)
              .build();
      LogFixture fixture = new LogFixture(1, config);
      byte[] value = new byte[60_000];
      ByteBuffer batch =
          new storage.record.BatchBuilder(storage.record.Codec.NONE).add(5, null, value).build();
      for (int i = 0; i < 2_000; i++) {
        fixture.append(0, batch);
      }
      assertThat(fixture.log.sizeBytes()).isGreaterThan(100L << 20);
      assertThat(fixture.log.segments()).hasSizeGreaterThan(5);
      fixture.directory.close();

      fixture.disk.forgetBytesRead();
      fixture.open();

      assertThat(fixture.log.logEndOffset()).isEqualTo(2_000);
      assertThat(fixture.disk.bytesRead()).isLessThan(1 << 20);
    }
  }

  @Nested
  class WhenTheMachineStopsSoonAfter {
    private static final int SEEDS = 20;

    @Test
    void findsANewLogThatWasFlushed() {
      for (long seed = 0; seed < SEEDS; seed++) {
        LogFixture fixture = new LogFixture(seed, LogFixture.SMALL);
        fixture.append(0, Batches.of(3, 0));
        fixture.log.flush(fixture.nowMillis);

        fixture.reopenAfterMachineCrash();

        assertThat(fixture.log.logEndOffset()).as("seed %d", seed).isEqualTo(3);
      }
    }

    @Test
    void beginsANewLogAgainThatWasNot() {
      for (long seed = 0; seed < SEEDS; seed++) {
        LogFixture fixture = new LogFixture(seed, LogFixture.SMALL);
        fixture.append(0, Batches.of(3, 0));

        fixture.reopenAfterMachineCrash();

        assertThat(fixture.log.logEndOffset()).as("seed %d", seed).isIn(0L, 3L);
        fixture.append(1, Batches.of(3, 0));
      }
    }

    @Test
    void findsTheEpochsOfWhatWasFlushed() {
      for (long seed = 0; seed < SEEDS; seed++) {
        LogFixture fixture = new LogFixture(seed, LogFixture.SMALL);
        for (int epoch = 0; epoch < 4; epoch++) {
          fixture.append(epoch, Batches.of(3, 0));
          fixture.log.roll(fixture.nowMillis);
          fixture.log.flush(fixture.nowMillis);
          fixture.directory.writeCheckpoints();
        }
        EpochHistory before = fixture.log.epochs();

        fixture.reopenAfterMachineCrash();

        assertThat(fixture.log.epochs()).as("seed %d", seed).isEqualTo(before);
      }
    }
  }

  @Nested
  class WhenRecoveryTakesLong {
    @Test
    void tellsHowFarItHasCome() {
      LogFixture fixture = new LogFixture(1, LogFixture.SMALL);
      fill(fixture, 60, 1);
      int segments = fixture.log.segments().size();
      fixture.log.flush(fixture.nowMillis);
      fixture.disk.crashMachine();
      fixture.directory =
          LogDirectory.open(
              fixture.disk,
              LogFixture.ROOT,
              new DirectoryIdentity.Owner(1, "cluster"),
              () -> "unused");
      List<String> told = new ArrayList<>();

      fixture.log =
          fixture.directory.openPartition(
              LogFixture.NAME,
              LogFixture.TOPIC_ID,
              LogFixture.SMALL,
              (partition, done, total) -> told.add(partition + " " + done + "/" + total),
              1);

      assertThat(told).hasSize(segments).last().isEqualTo("orders-3 " + segments + "/" + segments);
    }

    @Test
    void beginsAgainIfTheProcessDiesInTheMiddle() {
      LogFixture fixture = new LogFixture(1, LogFixture.SMALL);
      fill(fixture, 10, 1);
      fixture.log.flush(fixture.nowMillis);
      fixture.disk.crashMachine();
      DirectoryIdentity.Owner owner = new DirectoryIdentity.Owner(1, "cluster");

      LogDirectory.open(fixture.disk, LogFixture.ROOT, owner, () -> "unused");
      fixture.disk.crashProcess();
      LogDirectory again = LogDirectory.open(fixture.disk, LogFixture.ROOT, owner, () -> "unused");

      assertThat(again.previousStop()).isEqualTo(PreviousStop.MACHINE_CRASH);
    }
  }

  static LongStream seeds() {
    Long seed = Long.getLong("seed");
    return seed != null ? LongStream.of(seed) : LongStream.range(0, Long.getLong("seeds", 200));
  }

  /**
   * Whatever happened to the bytes: it opens or fails with a type, and serves only sound batches.
   */
  @ParameterizedTest
  @MethodSource("seeds")
  void servesOnlySoundBatchesOfAMutatedLog(long seed) {
    Random random = new Random(seed);
    LogFixture fixture = new LogFixture(seed, LogFixture.SMALL);
    List<ByteBuffer> batches = fill(fixture, 40, seed);
    PreviousStop stop = List.of(PreviousStop.values()).get(random.nextInt(3));
    stop(fixture, stop);
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      mutate(fixture.disk, random);
    }

    try {
      fixture.open();
    } catch (StorageFailure | DirectoryRefused typed) {
      return;
    }

    assertThat(fixture.log.logEndOffset()).isGreaterThanOrEqualTo(fixture.log.logStartOffset());
    for (long offset = fixture.log.logStartOffset();
        offset < fixture.log.logEndOffset();
        offset++) {
      ReadOutcome outcome = fixture.log.read(offset, 600, Long.MAX_VALUE, true);
      if (outcome instanceof FetchRegion region) {
        for (ByteBuffer batch : LogFixture.split(region.readFully())) {
          assertThat(RecordBatch.hasValidCrc(batch, 0)).isTrue();
        }
      }
    }
    fixture.log.offsetForTimestamp(fixture.nowMillis + 20);
    fixture.log.maxTimestamp();
    fixture.log.applyRetention(fixture.log.logEndOffset(), fixture.nowMillis);
    scrubToTheEnd(fixture.log);
    fixture.append(99, Batches.of(2, 7));
    assertThat(batches).hasSize(40);
  }

  private static void scrubToTheEnd(PartitionLog log) {
    long offset = log.logStartOffset();
    while (offset < log.logEndOffset()) {
      ScrubStep step = log.scrub(offset, 1_000);
      if (step.corruption().isPresent()) {
        return;
      }
      assertThat(step.nextOffset()).isGreaterThan(offset);
      offset = step.nextOffset();
    }
  }

  private static void mutate(SimFileSystem disk, Random random) {
    List<FileSystem.Entry> files = disk.list(LogFixture.DIRECTORY);
    FileSystem.Entry entry = files.get(random.nextInt(files.size()));
    Path path = LogFixture.DIRECTORY.resolve(entry.name());
    byte[] bytes = disk.read(path);
    if (bytes.length == 0) {
      disk.overwrite(path, new byte[random.nextInt(200)]);
      return;
    }
    switch (random.nextInt(5)) {
      case 0 -> disk.overwrite(path, Arrays.copyOf(bytes, random.nextInt(bytes.length)));
      case 1 -> disk.overwrite(path, Arrays.copyOf(bytes, bytes.length + random.nextInt(500)));
      case 2 -> {
        int from = random.nextInt(bytes.length);
        for (int i = from; i < Math.min(bytes.length, from + random.nextInt(64)); i++) {
          bytes[i] = (byte) random.nextInt();
        }
        disk.overwrite(path, bytes);
      }
      case 3 -> disk.delete(path);
      default -> disk.flipBit(path, random.nextInt(bytes.length), random.nextInt(8));
    }
  }
}
