package actors.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import java.io.NotSerializableException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pcollections.HashTreePMap;
import org.pcollections.TreePMap;

class ControllerSerializerTest {
  private static final Uuid ID = new Uuid(0x0102030405060708L, 0x090A0B0C0D0E0F10L);

  private static final String ID_HEX = "0102030405060708090a0b0c0d0e0f10";
  private static final String CONFIGS_HEX = "02" + "18726574656e74696f6e2e6d73" + "042d31";
  private static final String TOPIC_HEAD_HEX = ID_HEX + "0674c3b6" + CONFIGS_HEX;
  private static final String PARTITION_1_HEX =
      "00" + "040204" + "0202" + "0204" + "01" + "06" + "d804";
  private static final String BROKER_1_HEX =
      "02" + "8402" + ID_HEX + "08686f7374" + "888e01" + "01" + "0272" + "01";

  private static final PartitionImage PARTITION =
      new PartitionImage(
          0,
          List.of(1, 2),
          List.of(1),
          List.of(2),
          PartitionImage.NO_LEADER,
          new LeaderEpoch(3),
          300,
          List.of(2),
          List.of(1));

  private static final PartitionImage PARTITION_1 =
      new PartitionImage(
          0,
          List.of(1, 2),
          List.of(1),
          List.of(2),
          PartitionImage.NO_LEADER,
          new LeaderEpoch(3),
          300);

  private static final TopicImage TOPIC =
      new TopicImage(ID, "tö", Map.of("retention.ms", "-1"), List.of(PARTITION));

  private static final TopicImage TOPIC_1 =
      new TopicImage(ID, "tö", Map.of("retention.ms", "-1"), List.of(PARTITION_1));

  private static final BrokerImage BROKER =
      new BrokerImage(1, new BrokerEpoch(130), ID, "host", 9092, Optional.of("r"), true, true);

  private static final BrokerImage BROKER_1 =
      new BrokerImage(1, new BrokerEpoch(130), ID, "host", 9092, Optional.of("r"), true);

  private final ControllerSerializer serializer = new ControllerSerializer();

  /**
   * One of each kind, with the bytes that it had when it was first released. They are in journals:
   * whoever changes a format gives it a new version, and adds a line here.
   */
  static Stream<Arguments> golden() {
    String partition = PARTITION_1_HEX + "0204" + "0202";
    String topic = TOPIC_HEAD_HEX + "02" + partition;
    String broker = BROKER_1_HEX + "01";
    return Stream.of(
        Arguments.of(
            new MetadataFact.ControllerElected(1, 2, "c"), "ControllerElected.1", "02040263"),
        Arguments.of(new MetadataFact.TopicCreated(TOPIC), "TopicCreated.2", topic),
        Arguments.of(new MetadataFact.TopicDeleted(ID), "TopicDeleted.1", ID_HEX),
        Arguments.of(
            new MetadataFact.TopicConfigChanged(ID, Map.of("retention.ms", "-1")),
            "TopicConfigChanged.1",
            ID_HEX + CONFIGS_HEX),
        Arguments.of(
            new MetadataFact.PartitionsAdded(ID, List.of(PARTITION)),
            "PartitionsAdded.2",
            ID_HEX + "02" + partition),
        Arguments.of(new MetadataFact.BrokerRegistered(BROKER), "BrokerRegistered.2", broker),
        Arguments.of(
            new MetadataFact.BrokerFenced(1, new BrokerEpoch(130)), "BrokerFenced.1", "028402"),
        Arguments.of(
            new MetadataFact.BrokerUnfenced(1, new BrokerEpoch(130)), "BrokerUnfenced.1", "028402"),
        Arguments.of(
            new MetadataFact.BrokerLeaving(1, new BrokerEpoch(130)), "BrokerLeaving.1", "028402"),
        Arguments.of(
            new MetadataFact.PartitionsChanged(List.of(new PartitionChange(ID, PARTITION, true))),
            "PartitionsChanged.2",
            "02" + ID_HEX + partition + "01"),
        Arguments.of(
            new MetadataFact.ProducerIdsAllocated(1, new BrokerEpoch(130), 1000),
            "ProducerIdsAllocated.1",
            "028402d00f"),
        Arguments.of(
            new MetadataFact.BrokerConfigChanged(-1, Map.of("retention.ms", "-1")),
            "BrokerConfigChanged.1",
            "01" + CONFIGS_HEX),
        Arguments.of(
            image(TOPIC, BROKER).withBrokerConfigs(1, Map.of("retention.ms", "-1")),
            "ClusterMetadata.3",
            imageHex(broker, topic) + "02" + "02" + CONFIGS_HEX));
  }

  /** What earlier releases wrote and none does any more. */
  static Stream<Arguments> goldenOfEarlierReleases() {
    String topic = TOPIC_HEAD_HEX + "02" + PARTITION_1_HEX;
    return Stream.of(
        Arguments.of(new MetadataFact.TopicCreated(TOPIC_1), "TopicCreated.1", topic),
        Arguments.of(
            new MetadataFact.PartitionsAdded(ID, List.of(PARTITION_1)),
            "PartitionsAdded.1",
            ID_HEX + "02" + PARTITION_1_HEX),
        Arguments.of(
            new MetadataFact.BrokerRegistered(BROKER_1), "BrokerRegistered.1", BROKER_1_HEX),
        Arguments.of(
            new MetadataFact.PartitionsChanged(List.of(new PartitionChange(ID, PARTITION_1, true))),
            "PartitionsChanged.1",
            "02" + ID_HEX + PARTITION_1_HEX + "01"),
        Arguments.of(
            image(TOPIC, BROKER),
            "ClusterMetadata.2",
            imageHex(
                BROKER_1_HEX + "01", TOPIC_HEAD_HEX + "02" + PARTITION_1_HEX + "0204" + "0202")),
        Arguments.of(image(TOPIC_1, BROKER_1), "ClusterMetadata.1", imageHex(BROKER_1_HEX, topic)));
  }

  static Stream<Arguments> everReleased() {
    return Stream.concat(golden(), goldenOfEarlierReleases());
  }

  private static ClusterMetadata image(TopicImage topic, BrokerImage broker) {
    return new ClusterMetadata(
        2,
        "c",
        1,
        1,
        TreePMap.singleton("tö", topic),
        HashTreePMap.singleton(ID, "tö"),
        TreePMap.singleton(1, broker),
        1000);
  }

  private static String imageHex(String broker, String topic) {
    return "04" + "0263" + "02" + "02" + "d00f" + "02" + broker + "02" + topic;
  }

  @ParameterizedTest
  @MethodSource("golden")
  void writesTheBytesThatItAlwaysWrote(Object object, String manifest, String hex) {
    assertThat(serializer.manifest(object)).isEqualTo(manifest);
    assertThat(HexFormat.of().formatHex(serializer.toBinary(object))).isEqualTo(hex);
  }

  @ParameterizedTest
  @MethodSource("everReleased")
  void readsTheBytesThatItOnceWrote(Object object, String manifest, String hex)
      throws NotSerializableException {
    assertThat(serializer.fromBinary(HexFormat.of().parseHex(hex), manifest)).isEqualTo(object);
  }

  @Test
  void knowsOneOfEachKindOfFact() {
    assertThat(golden().map(arguments -> arguments.get()[0].getClass().getName()))
        .containsAll(
            Stream.of(MetadataFact.class.getPermittedSubclasses()).map(Class::getName).toList());
  }

  @ParameterizedTest
  @MethodSource("everReleased")
  void refusesBytesThatWereCutAnywhere(Object object, String manifest, String hex) {
    byte[] whole = HexFormat.of().parseHex(hex);

    for (int size = 0; size < whole.length; size++) {
      byte[] cut = Arrays.copyOf(whole, size);
      assertThatThrownBy(() -> serializer.fromBinary(cut, manifest))
          .isInstanceOf(NotSerializableException.class);
    }
  }

  @ParameterizedTest
  @MethodSource("everReleased")
  void refusesBytesLeftOver(Object object, String manifest, String hex) {
    byte[] more = HexFormat.of().parseHex(hex + "00");

    assertThatThrownBy(() -> serializer.fromBinary(more, manifest))
        .isInstanceOf(NotSerializableException.class)
        .hasMessageContaining("left over");
  }

  @Test
  void refusesAKindOfANewerReleaseByName() {
    assertThatThrownBy(() -> serializer.fromBinary(new byte[0], "TopicCreated.3"))
        .isInstanceOf(NotSerializableException.class)
        .hasMessageContaining("TopicCreated.3");
  }

  @Property(tries = 300)
  void readsBackWhatItWrote(@ForAll long seed) throws NotSerializableException {
    RandomMetadata random = new RandomMetadata(new SplittableRandom(seed));

    for (Object object : random.oneOfEach()) {
      byte[] bytes = serializer.toBinary(object);
      assertThat(serializer.fromBinary(bytes, serializer.manifest(object))).isEqualTo(object);
    }
  }

  @Property
  void readsBackEveryNumber(@ForAll long number) throws NotSerializableException {
    byte[] bytes = new BinaryWriter().number(number).toBytes();

    assertThat(new BinaryReader(bytes).number()).isEqualTo(number);
  }

  @Property
  void readsAnyBytesOrRefusesThem(@ForAll byte[] bytes) {
    for (Arguments kind : everReleased().toList()) {
      try {
        assertThat(serializer.fromBinary(bytes, (String) kind.get()[1])).isNotNull();
      } catch (NotSerializableException refused) {
        assertThat(refused).hasMessageContaining("Malformed");
      }
    }
  }

  @Example
  void believesNoLengthBeforeItHasLooked() {
    byte[] claimsTwoBillion = new BinaryWriter().number(2_000_000_000).toBytes();

    assertThatThrownBy(() -> new BinaryReader(claimsTwoBillion).text())
        .isInstanceOf(NotSerializableException.class);
  }
}
