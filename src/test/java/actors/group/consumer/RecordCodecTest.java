package actors.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import actors.group.UnreadableRecord;
import actors.group.consumer.ConsumerGroupRecord.CurrentMember;
import actors.group.consumer.ConsumerGroupRecord.GroupEpoch;
import actors.group.consumer.ConsumerGroupRecord.GroupMetadata;
import actors.group.consumer.ConsumerGroupRecord.MemberMetadata;
import actors.group.consumer.ConsumerGroupRecord.PartitionMetadata;
import actors.group.consumer.ConsumerGroupRecord.RegularExpression;
import actors.group.consumer.ConsumerGroupRecord.Resolution;
import actors.group.consumer.ConsumerGroupRecord.TargetEpoch;
import actors.group.consumer.ConsumerGroupRecord.TargetMember;
import actors.group.consumer.ConsumerGroupRecord.TargetMetadata;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

class RecordCodecTest {
  private static ConsumerGroupRecord read(ConsumerGroupRecord record) {
    return RecordDecoder.decode(record.key(), record.value());
  }

  private static String text(Random random) {
    return random
        .ints(random.nextInt(20), 0, 0x2000)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static Optional<String> maybe(Random random) {
    return random.nextBoolean() ? Optional.of(text(random)) : Optional.empty();
  }

  private static TreePSet<String> texts(Random random) {
    TreeSet<String> texts = new TreeSet<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      texts.add(text(random));
    }
    return TreePSet.fromSortedSet(texts);
  }

  private static TreePMap<Partition, Integer> partitions(Random random) {
    TreeMap<Partition, Integer> partitions = new TreeMap<>();
    for (int i = random.nextInt(9); i > 0; i--) {
      Uuid topic = new Uuid(random.nextInt(2), random.nextInt(3));
      partitions.put(new Partition(topic, random.nextInt(100)), random.nextInt(50));
    }
    return TreePMap.fromSortedMap(partitions);
  }

  private static Optional<ClassicClient> classic(Random random) {
    byte[] metadata = new byte[random.nextInt(30)];
    random.nextBytes(metadata);
    return random.nextBoolean()
        ? Optional.empty()
        : Optional.of(
            new ClassicClient(
                random.nextInt(),
                List.of(new ClassicClient.Protocol(text(random), ByteBuffer.wrap(metadata)))));
  }

  private static List<ConsumerGroupRecord> records(Random random) {
    String group = text(random);
    String member = text(random);
    MemberInfo info =
        new MemberInfo(
            maybe(random),
            maybe(random),
            text(random),
            text(random),
            texts(random),
            text(random),
            random.nextInt(),
            maybe(random),
            classic(random));
    CurrentAssignment current =
        new CurrentAssignment(
            random.nextInt(),
            random.nextInt(),
            MemberState.of(
                List.of((byte) 0, (byte) 1, (byte) 2, (byte) 127).get(random.nextInt(4))),
            partitions(random),
            partitions(random));
    return List.of(
        new GroupMetadata(
            group, Optional.of(new GroupEpoch(random.nextInt(), random.nextLong() >> 3))),
        new MemberMetadata(group, member, Optional.of(info)),
        new TargetMetadata(
            group, Optional.of(new TargetEpoch(random.nextInt(), random.nextInt(9)))),
        new TargetMember(group, member, Optional.of(partitions(random).keySet())),
        new CurrentMember(group, member, Optional.of(current)),
        new RegularExpression(
            group,
            member,
            Optional.of(new Resolution(texts(random), random.nextLong(), random.nextLong()))));
  }

  @Property(tries = 300)
  void readsWhatItHasWritten(@ForAll long seed) {
    for (ConsumerGroupRecord record : records(new Random(seed))) {
      assertThat(read(record)).isEqualTo(record);
    }
  }

  @Property(tries = 300)
  void namesWhatIsWrongWithCutBytes(@ForAll long seed) {
    Random random = new Random(seed);
    for (ConsumerGroupRecord record : records(random)) {
      byte[] value = record.value().orElseThrow();
      byte[] cut = Arrays.copyOf(value, random.nextInt(value.length));
      assertThatThrownBy(() -> RecordDecoder.decode(record.key(), Optional.of(cut)))
          .isInstanceOf(UnreadableRecord.class)
          .hasMessageContaining("value of key version");
    }
  }

  @Property(tries = 300)
  void neverFailsOtherwiseThanWithANamedErrorOnAnyBytes(@ForAll byte[] bytes) {
    byte[] value = new byte[bytes.length + 2];
    System.arraycopy(bytes, 0, value, 2, bytes.length);
    for (ConsumerGroupRecord record : records(new Random(1))) {
      try {
        assertThat(RecordDecoder.decode(record.key(), Optional.of(value))).isNotNull();
      } catch (UnreadableRecord e) {
        assertThat(e).hasMessageContaining("key version");
      }
    }
  }

  @Test
  void readsTombstones() {
    List<ConsumerGroupRecord> tombstones =
        List.of(
            new GroupMetadata("g", Optional.empty()),
            new PartitionMetadata("g"),
            new MemberMetadata("g", "m", Optional.empty()),
            new TargetMetadata("g", Optional.empty()),
            new TargetMember("g", "m", Optional.empty()),
            new CurrentMember("g", "m", Optional.empty()),
            new RegularExpression("g", "p", Optional.empty()));
    for (ConsumerGroupRecord tombstone : tombstones) {
      assertThat(tombstone.value()).isEmpty();
      assertThat(read(tombstone)).isEqualTo(tombstone);
    }
  }

  /** Bytes as the coordinator of Kafka 4.4 writes them. */
  @Test
  void writesWhatKafkaWrites() {
    assertThat(hex(new MemberMetadata("g", "m", Optional.empty()).key()))
        .isEqualTo("0005000167" + "00016d");
    MemberInfo info =
        new MemberInfo(
            Optional.empty(),
            Optional.empty(),
            "c",
            "/h",
            TreePSet.singleton("t"),
            "",
            5,
            Optional.empty(),
            Optional.empty());
    assertThat(hex(new MemberMetadata("g", "m", Optional.of(info)).value().orElseThrow()))
        .isEqualTo("000000000263032f6802027401000000050001000100");
  }

  @Test
  void readsOwnedPartitionsThatComeWithoutTheirEpochs() {
    byte[] value =
        HexFormat.of()
            .parseHex(
                "0000"
                    + "00000005"
                    + "00000004"
                    + "00"
                    + "02"
                    + "00".repeat(15)
                    + "07"
                    + "02"
                    + "00000003"
                    + "00"
                    + "01"
                    + "00");

    ConsumerGroupRecord read =
        RecordDecoder.decode(
            new CurrentMember("g", "m", Optional.empty()).key(), Optional.of(value));

    assertThat(((CurrentMember) read).content().orElseThrow().owned())
        .isEqualTo(TreePMap.singleton(new Partition(new Uuid(0, 7), 3), 5));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "00", "0002000167", "0009000167", "000300", "0003000467", "000300016700"})
  void namesWhatIsWrongWithAKey(String hex) {
    assertThatThrownBy(() -> RecordDecoder.decode(HexFormat.of().parseHex(hex), Optional.empty()))
        .isInstanceOf(UnreadableRecord.class)
        .hasMessageContaining("key");
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
