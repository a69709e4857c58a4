package storage.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import storage.record.BatchBuilder;
import storage.record.Codec;

/** A log on the real disk, in a temporary directory, and batches to put into it. */
final class BenchLog implements AutoCloseable {
  static final int EPOCH = 0;
  static final long NOW_MILLIS = 1_800_000_000_000L;

  private final Path root;
  private final LogDirectory directory;
  final PartitionLog log;

  BenchLog(LogConfig config) {
    try {
      root = Files.createTempDirectory("granary-bench");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    directory =
        LogDirectory.open(
            new RealFileSystem(),
            root,
            new DirectoryIdentity.Owner(1, "benchmarks"),
            () -> "granary-bench-directory");
    log = directory.openPartition("measured", 0, "bWVhc3VyZWQtdG9waWMtaQ", config, NOW_MILLIS);
    log.assignEpoch(EPOCH);
  }

  /** Records of so many random letters. */
  static ByteBuffer batch(Codec codec, int records, int valueSize) {
    Random random = new Random(7);
    BatchBuilder builder = new BatchBuilder(codec);
    for (int i = 0; i < records; i++) {
      byte[] value = new byte[valueSize];
      for (int at = 0; at < valueSize; at++) {
        value[at] = (byte) ('a' + random.nextInt(26));
      }
      builder.add(NOW_MILLIS + i, null, value);
    }
    return builder.build();
  }

  void append(List<ByteBuffer> batches) {
    log.append(batches, EPOCH, NOW_MILLIS);
  }

  /** Gives up what is old, so that a long run does not fill the disk. */
  void makeRoom() {
    log.applyRetention(log.logEndOffset(), NOW_MILLIS);
    log.reap(Long.MAX_VALUE);
  }

  @Override
  public void close() {
    directory.closePartition(log);
    directory.close();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
