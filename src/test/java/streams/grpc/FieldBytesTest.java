package streams.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FieldBytesTest {
  private final byte[] array = {1, 2, 3, 4, 5, 6};

  @Test
  void takesAWholeArrayWithoutACopy() {
    ByteBuffer taken = FieldBytes.taken(UnsafeByteOperations.unsafeWrap(array));

    assertThat(taken).isEqualTo(ByteBuffer.wrap(array));
    taken.put(0, (byte) 9);
    assertThat(array[0]).isEqualTo((byte) 9);
  }

  @Test
  void takesAPartOfAnArrayAndNothingBesideIt() {
    ByteBuffer taken = FieldBytes.taken(UnsafeByteOperations.unsafeWrap(array, 1, 3));

    assertThat(taken).isEqualTo(ByteBuffer.wrap(new byte[] {2, 3, 4}));
    assertThat(taken.capacity()).isEqualTo(3);
    taken.put(0, (byte) 9);
    assertThat(array).containsExactly(1, 9, 3, 4, 5, 6);
  }

  /** Long enough for the library to keep them as two. */
  @Test
  void putsTogetherWhatLiesInSeveralPlaces() {
    byte[] first = new byte[1_000];
    byte[] second = new byte[2_000];
    Arrays.fill(second, (byte) 7);

    ByteBuffer taken =
        FieldBytes.taken(ByteString.copyFrom(first).concat(ByteString.copyFrom(second)));

    byte[] expected = Arrays.copyOf(first, 3_000);
    Arrays.fill(expected, 1_000, 3_000, (byte) 7);
    assertThat(taken).isEqualTo(ByteBuffer.wrap(expected));
  }

  @Test
  void takesNothingFromAnEmptyField() {
    assertThat(FieldBytes.taken(ByteString.EMPTY).hasRemaining()).isFalse();
  }
}
