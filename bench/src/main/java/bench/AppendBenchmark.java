package bench;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import storage.record.Codec;

/** One append to a log in the page cache, of one batch or of several gathered ones. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class AppendBenchmark {
  @Param({"10", "600"})
  int records;

  @Param({"1", "16"})
  int batches;

  private List<ByteBuffer> gathered;

  @Setup
  public void build() {
    gathered = Collections.nCopies(batches, Batches.of(Codec.NONE, records, 100));
  }

  @Benchmark
  public long append(OpenLog log) {
    return log.append(gathered);
  }
}
