package actors.group.classic;

import actors.group.GroupRecord;
import actors.group.UnreadableRecord;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * What the log holds of a group of the classic protocol: Kafka's {@code GroupMetadataKey} (version
 * 2) and {@code GroupMetadataValue} (written in version 3, read in 0 to 4).
 *
 * @param content empty: a tombstone, there is no such group any more
 */
public record ClassicRecord(String groupId, Optional<Content> content) implements GroupRecord {
  /** The first two bytes of the key, big endian, tell this kind of record from others. */
  public static final short KEY_VERSION = 2;

  /**
   * The group as of the record.
   *
   * @param protocolType empty: nobody has joined yet
   * @param protocol the one in use; each member has its metadata for this one only
   * @param leader empty although there are members: they come from a group of KIP-848, and a
   *     rebalance is due
   * @param sinceMillis wall clock since when it is in the state that the record tells; versions 0
   *     and 1 do not say
   * @param members none: the group is empty
   */
  public record Content(
      String protocolType,
      int generation,
      Optional<String> protocol,
      Optional<String> leader,
      OptionalLong sinceMillis,
      List<ClassicMember> members) {
    static final Content NOBODY =
        new Content("", 0, Optional.empty(), Optional.empty(), OptionalLong.empty(), List.of());

    public Content {
      members = List.copyOf(members);
    }
  }

  public static ClassicRecord tombstone(String groupId) {
    return new ClassicRecord(groupId, Optional.empty());
  }

  /**
   * Reads what {@link #key} and {@link #value} write.
   *
   * @param key behind the two bytes of version, which are {@link #KEY_VERSION}
   * @param value from its version on; empty: a tombstone
   * @throws UnreadableRecord if the bytes are not such a record, or of a version to come
   */
  public static ClassicRecord decode(ByteBuffer key, Optional<ByteBuffer> value) {
    String groupId = ClassicRecordCodec.readKey(key);
    return new ClassicRecord(
        groupId, value.map(bytes -> ClassicRecordCodec.readValue(groupId, bytes)));
  }

  @Override
  public byte[] key() {
    return ClassicRecordCodec.writeKey(groupId);
  }

  @Override
  public Optional<byte[]> value() {
    return content.map(ClassicRecordCodec::writeValue);
  }

  /** Members only of a stable group: of no other is the assignment known. */
  static ClassicRecord of(Draft group) {
    boolean stable = group.phase == Phase.STABLE;
    boolean settled = stable || group.phase == Phase.EMPTY;
    List<ClassicMember> members =
        stable
            ? group.members.all().stream()
                .map(member -> inUse(member, group.protocol.orElse("")))
                .collect(Collectors.toList())
            : List.of();
    return new ClassicRecord(
        group.groupId,
        Optional.of(
            new Content(
                settled ? group.protocolType : "",
                group.generation,
                settled ? group.protocol : Optional.empty(),
                settled ? group.leader : Optional.empty(),
                group.sinceMillis(),
                members)));
  }

  private static ClassicMember inUse(ClassicMember member, String protocol) {
    return member
        .withRequest(
            member.rebalanceMillis(),
            member.sessionMillis(),
            List.of(new ClassicProtocol(protocol, member.metadata(protocol))))
        .withJoin(Optional.empty())
        .withSync(Optional.empty())
        .known();
  }
}
