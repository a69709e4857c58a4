package bench;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import storage.record.BatchCheck;
import storage.record.BatchRules;
import storage.record.BatchValidator;
import storage.record.Codec;

/** What the edge does with each produced batch: checksum, header, and a walk over the records. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class BatchValidationBenchmark {
  private static final long NOW_MILLIS = 1_700_000_000_000L;

  @Param({"NONE", "LZ4", "ZSTD"})
  Codec codec;

  @Param({"10", "600"})
  int records;

  private final BatchValidator validator = new BatchValidator();
  private final BatchRules rules = BatchRules.of(1 << 20);
  private ByteBuffer batch;

  @Setup
  public void build() {
    batch = Batches.of(codec, records, 100);
  }

  @Benchmark
  public BatchCheck validate() {
    return validator.check(batch, rules, NOW_MILLIS);
  }
}
