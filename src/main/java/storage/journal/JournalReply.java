package storage.journal;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;

/**
 * What the state machine answers to a command.
 *
 * @param highestSequenceNr of the persistence id after the command; 0 where none is concerned
 */
record JournalReply(Status status, long highestSequenceNr) {
  enum Status {
    /** Applied now, or found applied already by the same writer. */
    DONE(0),
    /** Not applied: the writer has been superseded, or never was the next one. */
    STALE_WRITER(1),
    /** Not applied: an earlier part of the command is not there (any more); send them all again. */
    PARTS_MISSING(2);

    private final byte code;

    Status(int code) {
      this.code = (byte) code;
    }

    private static Status of(byte code) {
      return Arrays.stream(values())
          .filter(status -> status.code == code)
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException("unknown journal reply " + code));
    }
  }

  private static final int ENCODED_BYTES = 1 + Long.BYTES;

  static JournalReply done(long highestSequenceNr) {
    return new JournalReply(Status.DONE, highestSequenceNr);
  }

  ByteString encode() {
    ByteBuffer bytes = ByteBuffer.allocate(ENCODED_BYTES);
    bytes.put(status.code).putLong(highestSequenceNr).flip();
    return ByteString.copyFrom(bytes);
  }

  static JournalReply decode(ByteString encoded) {
    ByteBuffer bytes = encoded.asReadOnlyByteBuffer();
    return new JournalReply(Status.of(bytes.get()), bytes.getLong());
  }
}
