package streams.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameDecoderTest {
  private static final int FRAME_BYTES_MAX = 1000;

  private final FrameDecoder decoder = new FrameDecoder(FRAME_BYTES_MAX);

  @Property
  void givesTheSameFramesHoweverTheBytesArrive(
      @ForAll("frames") List<byte[]> frames, @ForAll @IntRange(min = 1, max = 50) int piece)
      throws Exception {
    byte[] wire = wire(frames);
    FrameDecoder fresh = new FrameDecoder(FRAME_BYTES_MAX);

    List<byte[]> decoded = new ArrayList<>();
    for (int at = 0; at < wire.length; at += piece) {
      decoded.addAll(decode(fresh, ByteBuffer.wrap(wire, at, Math.min(piece, wire.length - at))));
    }

    assertThat(decoded).usingElementComparator(java.util.Arrays::compare).isEqualTo(frames);
    assertThat(fresh.midFrame()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, Integer.MIN_VALUE, 0, FRAME_BYTES_MAX + 1, Integer.MAX_VALUE})
  void refusesALengthOutsideTheBounds(int length) {
    ByteBuffer input = ByteBuffer.allocate(4).putInt(length).flip();

    assertThatThrownBy(() -> decoder.next(input))
        .isInstanceOf(FrameDecoder.FrameRefused.class)
        .hasMessageContaining(Integer.toString(length));
  }

  @Test
  void takesTheLargestFrameAllowed() throws Exception {
    byte[] largest = new byte[FRAME_BYTES_MAX];

    List<byte[]> decoded = decode(decoder, ByteBuffer.wrap(wire(List.of(largest))));

    assertThat(decoded).hasSize(1);
    assertThat(decoded.get(0)).hasSize(FRAME_BYTES_MAX);
  }

  @Test
  void holdsLittleMemoryForALargeFrameOfWhichLittleHasArrived() throws Exception {
    int announced = 100 * 1024 * 1024;
    FrameDecoder large = new FrameDecoder(announced);

    large.next(ByteBuffer.allocate(14).putInt(announced).rewind());

    assertThat(large.heldBytes()).isLessThan(128 * 1024);
    assertThat(large.midFrame()).isTrue();
  }

  private static List<byte[]> decode(FrameDecoder decoder, ByteBuffer input) throws Exception {
    List<byte[]> frames = new ArrayList<>();
    for (Optional<ByteBuffer> frame = decoder.next(input);
        frame.isPresent();
        frame = decoder.next(input)) {
      byte[] bytes = new byte[frame.get().remaining()];
      frame.get().get(bytes);
      frames.add(bytes);
    }
    return frames;
  }

  private static byte[] wire(List<byte[]> frames) {
    ByteBuffer wire =
        ByteBuffer.allocate(frames.stream().mapToInt(frame -> frame.length + 4).sum());
    frames.forEach(frame -> wire.putInt(frame.length).put(frame));
    return wire.array();
  }

  @Provide
  Arbitrary<List<byte[]>> frames() {
    return Arbitraries.bytes()
        .array(byte[].class)
        .ofMinSize(1)
        .ofMaxSize(FRAME_BYTES_MAX)
        .list()
        .ofMaxSize(8);
  }
}
