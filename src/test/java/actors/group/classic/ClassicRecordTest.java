package actors.group.classic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import actors.group.UnreadableRecord;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ClassicRecordTest {
  private static final HexFormat HEX = HexFormat.of();

  /** A group "g" of one member, field by field, in the format that Kafka's tools print. */
  private static final String KEY = "0002" + "0001" + "67";

  private static final String PROTOCOL_TYPE = "0008" + "636f6e73756d6572";
  private static final String GENERATION_RANGE_LEADER_M =
      "00000003" + "0005" + "72616e6765" + "0001" + "6d";
  private static final String TIMESTAMP = "0000018bcfe56800";
  private static final String CLIENT_AND_HOST = "0001" + "63" + "0002" + "2f68";
  private static final String SESSION = "00002710";
  private static final String REBALANCE = "0000ea60";
  private static final String SUBSCRIPTION_AND_ASSIGNMENT = "00000002" + "abcd" + "00000001" + "ef";

  private static final String VERSION_0 =
      "0000"
          + PROTOCOL_TYPE
          + GENERATION_RANGE_LEADER_M
          + "00000001"
          + "0001"
          + "6d"
          + CLIENT_AND_HOST
          + SESSION
          + SUBSCRIPTION_AND_ASSIGNMENT;
  private static final String VERSION_1 =
      "0001"
          + PROTOCOL_TYPE
          + GENERATION_RANGE_LEADER_M
          + "00000001"
          + "0001"
          + "6d"
          + CLIENT_AND_HOST
          + REBALANCE
          + SESSION
          + SUBSCRIPTION_AND_ASSIGNMENT;
  private static final String VERSION_2 =
      "0002"
          + PROTOCOL_TYPE
          + GENERATION_RANGE_LEADER_M
          + TIMESTAMP
          + "00000001"
          + "0001"
          + "6d"
          + CLIENT_AND_HOST
          + REBALANCE
          + SESSION
          + SUBSCRIPTION_AND_ASSIGNMENT;
  private static final String VERSION_3 =
      "0003"
          + PROTOCOL_TYPE
          + GENERATION_RANGE_LEADER_M
          + TIMESTAMP
          + "00000001"
          + "0001"
          + "6d"
          + "0001"
          + "69"
          + CLIENT_AND_HOST
          + REBALANCE
          + SESSION
          + SUBSCRIPTION_AND_ASSIGNMENT;
  private static final String VERSION_4 =
      "0004"
          + "09"
          + "636f6e73756d6572"
          + "00000003"
          + "06"
          + "72616e6765"
          + "02"
          + "6d"
          + TIMESTAMP
          + "02"
          + "02"
          + "6d"
          + "02"
          + "69"
          + "02"
          + "63"
          + "03"
          + "2f68"
          + REBALANCE
          + SESSION
          + "03"
          + "abcd"
          + "02"
          + "ef"
          + "00"
          + "00";

  private static ClassicRecord record(
      Optional<String> instanceId, int rebalanceMillis, OptionalLong sinceMillis) {
    ClassicMember member =
        new ClassicMember(
            "m",
            instanceId,
            "c",
            "/h",
            rebalanceMillis,
            10_000,
            List.of(new ClassicProtocol("range", Bytes.of(HEX.parseHex("abcd")))),
            Bytes.of(HEX.parseHex("ef")),
            Optional.empty(),
            Optional.empty(),
            false);
    return new ClassicRecord(
        "g",
        Optional.of(
            new ClassicRecord.Content(
                "consumer",
                3,
                Optional.of("range"),
                Optional.of("m"),
                sinceMillis,
                List.of(member))));
  }

  private static ClassicRecord decode(String value) {
    ByteBuffer key = ByteBuffer.wrap(HEX.parseHex(KEY)).position(Short.BYTES);
    return ClassicRecord.decode(key, Optional.of(ByteBuffer.wrap(HEX.parseHex(value))));
  }

  @Example
  void writesTheBytesThatKafkaWrites() {
    ClassicRecord record = record(Optional.of("i"), 60_000, OptionalLong.of(1_700_000_000_000L));

    assertThat(HEX.formatHex(record.key())).isEqualTo(KEY);
    assertThat(HEX.formatHex(record.value().orElseThrow())).isEqualTo(VERSION_3);
  }

  @Example
  void readsEachVersion() {
    OptionalLong since = OptionalLong.of(1_700_000_000_000L);

    assertThat(decode(VERSION_0)).isEqualTo(record(Optional.empty(), 10_000, OptionalLong.empty()));
    assertThat(decode(VERSION_1)).isEqualTo(record(Optional.empty(), 60_000, OptionalLong.empty()));
    assertThat(decode(VERSION_2)).isEqualTo(record(Optional.empty(), 60_000, since));
    assertThat(decode(VERSION_3)).isEqualTo(record(Optional.of("i"), 60_000, since));
    assertThat(decode(VERSION_4)).isEqualTo(record(Optional.of("i"), 60_000, since));
  }

  @Example
  void refusesAVersionToCome() {
    assertThatThrownBy(() -> decode("0005" + VERSION_4.substring(4)))
        .isInstanceOf(UnreadableRecord.class)
        .hasMessage("the record of group g has version 5; known are 0 to 4");
  }

  @Example
  void refusesBytesTooMany() {
    assertThatThrownBy(() -> decode(VERSION_3 + "00"))
        .isInstanceOf(UnreadableRecord.class)
        .hasMessage("the record of group g (version 3) has 1 bytes too many");
  }

  @Example
  void refusesAListThatCannotBeAsLongAsItSays() {
    String absurd = VERSION_3.replace(TIMESTAMP + "00000001", TIMESTAMP + "7fffffff");

    assertThatThrownBy(() -> decode(absurd)).isInstanceOf(UnreadableRecord.class);
  }

  @Example
  void endsAGroupByATombstone() {
    ClassicRecord tombstone = ClassicRecord.tombstone("g");

    assertThat(HEX.formatHex(tombstone.key())).isEqualTo(KEY);
    assertThat(tombstone.value()).isEmpty();
    assertThat(Stage.reread(tombstone)).isEqualTo(tombstone);
    assertThatThrownBy(() -> ClassicGroup.restored(tombstone))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("group g");
  }

  @Property
  void readsWhatItHasWritten(@ForAll("records") ClassicRecord record) {
    assertThat(Stage.reread(record)).isEqualTo(record);
  }

  @Property
  void refusesEveryRecordThatIsCutOff(
      @ForAll("records") ClassicRecord record, @ForAll int anywhere) {
    byte[] whole = record.value().orElseThrow();
    byte[] cut = Arrays.copyOf(whole, Math.floorMod(anywhere, whole.length));
    ByteBuffer key = ByteBuffer.wrap(record.key()).position(Short.BYTES);

    assertThatThrownBy(() -> ClassicRecord.decode(key, Optional.of(ByteBuffer.wrap(cut))))
        .isInstanceOf(UnreadableRecord.class)
        .hasMessageContaining("the record of group " + record.groupId());
  }

  @Property
  void readsDamagedBytesOrNamesTheGroup(
      @ForAll("records") ClassicRecord record, @ForAll int anywhere, @ForAll byte damage) {
    byte[] value = record.value().orElseThrow();
    value[Math.floorMod(anywhere, value.length)] = damage;
    ByteBuffer key = ByteBuffer.wrap(record.key()).position(Short.BYTES);
    Optional<String> read;
    try {
      read = Optional.of(ClassicRecord.decode(key, Optional.of(ByteBuffer.wrap(value))).groupId());
    } catch (UnreadableRecord refused) {
      assertThat(refused).hasMessageContaining("the record of group " + record.groupId());
      return;
    }

    assertThat(read).contains(record.groupId());
  }

  @Provide
  Arbitrary<ClassicRecord> records() {
    Arbitrary<String> text = Arbitraries.strings().excludeChars((char) 0).ofMaxLength(12);
    Arbitrary<String> names = text.filter(ClassicRecordTest::survivesUtf8);
    Arbitrary<Optional<String>> maybe = names.optional();
    Arbitrary<Bytes> bytes = Arbitraries.bytes().array(byte[].class).ofMaxSize(40).map(Bytes::of);
    Arbitrary<Integer> millis = Arbitraries.integers().between(0, Integer.MAX_VALUE);
    Arbitrary<List<ClassicMember>> members =
        Combinators.combine(names, maybe, names, millis, millis, bytes, bytes)
            .as(
                (id, instance, client, rebalance, session, subscription, assignment) ->
                    new ClassicMember(
                        id,
                        instance,
                        client,
                        "/host",
                        rebalance,
                        session,
                        List.of(new ClassicProtocol("range", subscription)),
                        assignment,
                        Optional.empty(),
                        Optional.empty(),
                        false))
            .list()
            .ofMaxSize(5);
    Arbitrary<OptionalLong> since =
        Arbitraries.longs().greaterOrEqual(0).optional().map(ClassicRecordTest::optionalLong);
    return Combinators.combine(names, names, Arbitraries.integers(), maybe, since, members)
        .as(
            (group, type, generation, leader, sinceMillis, all) ->
                new ClassicRecord(
                    group,
                    Optional.of(
                        new ClassicRecord.Content(
                            type, generation, Optional.of("range"), leader, sinceMillis, all))));
  }

  private static OptionalLong optionalLong(Optional<Long> boxed) {
    return boxed.isPresent() ? OptionalLong.of(boxed.get()) : OptionalLong.empty();
  }

  /** Half a surrogate pair is not text. */
  private static boolean survivesUtf8(String text) {
    return new String(Stage.bytes(text), java.nio.charset.StandardCharsets.UTF_8).equals(text);
  }
}
