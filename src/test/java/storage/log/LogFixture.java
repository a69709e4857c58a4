package storage.log;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import simulation.SimFileSystem;
import storage.record.RecordBatch;

/** A data directory with one partition on a simulated disk. */
final class LogFixture {
  static final Path ROOT = Path.of("/data").toAbsolutePath();
  static final PartitionName NAME = new PartitionName("orders", 3);
  static final Path DIRECTORY = ROOT.resolve("orders-3");
  static final String TOPIC_ID = "dG9waWMtaWQtMTIzNDU2Nw";
  static final LogConfig SMALL =
      LogConfig.defaults().toBuilder()
          .segmentBytesMax(4_000)
          .indexIntervalBytes(200)
          .fileDeleteDelayMillis(1_000)
          .retentionMillis(-1)
          .build();

  final SimFileSystem disk;
  final LogConfig config;
  LogDirectory directory;
  PartitionLog log;
  long nowMillis = 1_000_000;

  LogFixture(long seed, LogConfig config) {
    this.disk = new SimFileSystem(seed);
    this.config = config;
    open();
  }

  LogFixture open() {
    directory =
        LogDirectory.open(
            disk, ROOT, new DirectoryIdentity.Owner(1, "cluster"), () -> "directory-id");
    log = directory.openPartition(NAME, TOPIC_ID, config, RecoveryProgress.SILENT, nowMillis);
    return this;
  }

  void reopenAfterCleanStop() {
    directory.close();
    open();
  }

  void reopenAfterProcessCrash() {
    disk.crashProcess();
    open();
  }

  void reopenAfterMachineCrash() {
    disk.crashMachine();
    open();
  }

  /** Appends under an epoch, assigning it first if it is new. */
  AppendResult append(int epoch, ByteBuffer... batches) {
    if (log.latestEpoch().orElse(-1) < epoch) {
      log.assignEpoch(epoch);
    }
    return log.append(List.of(batches), epoch, nowMillis);
  }

  /** All batches that can be read below an offset, each in a buffer of its own. */
  List<ByteBuffer> readAll(long endOffset, int maxBytes) {
    List<ByteBuffer> batches = new ArrayList<>();
    long offset = log.logStartOffset();
    while (offset < endOffset) {
      ReadOutcome outcome = log.read(offset, maxBytes, endOffset, true);
      if (!(outcome instanceof FetchRegion region) || region.isEmpty()) {
        break;
      }
      List<ByteBuffer> found = split(region.readFully());
      batches.addAll(found);
      ByteBuffer last = found.get(found.size() - 1);
      offset = RecordBatch.lastOffset(last, 0) + 1;
    }
    return batches;
  }

  /** The whole batches in a buffer. */
  static List<ByteBuffer> split(ByteBuffer bytes) {
    List<ByteBuffer> batches = new ArrayList<>();
    int at = 0;
    while (bytes.limit() - at >= RecordBatch.HEADER_SIZE
        && RecordBatch.size(bytes, at) <= bytes.limit() - at) {
      batches.add(bytes.slice(at, RecordBatch.size(bytes, at)));
      at += RecordBatch.size(bytes, at);
    }
    return batches;
  }

  static ByteBuffer join(List<ByteBuffer> batches) {
    ByteBuffer all = ByteBuffer.allocate(batches.stream().mapToInt(ByteBuffer::limit).sum());
    batches.forEach(batch -> all.put(batch.duplicate().rewind()));
    return all.flip();
  }

  Path file(long offset, String suffix) {
    return LogFiles.of(DIRECTORY, offset, suffix);
  }
}
