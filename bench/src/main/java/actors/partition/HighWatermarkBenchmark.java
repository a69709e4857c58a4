package actors.partition;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Asked at each append and at each follower's progress. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class HighWatermarkBenchmark {
  private final long[] inSyncEndOffsets = {1_000_010, 1_000_005, 1_000_020};
  private long highWatermark = 1_000_000;

  @Benchmark
  public long advance() {
    return HighWatermark.advance(highWatermark, 1_000_020, inSyncEndOffsets);
  }
}
