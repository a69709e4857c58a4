package storage.log;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import storage.record.Codec;

/** Where in half a gigabyte a record lies: by offset, by time, and at the tail as readers ask. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class IndexLookupBenchmark {
  private static final long LOG_BYTES = 512L << 20;
  private static final int FETCH_BYTES = 64_000;

  private final SplittableRandom random = new SplittableRandom(42);
  private BenchLog log;

  @Setup
  public void fill() {
    log = new BenchLog(LogConfig.defaults().toBuilder().segmentBytesMax(128 << 20).build());
    while (log.log.sizeBytes() < LOG_BYTES) {
      log.append(List.of(BenchLog.batch(Codec.NONE, 160, 92)));
    }
  }

  @Benchmark
  public ReadOutcome readAnywhere() {
    long end = log.log.logEndOffset();
    return log.log.read(random.nextLong(end), FETCH_BYTES, end, true);
  }

  @Benchmark
  public ReadOutcome readAtTheTail() {
    long end = log.log.logEndOffset();
    return log.log.read(end - 160, FETCH_BYTES, end, true);
  }

  @Benchmark
  public Optional<TimestampOffset> findByTime() {
    return log.log.offsetForTimestamp(BenchLog.NOW_MILLIS + random.nextLong(160));
  }

  @TearDown
  public void close() {
    log.close();
  }
}
