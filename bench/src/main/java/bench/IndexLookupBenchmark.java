package bench;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import storage.log.ReadOutcome;
import storage.record.Codec;

/** Finding the region of a fetch at a random offset of a log of 200,000 batches, and at its tail. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class IndexLookupBenchmark {
  private static final int APPENDS = 2_000;
  private static final int BATCHES_EACH = 100;
  private static final int RECORDS = 10;
  private static final int FETCH_BYTES = 1 << 20;

  private final Random random = new Random(2);
  private long endOffset;

  @Setup(Level.Iteration)
  public void fill(OpenLog log) {
    List<ByteBuffer> batches =
        Collections.nCopies(BATCHES_EACH, Batches.of(Codec.NONE, RECORDS, 20));
    for (int i = 0; i < APPENDS; i++) {
      endOffset = log.append(batches);
    }
  }

  @Benchmark
  public ReadOutcome anywhere(OpenLog log) {
    return log.log().read(random.nextLong(endOffset), FETCH_BYTES, endOffset, true);
  }

  @Benchmark
  public ReadOutcome atTheTail(OpenLog log) {
    return log.log().read(endOffset - 1, FETCH_BYTES, endOffset, true);
  }
}
