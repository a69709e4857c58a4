package streams.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.ByteBuffer;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.Test;
import streams.grpc.v1.PartitionRequest;

class AliasingSerializerTest {
  private final AliasingSerializer<PartitionRequest> serializer =
      new AliasingSerializer<>(PartitionRequest.parser());

  private static PartitionRequest carrying(byte[] batch) {
    return PartitionRequest.newBuilder()
        .setRequest(7)
        .setPartition(3)
        .setAppend(
            PartitionRequest.Append.newBuilder()
                .setAcks(-1)
                .setBatch(UnsafeByteOperations.unsafeWrap(batch)))
        .build();
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  @Property(tries = 200)
  void writesWhatTheGeneratedCodeWrites(@ForAll @IntRange(max = 2_000) int size) {
    PartitionRequest message = carrying(random(size));

    assertThat(serializer.serialize(message).toArray()).isEqualTo(message.toByteArray());
  }

  @Property(tries = 200)
  void readsWhateverPiecesAMessageCameIn(
      @ForAll @IntRange(max = 2_000) int size, @ForAll @IntRange(min = 1, max = 700) int piece) {
    PartitionRequest message = carrying(random(size));
    ByteString whole = ByteString.fromArray(message.toByteArray());
    ByteString pieces = ByteString.emptyByteString();
    for (int at = 0; at < whole.size(); at += piece) {
      pieces = pieces.concat(whole.slice(at, Math.min(at + piece, whole.size())));
    }

    assertThat(serializer.deserialize(pieces)).isEqualTo(message);
  }

  @Test
  void lendsTheArrayOfALargeField() {
    byte[] batch = random(100_000);

    ByteString sent = serializer.serialize(carrying(batch));
    batch[50_000]++;

    assertThat(sent.toArray()).isEqualTo(carrying(batch).toByteArray());
  }

  @Test
  void aFieldThatWasReadMayBeChangedWithoutChangingWhatArrived() {
    ByteString arrived = ByteString.fromArray(carrying(random(1_000)).toByteArray());
    byte[] before = arrived.toArray();

    ByteBuffer batch = FieldBytes.taken(serializer.deserialize(arrived).getAppend().getBatch());
    batch.put(0, (byte) (batch.get(0) + 1));

    assertThat(arrived.toArray()).isEqualTo(before);
  }

  @Test
  void whatIsNoMessageIsRefusedAsTheClientsMistake() {
    assertThatThrownBy(() -> serializer.deserialize(ByteString.fromInts(0xff, 0xff, 0xff)))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            refused ->
                assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT));
  }

  /** The tag that ends a group, where none has begun. */
  @Test
  void aMessageThatEndsAheadOfItsBytesIsRefused() {
    assertThatThrownBy(() -> serializer.deserialize(ByteString.fromInts(0x0c, 8, 7)))
        .isInstanceOf(StatusRuntimeException.class);
  }
}
