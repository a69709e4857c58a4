package storage.log;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import storage.record.Codec;

/** One append of what was waiting: stamping, checksum, write, index. No fsync. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class AppendBenchmark {
  /** Size of one batch. */
  @Param({"1000", "16000", "64000"})
  private int batchBytes;

  /** How many wait for one write. */
  @Param({"1", "16"})
  private int batches;

  private BenchLog log;
  private final List<ByteBuffer> waiting = new ArrayList<>();

  @Setup
  public void open() {
    log =
        new BenchLog(
            LogConfig.defaults().toBuilder()
                .segmentBytesMax(256 << 20)
                .retentionBytes(512L << 20)
                .fileDeleteDelayMillis(0)
                .build());
    for (int i = 0; i < batches; i++) {
      waiting.add(BenchLog.batch(Codec.NONE, batchBytes / 100, 92));
    }
  }

  @Setup(Level.Iteration)
  public void makeRoom() {
    log.makeRoom();
  }

  @Benchmark
  public long append() {
    log.append(waiting);
    return log.log.logEndOffset();
  }

  @TearDown
  public void close() {
    log.close();
  }
}
