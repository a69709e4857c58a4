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
 * <p>Bytes that lie in an array are read where they lie; all others pass through a small array, so
 * that the reads themselves need not know the difference.
 *
 * <p>Reusable, one batch after the other; for one thread.
 */
final class RecordCursor implements AutoCloseable {
  private static final byte[] NOTHING = {};

  private final BufferSupplier buffers = BufferSupplier.create();
  private final int unfoldedBytesMax;

  /** Allocated with the first batch that does not lie in an array uncompressed. */
  private byte[] chunk = NOTHING;

  private byte[] window = NOTHING;
  private int position;
  private int limit;
  private long windowStart;
  private Source source = Source.NONE;
  private Failure failure = Failure.NONE;

  /** Where more bytes come from when the window is used up. */
  private interface Source {
    Source NONE =
        new Source() {
          @Override
          public int read(byte[] target) {
            return -1;
          }

          @Override
          public void close() {}
        };

    /** Returns how many bytes were put at the target's start; -1 at the end. */
    int read(byte[] target) throws IOException;

    void close() throws IOException;
  }

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
    int size = RecordBatch.size(buffer, at) - RecordBatch.HEADER_SIZE;
    if (RecordBatch.isCompressed(buffer, at)) {
      beginChunks();
      unfold(RecordBatch.codec(buffer, at), buffer.slice(start, size));
    } else if (buffer.hasArray()) {
      window = buffer.array();
      position = buffer.arrayOffset() + start;
      limit = position + size;
      windowStart = -position;
    } else {
      beginChunks();
      source = copying(buffer.slice(start, size));
    }
  }

  private void beginChunks() {
    if (chunk.length == 0) {
      chunk = new byte[Limits.DECOMPRESSION_CHUNK_BYTES];
    }
    window = chunk;
    position = 0;
    limit = 0;
    windowStart = 0;
  }

  private void unfold(Codec codec, ByteBuffer compressed) {
    if (codec == Codec.SNAPPY && !SnappyFrames.fit(compressed, unfoldedBytesMax)) {
      failure = Failure.TOO_LARGE;
      return;
    }
    try {
      source = unfolding(codec.decompress(compressed, buffers), unfoldedBytesMax);
    } catch (RuntimeException badStream) {
      failure = Failure.UNDECODABLE;
    }
  }

  private static Source copying(ByteBuffer bytes) {
    return new Source() {
      @Override
      public int read(byte[] target) {
        int count = Math.min(target.length, bytes.remaining());
        bytes.get(target, 0, count);
        return count == 0 ? -1 : count;
      }

      @Override
      public void close() {}
    };
  }

  private static Source unfolding(InputStream stream, int bytesMax) {
    return new Source() {
      private long unfolded;

      @Override
      public int read(byte[] target) throws IOException {
        if (unfolded > bytesMax) {
          throw new UnfoldedTooFar();
        }
        int count = stream.read(target, 0, target.length);
        unfolded += count;
        return count;
      }

      @Override
      public void close() throws IOException {
        stream.close();
      }
    };
  }

  /** A stream gave more than it may. */
  private static final class UnfoldedTooFar extends IOException {}

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
    return window[position++];
  }

  int varint() {
    if (position < limit && window[position] >= 0) {
      byte only = window[position++];
      return (only >>> 1) ^ -(only & 1);
    }
    return longVarint();
  }

  private int longVarint() {
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

  /** Where bytes go that are passed on. */
  interface Sink {
    void take(byte[] bytes, int from, int count);
  }

  /** Passes bytes on; the count must not be negative. Fewer come if the cursor fails. */
  void pass(int count, Sink sink) {
    int left = count;
    while (left > 0) {
      if (position == limit && !refill()) {
        fail(Failure.MALFORMED);
        return;
      }
      int part = Math.min(left, limit - position);
      sink.take(window, position, part);
      position += part;
      left -= part;
    }
  }

  private boolean refill() {
    if (failed() || source.equals(Source.NONE)) {
      return false;
    }
    windowStart += limit;
    position = 0;
    limit = 0;
    try {
      limit = Math.max(0, source.read(chunk));
    } catch (UnfoldedTooFar tooFar) {
      fail(Failure.TOO_LARGE);
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
    Source closing = source;
    source = Source.NONE;
    try {
      closing.close();
    } catch (IOException | RuntimeException badStream) {
      // A codec may look at its input once more when it closes; what matters was read before.
      failure = Failure.UNDECODABLE;
    }
  }
}
