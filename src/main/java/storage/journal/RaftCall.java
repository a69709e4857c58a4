package storage.journal;

/**
 * One request between voters, or the reply to it (of the same kind).
 *
 * @param kind which request
 * @param body a Ratis protobuf message; not to be changed by anyone
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared; a copy per hop would be waste
public record RaftCall(Kind kind, byte[] body) {
  /** The largest body: one chunk of an image, or one batch of entries, and Raft's fields around. */
  public static final int BYTES_MAX = 1 << 20;

  /** The requests there are. The names are the wire code. */
  public enum Kind {
    REQUEST_VOTE,
    APPEND_ENTRIES,
    INSTALL_SNAPSHOT,
    START_LEADER_ELECTION,
    READ_INDEX,
    /** A command from a voter that does not lead to the one that does. */
    COMMAND
  }
}
