package storage.record;

import java.nio.ByteBuffer;
import java.util.OptionalInt;

/** Looks for records without a key, which a compacted log cannot keep. Reusable; for one thread. */
public final class KeyCheck {
  private final RecordWalk walk = new RecordWalk(Limits.DECOMPRESSED_BATCH_BYTES_MAX);

  /** Index of the first record without a key in a batch that was found valid; empty: all have. */
  public OptionalInt firstWithout(ByteBuffer batch, int at) {
    walk.begin(batch, at);
    try {
      while (walk.next()) {
        if (!walk.hasKey()) {
          return OptionalInt.of(walk.index());
        }
      }
      return OptionalInt.empty();
    } finally {
      walk.close();
    }
  }
}
