package bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import storage.log.DirectoryIdentity;
import storage.log.LogConfig;
import storage.log.LogDirectory;
import storage.log.PartitionLog;
import storage.log.RealFileSystem;

/** A log in a temporary directory that is removed afterwards. */
@State(Scope.Thread)
public class OpenLog {
  private Path root;
  private LogDirectory directory;
  private PartitionLog log;
  private long appended;

  @Setup(Level.Iteration)
  public void open() throws IOException {
    root = Files.createTempDirectory("granary-bench");
    directory =
        LogDirectory.open(
            new RealFileSystem(),
            root.resolve("logs"),
            new DirectoryIdentity.Owner(1, "bench"),
            () -> "bench");
    log = directory.openPartition("bench", 0, "bench", LogConfig.defaults(), 0);
    log.assignEpoch(0);
  }

  PartitionLog log() {
    return log;
  }

  /** Appends, and gives old segments up so that the disk does not fill. */
  long append(List<ByteBuffer> batches) {
    long end = log.append(batches, 0, 0).range().endOffset();
    if (++appended % 100_000 == 0) {
      log.advanceLogStartOffset(end);
      log.applyRetention(end, Long.MAX_VALUE / 2);
      log.reap(Long.MAX_VALUE);
    }
    return end;
  }

  @TearDown(Level.Iteration)
  public void close() throws IOException {
    directory.close();
    try (Stream<Path> all = Files.walk(root)) {
      all.sorted(Comparator.reverseOrder()).forEach(OpenLog::delete);
    }
  }

  private static void delete(Path path) {
    try {
      Files.delete(path);
    } catch (IOException notDeleted) {
      throw new UncheckedIOException(notDeleted);
    }
  }
}
