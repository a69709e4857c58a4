package storage.record;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.apache.kafka.common.utils.internals.BufferSupplier;

/**
 * Reads the primitive values that records consist of, from a batch's bytes or from what they unfold
 * to, through a window of fixed size. Running past the end, a malformed varint and a bad compressed
 * stream do not throw: they leave the cursor {@link #failed} and every further read returns zero.
 *
 * <p>Reusable, one batch after the other; for one thread.
 */
final class RecordCursor implements AutoCloseable {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final BufferSupplier buffers = BufferSupplier.create();
  private final int unfoldedBytesMax;

  /** Allocated with the first compressed batch. */
  private ByteBuffer chunk = NOTHING;

  private ByteBuffer window = NOTHING;
  private boolean unfolds;
  private int position;
  private int limit;
  private long windowStart;
  private InputStream unfolding = InputStream.nullInputStream();
  private Failure failure = Failure.NONE;

  /** Why a cursor stopped. */
  enum Failure {
    NONE,
    /** The bytes end too early, or a varint does not end. */
    MALFORMED,
    /** The codec rejects its input. */
    UNDECODABLE,
    /** More bytes came out than are allowed. */
    TOO_LARGE
  }

  RecordCursor(int unfoldedBytesMax) {
    this.unfoldedBytesMax = unfoldedBytesMax;
  }

  /** Begins at the first record of a batch whose size and codec are known to be valid. */
  void begin(ByteBuffer buffer, int at) {
    close();
    failure = Failure.NONE;
    int start = at + RecordBatch.HEADER_SIZE;
    int end = at + RecordBatch.size(buffer, at);
    if (RecordBatch.isCompressed(buffer, at)) {
      beginUnfolding(RecordBatch.codec(buffer, at), buffer.slice(start, end - start));
    } else {
      unfolds = false;
      window = buffer;
      position = start;
      limit = end;
      windowStart = -start;
    }
  }

  private void beginUnfolding(Codec codec, ByteBuffer compressed) {
    if (!chunk.hasRemaining()) {
      chunk = ByteBuffer.allocate(Limits.DECOMPRESSION_CHUNK_BYTES);
    }
    unfolds = true;
    window = chunk;
    position = 0;
    limit = 0;
    windowStart = 0;
    if (codec == Codec.SNAPPY && !SnappyFrames.fit(compressed, unfoldedBytesMax)) {
      failure = Failure.TOO_LARGE;
      return;
    }
    try {
      unfolding = codec.decompress(compressed, buffers);
    } catch (RuntimeException badStream) {
      failure = Failure.UNDECODABLE;
    }
  }

  Failure failure() {
    return failure;
  }

  boolean failed() {
    return failure != Failure.NONE;
  }

  /** How many bytes were read since {@link #begin}. */
  long consumed() {
    return windowStart + position;
  }

  /** True if nothing is left; may unfold more to find out. */
  boolean isExhausted() {
    return position == limit && !refill();
  }

  byte next() {
    if (position == limit && !refill()) {
      fail(Failure.MALFORMED);
      return 0;
    }
    return window.get(position++);
  }

  int varint() {
    int value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      byte group = next();
      value |= (group & 0x7f) << shift;
      if (group >= 0) {
        return (value >>> 1) ^ -(value & 1);
      }
    }
    fail(Failure.MALFORMED);
    return 0;
  }

  long varlong() {
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      byte group = next();
      value |= (long) (group & 0x7f) << shift;
      if (group >= 0) {
        return (value >>> 1) ^ -(value & 1);
      }
    }
    fail(Failure.MALFORMED);
    return 0;
  }

  /** Passes over bytes; the count must not be negative. */
  void skip(int count) {
    int left = count;
    while (left > limit - position) {
      left -= limit - position;
      position = limit;
      if (!refill()) {
        fail(Failure.MALFORMED);
        return;
      }
    }
    position += left;
  }

  private boolean refill() {
    if (!unfolds || failed()) {
      return false;
    }
    windowStart += limit;
    position = 0;
    limit = 0;
    if (windowStart > unfoldedBytesMax) {
      fail(Failure.TOO_LARGE);
      return false;
    }
    try {
      limit = Math.max(0, unfolding.read(chunk.array(), 0, chunk.capacity()));
    } catch (IOException | RuntimeException badStream) {
      fail(Failure.UNDECODABLE);
    }
    return limit > 0;
  }

  private void fail(Failure reason) {
    if (!failed()) {
      failure = reason;
    }
    position = limit;
  }

  /** Gives back what the codec holds; the cursor can begin again. */
  @Override
  public void close() {
    try {
      unfolding.close();
    } catch (IOException | RuntimeException badStream) {
      // A codec may look at its input once more when it closes; what matters was read before.
      failure = Failure.UNDECODABLE;
    }
    unfolding = InputStream.nullInputStream();
  }
}
