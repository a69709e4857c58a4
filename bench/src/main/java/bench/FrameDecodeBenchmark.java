package bench;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;
import streams.net.FrameDecoder;

/** One read of 256 KiB cut into frames. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class FrameDecodeBenchmark {
  private static final int READ_BYTES = 256 * 1024;

  @Param({"1000", "65536"})
  int frameBytes;

  private final FrameDecoder decoder = new FrameDecoder(1 << 20);
  private final ByteBuffer read = ByteBuffer.allocateDirect(READ_BYTES);

  @Setup
  public void fill() {
    while (read.remaining() >= Integer.BYTES + frameBytes) {
      read.putInt(frameBytes).position(read.position() + frameBytes);
    }
    read.flip();
  }

  @Benchmark
  public void decode(Blackhole sink) throws FrameDecoder.FrameRefused {
    read.rewind();
    for (Optional<ByteBuffer> frame = decoder.next(read);
        frame.isPresent();
        frame = decoder.next(read)) {
      sink.consume(frame.get());
    }
  }
}
