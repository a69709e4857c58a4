package storage.record;

import java.nio.ByteBuffer;

/**
 * Looks at the sizes that a Snappy stream announces before anything is allocated for them. The
 * Snappy library allocates each chunk's announced size at once, so a chunk of a few bytes that
 * announces two gigabytes must not reach it.
 *
 * <p>The framing is that of snappy-java: a header of 16 bytes that begins with {@code 0x82 SNAPPY
 * 0}, then chunks, each a size (int) and that many bytes of raw Snappy, which begin with their
 * unfolded size (unsigned varint). Without the header the whole input is one raw chunk.
 */
final class SnappyFrames {
  private static final long HEADER_MAGIC = 0x82534e4150505900L;
  private static final int HEADER_SIZE = 16;

  private SnappyFrames() {}

  /** True if no chunk announces more bytes than are there, nor unfolds to more than the bound. */
  static boolean fit(ByteBuffer compressed, int unfoldedBytesMax) {
    int at = compressed.position();
    int end = compressed.limit();
    if (end - at < HEADER_SIZE || compressed.getLong(at) != HEADER_MAGIC) {
      return unfoldedSize(compressed, at, end) <= unfoldedBytesMax;
    }
    at += HEADER_SIZE;
    while (end - at >= Integer.BYTES) {
      int size = compressed.getInt(at);
      at += Integer.BYTES;
      if (size < 0 || size > end - at) {
        return false;
      }
      if (unfoldedSize(compressed, at, at + size) > unfoldedBytesMax) {
        return false;
      }
      at += size;
    }
    return true;
  }

  private static long unfoldedSize(ByteBuffer compressed, int start, int end) {
    long value = 0;
    int at = start;
    for (int shift = 0; shift < 35 && at < end; shift += 7) {
      byte group = compressed.get(at++);
      value |= (long) (group & 0x7f) << shift;
      if (group >= 0) {
        return value;
      }
    }
    return at == end ? 0 : Long.MAX_VALUE;
  }
}
