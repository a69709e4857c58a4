package actors.access;

import static org.assertj.core.api.Assertions.assertThat;

import actors.access.AccessMessage.Part;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartGathererTest {
  private final PartGatherer gatherer = new PartGatherer();

  private static ByteBuffer random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return ByteBuffer.wrap(bytes);
  }

  private Optional<ByteBuffer> gather(long request, List<PartGatherer.Piece> pieces) {
    Optional<ByteBuffer> whole = Optional.empty();
    for (PartGatherer.Piece piece : pieces) {
      assertThat(whole).isEmpty();
      whole = gatherer.whole(request, piece.part(), piece.bytes());
    }
    return whole;
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        0,
        1,
        Limits.PART_BYTES_MAX - 1,
        Limits.PART_BYTES_MAX,
        Limits.PART_BYTES_MAX + 1,
        8 * 1024 * 1024 + 17
      })
  void putsTogetherWhatWasCut(int size) {
    ByteBuffer bytes = random(size);

    List<PartGatherer.Piece> pieces = PartGatherer.cut(bytes);

    assertThat(pieces)
        .allSatisfy(
            piece ->
                assertThat(piece.bytes().remaining()).isLessThanOrEqualTo(Limits.PART_BYTES_MAX));
    assertThat(gather(1, pieces)).contains(bytes);
  }

  @Test
  void makesNothingOfPartsOfWhichOneIsMissing() {
    List<PartGatherer.Piece> pieces = PartGatherer.cut(random(3 * Limits.PART_BYTES_MAX));

    assertThat(gather(1, List.of(pieces.get(0), pieces.get(2)))).isEmpty();
    assertThat(gather(1, List.of(pieces.get(1), pieces.get(2)))).isEmpty();
  }

  @Test
  void makesNothingOfPartsOfTwoRequests() {
    List<PartGatherer.Piece> pieces = PartGatherer.cut(random(2 * Limits.PART_BYTES_MAX));
    PartGatherer.Piece first = pieces.get(0);
    PartGatherer.Piece second = pieces.get(1);

    assertThat(gatherer.whole(1, first.part(), first.bytes())).isEmpty();
    assertThat(gatherer.whole(2, second.part(), second.bytes())).isEmpty();
  }

  @Test
  void makesNothingOfMoreThanWasSaid() {
    assertThat(gatherer.whole(1, new Part(0, 5), random(3))).isEmpty();
    assertThat(gatherer.whole(1, new Part(3, 5), random(3))).isEmpty();
  }

  @Test
  void beginsAnewWithAFirstPart() {
    List<PartGatherer.Piece> pieces = PartGatherer.cut(random(2 * Limits.PART_BYTES_MAX));
    assertThat(gather(1, pieces.subList(0, 1))).isEmpty();

    assertThat(gather(2, pieces)).isPresent();
  }
}
