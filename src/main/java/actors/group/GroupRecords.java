package actors.group;

import actors.group.classic.ClassicRecord;
import actors.group.consumer.RecordDecoder;
import actors.group.offsets.OffsetRecord;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.common.utils.Utils;

/** Reads what {@code __consumer_offsets} holds; the first two bytes of a key tell the kind. */
final class GroupRecords {
  private GroupRecords() {}

  /**
   * @param value empty for a tombstone
   * @return empty for kinds that are not known here, such as those of share groups
   * @throws UnreadableRecord if the bytes are not what their version says
   */
  static Optional<GroupRecord> read(ByteBuffer key, Optional<ByteBuffer> value) {
    if (key.remaining() < Short.BYTES) {
      throw new UnreadableRecord("the key of a record is too short to have a version");
    }
    short version = key.getShort(key.position());
    if (OffsetRecord.isKey(version)) {
      return Optional.of(OffsetRecord.read(behindVersion(key), value));
    }
    if (version == ClassicRecord.KEY_VERSION) {
      return Optional.of(ClassicRecord.decode(behindVersion(key), value));
    }
    return RecordDecoder.knows(version)
        ? Optional.of(RecordDecoder.decode(bytes(key), value.map(GroupRecords::bytes)))
        : Optional.empty();
  }

  private static ByteBuffer behindVersion(ByteBuffer key) {
    return key.position(key.position() + Short.BYTES);
  }

  private static byte[] bytes(ByteBuffer buffer) {
    return Utils.toArray(buffer);
  }
}
