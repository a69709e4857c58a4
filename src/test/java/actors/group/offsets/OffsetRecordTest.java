package actors.group.offsets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import actors.group.UnreadableRecord;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class OffsetRecordTest {
  @Property
  void readsWhatItWrites(@ForAll("records") OffsetRecord record) {
    ByteBuffer key = ByteBuffer.wrap(record.key());
    assertThat(OffsetRecord.isKey(key.getShort())).isTrue();

    OffsetRecord read = OffsetRecord.read(key, record.value().map(ByteBuffer::wrap));

    assertThat(read).isEqualTo(expected(record));
  }

  /** The version that holds a time to expire has no room for the epoch. */
  private static OffsetRecord expected(OffsetRecord record) {
    return new OffsetRecord(
        record.groupId(),
        record.partition(),
        record
            .committed()
            .map(
                committed ->
                    committed.expireMillis().isEmpty()
                        ? committed
                        : new CommittedOffset(
                            committed.offset(),
                            -1,
                            committed.metadata(),
                            committed.commitMillis(),
                            committed.expireMillis())));
  }

  @Provide
  Arbitrary<OffsetRecord> records() {
    Arbitrary<CommittedOffset> committed =
        Combinators.combine(
                Arbitraries.longs().greaterOrEqual(0),
                Arbitraries.integers().greaterOrEqual(-1),
                Arbitraries.strings().ofMaxLength(20),
                Arbitraries.longs().greaterOrEqual(0),
                Arbitraries.longs().greaterOrEqual(0).optional())
            .as(
                (offset, epoch, metadata, at, expires) ->
                    new CommittedOffset(
                        offset,
                        epoch,
                        metadata,
                        at,
                        expires.map(OptionalLong::of).orElseGet(OptionalLong::empty)));
    return Combinators.combine(
            Arbitraries.strings().ofMaxLength(20),
            Arbitraries.strings().alpha().ofMinLength(1).ofMaxLength(20),
            Arbitraries.integers().greaterOrEqual(0),
            committed.optional())
        .as(
            (group, topic, partition, offset) ->
                new OffsetRecord(group, new TopicPartition(topic, partition), offset));
  }

  /** Key version 1 and value version 3, field by field. */
  @Test
  void hasKafkasBytes() {
    OffsetRecord record =
        new OffsetRecord(
            "g",
            new TopicPartition("t", 2),
            Optional.of(new CommittedOffset(258, 7, "m", 5, OptionalLong.empty())));

    assertThat(HexFormat.of().formatHex(record.key()))
        .isEqualTo("0001" + "000167" + "000174" + "00000002");
    assertThat(HexFormat.of().formatHex(record.value().orElseThrow()))
        .isEqualTo("0003" + "0000000000000102" + "00000007" + "00016d" + "0000000000000005");
  }

  /** The flexible form, with a tagged field that is not known here. */
  @Test
  void readsTheNewestVersion() {
    ByteBuffer key = ByteBuffer.wrap(HexFormat.of().parseHex("000167" + "000174" + "00000002"));
    ByteBuffer value =
        ByteBuffer.wrap(
            HexFormat.of()
                .parseHex(
                    "0004"
                        + "0000000000000102"
                        + "00000007"
                        + "026d"
                        + "0000000000000005"
                        + "01"
                        + "09"
                        + "02"
                        + "beef"));

    assertThat(OffsetRecord.read(key, Optional.of(value)).committed())
        .contains(new CommittedOffset(258, 7, "m", 5, OptionalLong.empty()));
  }

  @Test
  void refusesAVersionToCome() {
    ByteBuffer key = ByteBuffer.wrap(HexFormat.of().parseHex("000167" + "000174" + "00000002"));

    assertThatThrownBy(
            () -> OffsetRecord.read(key, Optional.of(ByteBuffer.wrap(new byte[] {0, 9, 0, 0}))))
        .isInstanceOf(UnreadableRecord.class)
        .hasMessageContaining("version 9");
  }

  @Test
  void refusesBytesThatAreCut() {
    ByteBuffer key = ByteBuffer.wrap(HexFormat.of().parseHex("000967"));

    assertThatThrownBy(() -> OffsetRecord.read(key, Optional.empty()))
        .isInstanceOf(UnreadableRecord.class)
        .hasMessageContaining("a committed offset cannot be read");
  }
}
