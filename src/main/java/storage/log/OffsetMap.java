package storage.log;

import java.util.Arrays;
import storage.record.KeyHash;

/**
 * The last offset of each key, in memory of a fixed size: open addressing over 24 bytes a key, as
 * in Kafka. For one thread.
 */
final class OffsetMap {
  /** Bytes that one key takes. */
  static final int ENTRY_SIZE = 3 * Long.BYTES;

  private static final long NONE = -1;

  private final long[] high;
  private final long[] low;
  private final long[] offsets;
  private final int keysMax;
  private int size;

  /**
   * @param keysMax of which {@link #put} can be told
   */
  OffsetMap(int keysMax) {
    this.keysMax = keysMax;
    int slots = (int) Math.min(Integer.MAX_VALUE - 8, keysMax + (long) keysMax / 8 + 1);
    high = new long[slots];
    low = new long[slots];
    offsets = new long[slots];
    Arrays.fill(offsets, NONE);
  }

  /** How many keys fit into so much memory. */
  static int keysIn(long bytes) {
    long slots = Math.min(Integer.MAX_VALUE - 8, bytes / ENTRY_SIZE);
    return (int) Math.max(1, slots * 8 / 9 - 1);
  }

  /**
   * Notes where a key was last seen; offsets must rise from call to call.
   *
   * @return false, and nothing is noted, if the key is new and there is no room
   */
  boolean put(KeyHash key, long offset) {
    int slot = slotOf(key);
    if (offsets[slot] == NONE) {
      if (size == keysMax) {
        return false;
      }
      size++;
      high[slot] = key.high();
      low[slot] = key.low();
    }
    offsets[slot] = offset;
    return true;
  }

  /** The last offset noted of a key; -1 if none was. */
  long lastOffsetOf(KeyHash key) {
    return offsets[slotOf(key)];
  }

  /** Where the key is, or would be. */
  private int slotOf(KeyHash key) {
    int slot = (int) Long.remainderUnsigned(key.high(), offsets.length);
    while (offsets[slot] != NONE && (high[slot] != key.high() || low[slot] != key.low())) {
      slot = slot + 1 == offsets.length ? 0 : slot + 1;
    }
    return slot;
  }

  int size() {
    return size;
  }
}
