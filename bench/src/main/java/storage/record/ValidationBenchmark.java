package storage.record;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What a leader looks at before it appends a producer's batch of 64 KB. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class ValidationBenchmark {
  private static final long NOW_MILLIS = 1_800_000_000_000L;

  @Param({"NONE", "LZ4", "ZSTD"})
  private Codec codec;

  @Param({"100", "1000"})
  private int recordBytes;

  private final BatchValidator validator = new BatchValidator();
  private final BatchRules rules = BatchRules.of(1 << 20);
  private ByteBuffer batch;

  @Setup
  public void build() {
    Random random = new Random(7);
    BatchBuilder builder = new BatchBuilder(codec);
    for (int i = 0; i < 64_000 / recordBytes; i++) {
      byte[] value = new byte[recordBytes - 8];
      for (int at = 0; at < value.length; at++) {
        value[at] = (byte) ('a' + random.nextInt(26));
      }
      builder.add(NOW_MILLIS + i, null, value);
    }
    batch = builder.build();
    if (!check().isValid()) {
      throw new IllegalStateException("measures a refusal: " + check());
    }
  }

  @Benchmark
  public BatchCheck check() {
    return validator.check(batch, rules, NOW_MILLIS);
  }
}
