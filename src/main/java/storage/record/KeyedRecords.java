package storage.record;

import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/**
 * Goes over the records of a batch that is known to be sound, and says of each what compaction has
 * to know. Keeps nothing per record. Reusable; for one thread.
 */
public final class KeyedRecords implements AutoCloseable {
  private static final String ALGORITHM = "SHA-256";
  private static final int HASH_SIZE = 32;

  private final RecordCursor cursor = new RecordCursor(Limits.DECOMPRESSED_BATCH_BYTES_MAX);
  private final MessageDigest digest;
  private final byte[] hash = new byte[HASH_SIZE];
  private final ByteBuffer hashed = ByteBuffer.wrap(hash);

  public KeyedRecords() {
    try {
      digest = MessageDigest.getInstance(ALGORITHM);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, impossible);
    }
  }

  /** Is told of each record, in order of offsets. */
  public interface Visitor {
    /**
     * @param key empty if the record has none
     * @param hasValue false for the marker of a deleted key
     * @return whether to go on
     */
    boolean found(long offset, Optional<KeyHash> key, boolean hasValue);
  }

  /**
   * @return false if the records are malformed; those before were told
   */
  public boolean visit(ByteBuffer batch, int at, Visitor visitor) {
    long baseOffset = RecordBatch.baseOffset(batch, at);
    int count = RecordBatch.count(batch, at);
    cursor.begin(batch, at);
    try {
      for (int i = 0; i < count; i++) {
        int length = cursor.varint();
        long end = cursor.consumed() + length;
        cursor.next(); // attributes
        cursor.varlong(); // timestamp delta
        long offset = baseOffset + cursor.varint();
        Optional<KeyHash> key = key();
        boolean hasValue = cursor.varint() >= 0;
        if (cursor.failed() || cursor.consumed() > end) {
          return false;
        }
        if (!visitor.found(offset, key, hasValue)) {
          return true;
        }
        cursor.skip((int) (end - cursor.consumed()));
      }
      return !cursor.failed();
    } finally {
      cursor.close();
    }
  }

  private Optional<KeyHash> key() {
    int size = cursor.varint();
    if (size < 0) {
      return Optional.empty();
    }
    cursor.pass(size, digest::update);
    try {
      digest.digest(hash, 0, HASH_SIZE);
    } catch (DigestException impossible) {
      throw new IllegalStateException("the hash has another size", impossible);
    }
    return Optional.of(new KeyHash(hashed.getLong(0), hashed.getLong(Long.BYTES)));
  }

  @Override
  public void close() {
    cursor.close();
  }
}
