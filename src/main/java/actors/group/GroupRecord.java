package actors.group;

import java.util.Optional;

/** What a record of {@code __consumer_offsets} says, in Kafka's format of that topic. */
public interface GroupRecord {
  String groupId();

  /** Kafka's key: two bytes of version, which tell the kind of record, and the key's fields. */
  byte[] key();

  /** Kafka's value: two bytes of version and its fields; empty: a tombstone. */
  Optional<byte[]> value();
}
