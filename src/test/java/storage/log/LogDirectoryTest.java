package storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import simulation.SimFileSystem;
import storage.record.Batches;

class LogDirectoryTest {
  private static final DirectoryIdentity.Owner OWNER = new DirectoryIdentity.Owner(1, "cluster");

  private final LogFixture fixture = new LogFixture(1, LogFixture.SMALL);

  private String text(String name) {
    return new String(fixture.disk.read(LogFixture.ROOT.resolve(name)), StandardCharsets.UTF_8);
  }

  private LogDirectory open(DirectoryIdentity.Owner owner) {
    return LogDirectory.open(fixture.disk, LogFixture.ROOT, owner, () -> "unused");
  }

  @Nested
  class WhenItIsOpened {
    @Test
    void saysWhoseItIsInKafkasFormat() {
      assertThat(text("meta.properties"))
          .isEqualTo("version=1\nnode.id=1\ncluster.id=cluster\ndirectory.id=directory-id\n");
      assertThat(fixture.directory.identity().directoryId()).isEqualTo("directory-id");
    }

    @Test
    void refusesASecondProcess() {
      assertThatThrownBy(() -> open(OWNER))
          .isInstanceOf(DirectoryRefused.class)
          .hasMessageContaining("/data is in use by another process");
    }

    @ParameterizedTest
    @CsvSource({"2,cluster,OTHER_BROKER", "1,other,OTHER_CLUSTER"})
    void refusesTheDirectoryOfAnother(int node, String cluster, DirectoryRefused.Reason reason) {
      fixture.directory.close();

      assertThatThrownBy(() -> open(new DirectoryIdentity.Owner(node, cluster)))
          .isInstanceOfSatisfying(
              DirectoryRefused.class, refused -> assertThat(refused.reason()).isEqualTo(reason));

      assertThat(open(OWNER).previousStop()).isEqualTo(PreviousStop.CLEAN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "version=1\n", "garbage", "version=2\nnode.id=1\n"})
    void refusesADamagedIdentity(String content) {
      fixture.directory.close();
      fixture.disk.overwrite(
          LogFixture.ROOT.resolve("meta.properties"), content.getBytes(StandardCharsets.UTF_8));

      assertThatThrownBy(() -> open(OWNER))
          .isInstanceOf(DirectoryRefused.class)
          .hasMessageContaining("meta.properties");
    }

    @Test
    void refusesThePartitionOfAnEarlierTopic() {
      fixture.directory.close();
      LogDirectory directory = open(OWNER);

      assertThatThrownBy(
              () ->
                  directory.openPartition(
                      "orders", 3, "YW5vdGhlci10b3BpYy0xMg", LogFixture.SMALL, 0))
          .isInstanceOf(DirectoryRefused.class)
          .hasMessageContaining(LogFixture.TOPIC_ID);
    }
  }

  @Nested
  class WhenItWasStopped {
    @Test
    void cleanlyEvenIfNoPartitionWasOpenedSince() {
      fixture.directory.close();
      open(OWNER).close();

      assertThat(open(OWNER).previousStop()).isEqualTo(PreviousStop.CLEAN);
    }

    @Test
    void byAPowerLossOnceItRuns() {
      fixture.directory.close();
      open(OWNER);
      fixture.disk.crashMachine();

      assertThat(open(OWNER).previousStop()).isEqualTo(PreviousStop.MACHINE_CRASH);
    }

    /** Wherever the space ran out before, in the log or only in noting that it is recovered. */
    @Test
    void byAPowerLossAndThenFilledAndIsUsedAgainOnceThereIsSpace() {
      int failures = 0;
      for (long bytes = 0; bytes < 2_000; bytes++) {
        LogFixture crashed = new LogFixture(1, LogFixture.SMALL);
        crashed.append(0, Batches.of(3, 0));
        crashed.disk.crashMachine();
        LogDirectory directory = LogDirectory.open(crashed.disk, LogFixture.ROOT, OWNER, () -> "");
        crashed.disk.limitTo(bytes);
        try {
          openOrders(directory);
        } catch (StorageFailure full) {
          failures++;
          crashed.disk.limitTo(Long.MAX_VALUE);
          assertThat(openOrders(directory).hasFailed()).isFalse();
        }
      }
      assertThat(failures).isPositive();
    }

    private PartitionLog openOrders(LogDirectory directory) {
      return directory.openPartition(
          LogFixture.NAME, LogFixture.TOPIC_ID, LogFixture.SMALL, RecoveryProgress.SILENT, 0);
    }

    @Test
    void notCleanlyIfALogThatHadFailedWasClosedBefore() {
      fixture.append(0, Batches.of(3, 0));
      fixture.disk.failSyncs(1);
      assertThatThrownBy(fixture.log.beginFlush()::force).isInstanceOf(StorageFailure.class);

      fixture.directory.closePartition(fixture.log);
      fixture.directory.close();

      assertThat(open(OWNER).previousStop()).isEqualTo(PreviousStop.MACHINE_CRASH);
    }

    @Test
    void opensALogThatCouldNotBeOpenedBefore() {
      fixture.append(0, Batches.of(3, 0));
      fixture.log.flush(0);
      fixture.disk.crashMachine();
      LogDirectory directory = open(OWNER);
      long used = Long.MAX_VALUE - fixture.disk.usableBytes(Path.of("/data"));
      int failures = 0;

      PartitionLog opened = null;
      for (int free = 0; opened == null; free += 4) {
        fixture.disk.limitTo(used + free);
        try {
          opened = directory.openPartition("orders", 3, LogFixture.TOPIC_ID, LogFixture.SMALL, 0);
        } catch (StorageFailure full) {
          failures++;
        }
      }

      assertThat(failures).isPositive();
      assertThat(opened.logEndOffset()).isEqualTo(3);
    }

    @Test
    void notCleanlyWhileALogFromBeforeACrashWasNotOpened() {
      fixture.append(0, Batches.of(3, 0));
      fixture.disk.crashProcess();

      open(OWNER).close();
      fixture.open();

      assertThat(fixture.directory.previousStop()).isEqualTo(PreviousStop.PROCESS_CRASH);
      assertThat(fixture.log.logEndOffset()).isEqualTo(3);
    }

    @Test
    void keepsOffsetsOfPartitionsThatWereNotOpened() {
      fixture.append(0, Batches.of(3, 0));
      fixture.directory.highWatermark(LogFixture.NAME, 2);
      fixture.directory.close();
      open(OWNER).close();

      assertThat(open(OWNER).highWatermark(LogFixture.NAME)).isEqualTo(2);
      assertThat(text("replication-offset-checkpoint")).isEqualTo("0\n1\norders 3 2\n");
      assertThat(text("recovery-point-offset-checkpoint")).isEqualTo("0\n1\norders 3 3\n");
    }
  }

  @Test
  void findsTheLogsStartAgainThatItHasOnceTold() {
    int gone = 0;
    for (long changes = 0; gone == changes; changes++) {
      LogFixture fixture = new LogFixture(1, LogFixture.SMALL);
      fixture.append(0, Batches.of(3, 0));
      fixture.disk.goneAfter(changes);
      try {
        fixture.log.advanceLogStartOffset(2);
      } catch (SimFileSystem.Gone stopped) {
        gone++;
      }
      long told = fixture.log.logStartOffset();
      fixture.disk.crashProcess();

      assertThat(
              LogDirectory.open(fixture.disk, LogFixture.ROOT, OWNER, () -> "")
                  .openPartition("orders", 3, LogFixture.TOPIC_ID, LogFixture.SMALL, 0)
                  .logStartOffset())
          .as("after %d changes of the disk", changes)
          .isGreaterThanOrEqualTo(told);
    }
    assertThat(gone).isGreaterThan(2);
  }

  @Nested
  class WhenAPartitionGoes {
    @Test
    void givesUpItsFilesAtOnceAndRemovesThemLater() {
      fixture.append(0, Batches.of(3, 0));
      fixture.directory.deletePartition(LogFixture.NAME, 77);

      assertThat(fixture.directory.partitions()).isEmpty();
      assertThat(fixture.disk.list(LogFixture.ROOT))
          .anyMatch(entry -> entry.name().matches("orders-3\\.[0-9a-f]{32}-delete"));
      assertThat(fixture.directory.deleteMarked()).isEqualTo(1);
      assertThat(fixture.disk.list(LogFixture.ROOT)).noneMatch(FileSystem.Entry::isDirectory);
      assertThat(
              fixture
                  .directory
                  .openPartition("orders", 3, "YW5vdGhlci10b3BpYy0xMg", LogFixture.SMALL, 0)
                  .logEndOffset())
          .isZero();
    }

    @Test
    void leavesNothingForTheTopicThatHasItsNameNext() {
      int gone = 0;
      for (long changes = 0; gone == changes; changes++) {
        LogFixture fixture = new LogFixture(1, LogFixture.SMALL);
        fixture.append(0, Batches.of(3, 0));
        fixture.log.advanceLogStartOffset(2);
        fixture.directory.highWatermark(LogFixture.NAME, 3);
        fixture.directory.writeCheckpoints();
        fixture.disk.goneAfter(changes);
        try {
          fixture.directory.deletePartition(LogFixture.NAME, 77);
        } catch (SimFileSystem.Gone stopped) {
          gone++;
        }
        fixture.disk.crashProcess();

        LogDirectory directory = LogDirectory.open(fixture.disk, LogFixture.ROOT, OWNER, () -> "");
        if (directory.partitions().isEmpty()) {
          assertThat(directory.highWatermark(LogFixture.NAME)).isZero();
          assertThat(
                  directory
                      .openPartition("orders", 3, "YW5vdGhlci10b3BpYy0xMg", LogFixture.SMALL, 0)
                      .range())
              .isEqualTo(new LogRange(0, 0));
        }
      }
      assertThat(gone).isGreaterThan(3);
    }

    @Test
    void closesItAndOpensItAgain() {
      fixture.append(0, Batches.of(3, 0));
      fixture.directory.closePartition(fixture.log);

      assertThat(
              fixture
                  .directory
                  .openPartition("orders", 3, LogFixture.TOPIC_ID, LogFixture.SMALL, 0)
                  .recoveryPoint())
          .isEqualTo(3);
    }
  }

  @Test
  void readsTheNamesOfDirectories() {
    assertThat(PartitionName.fromDirectory("a-b-12")).contains(new PartitionName("a-b", 12));
    for (String name :
        new String[] {"lost+found", "a", "-1", "a-", "a-x", "a-99999999999", "a-4294967296"}) {
      assertThat(PartitionName.fromDirectory(name)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0\n",
        "1\n0\n",
        "0\n2\na 1 5\n",
        "0\n1\na 1\n",
        "0\n1\na x 5\n",
        "0\n1\na 1 -5"
      })
  void countsADamagedCheckpointAsEmpty(String text) {
    assertThat(OffsetCheckpoint.parse(text)).isEmpty();
    assertThat(OffsetCheckpoint.parse("0\n1\na 1 5\n"))
        .isEqualTo(Map.of(new PartitionName("a", 1), 5L));
  }

  @Nested
  class OnARealDisk {
    @TempDir private Path root;

    @Test
    void appendsTransfersAndReopens() throws Exception {
      RealFileSystem disk = new RealFileSystem();
      Path data = root.resolve("data");
      ByteBuffer batch = Batches.of(50, 1_000);
      byte[] sent;
      try (LogDirectory directory = LogDirectory.open(disk, data, OWNER, () -> "id")) {
        PartitionLog log = directory.openPartition("t", 0, "topic", LogConfig.defaults(), 0);
        log.assignEpoch(1);
        log.append(java.util.List.of(batch, batch.duplicate()), 1, 0);
        FetchRegion region = (FetchRegion) log.read(0, 1 << 20, Long.MAX_VALUE, true);
        Path target = root.resolve("sent");
        try (WritableByteChannel channel =
            Files.newByteChannel(
                target,
                java.nio.file.StandardOpenOption.CREATE,
                java.nio.file.StandardOpenOption.WRITE)) {
          assertThat(region.file().transferTo(region.position(), region.size(), channel))
              .isEqualTo(region.size());
        }
        sent = Files.readAllBytes(target);
        assertThat(LogDirectory.open(disk, root.resolve("other"), OWNER, () -> "id")).isNotNull();
        assertThatThrownBy(() -> LogDirectory.open(disk, data, OWNER, () -> "id"))
            .isInstanceOf(DirectoryRefused.class);
        assertThat(directory.usableBytes()).isPositive();
      }
      assertThat(Files.readAllBytes(data.resolve("t-0/00000000000000000000.log"))).isEqualTo(sent);

      try (LogDirectory directory = LogDirectory.open(disk, data, OWNER, () -> "id")) {
        assertThat(directory.previousStop()).isEqualTo(PreviousStop.CLEAN);
        assertThat(directory.topicId(new PartitionName("t", 0))).isEqualTo(Optional.of("topic"));
        PartitionLog log = directory.openPartition("t", 0, "topic", LogConfig.defaults(), 0);
        assertThat(log.logEndOffset()).isEqualTo(100);
        assertThat(log.truncateTo(50, 0)).isEqualTo(50);
      }
    }
  }
}
