package actors.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.apache.kafka.common.Uuid;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.Test;

class ReassemblyTest {
  private static final int PART = Limits.MESSAGE_PART_BYTES_MAX;

  private final Reassembly parts = new Reassembly(2, 4 * PART);

  @Test
  void givesTheWholeWithItsLastPart() {
    byte[] bytes = bytes(3 * PART + 5);

    assertThat(addAll(cut(1, bytes)).map(Reassembly.Whole::bytes))
        .hasValue(ByteString.fromArray(bytes));
    assertThat(parts.isUnderWay()).isFalse();
  }

  @Test
  void keepsTransfersApart() {
    List<MessagePart> one = cut(1, bytes(2 * PART));
    List<MessagePart> other = cut(2, bytes(2 * PART));

    assertThat(parts.add(one.get(0))).isEmpty();
    assertThat(parts.add(other.get(0))).isEmpty();
    assertThat(parts.add(one.get(1))).isPresent();
    assertThat(parts.add(other.get(1))).isPresent();
  }

  @Test
  void makesNothingOfATransferWithAPartMissingOrDoubled() {
    List<MessagePart> missing = new ArrayList<>(cut(1, bytes(3 * PART)));
    missing.remove(1);
    List<MessagePart> doubled = new ArrayList<>(cut(2, bytes(3 * PART)));
    doubled.add(1, doubled.get(1));

    assertThat(addAll(missing)).isEmpty();
    assertThat(addAll(doubled)).isEmpty();
    assertThat(addAll(cut(3, bytes(3 * PART)))).isPresent();
  }

  @Test
  void forgetsTheOldestWhereThereAreTooMany() {
    List<MessagePart> first = cut(1, bytes(2 * PART));
    parts.add(first.get(0));
    parts.add(cut(2, bytes(2 * PART)).get(0));
    parts.add(cut(3, bytes(2 * PART)).get(0));

    assertThat(parts.add(first.get(1))).isEmpty();
  }

  @Test
  void takesNoMoreThanTheBound() {
    assertThat(addAll(cut(1, bytes(4 * PART)))).isPresent();
    assertThat(addAll(cut(2, bytes(5 * PART)))).isEmpty();
    assertThat(parts.isUnderWay()).isFalse();
  }

  @Test
  void believesNoPartThatIsLargerThanOneMayBe() {
    ByteString large = ByteString.fromArray(bytes(PART + 1));

    assertThat(parts.add(new MessagePart(new Uuid(1, 1), 0, 1, "m", large))).isEmpty();
  }

  private Optional<Reassembly.Whole> addAll(List<MessagePart> all) {
    Optional<Reassembly.Whole> whole = Optional.empty();
    for (MessagePart part : all) {
      Optional<Reassembly.Whole> now = parts.add(part);
      whole = now.isPresent() ? now : whole;
    }
    return whole;
  }

  private static List<MessagePart> cut(long transfer, byte[] bytes) {
    List<MessagePart> cut = new ArrayList<>();
    int count = (bytes.length + PART - 1) / PART;
    for (int index = 0; index < count; index++) {
      ByteString part =
          ByteString.fromArray(bytes)
              .slice(index * PART, Math.min(bytes.length, (index + 1) * PART));
      cut.add(new MessagePart(new Uuid(transfer, 0), index, count, "m", part));
    }
    return cut;
  }

  private static byte[] bytes(int size) {
    byte[] bytes = new byte[size];
    new SplittableRandom(size).nextBytes(bytes);
    return bytes;
  }
}
