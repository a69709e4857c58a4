package streams.net;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Cuts a byte stream into frames: a four-byte length, then that many bytes. Memory follows what has
 * arrived, not what a length promises: a peer that announces 100 MB and sends ten bytes costs a few
 * KiB.
 */
public final class FrameDecoder {
  /** A frame that has just begun gets this much, or its size if that is less. */
  private static final int FIRST_CAPACITY = 64 * 1024;

  private final int frameBytesMax;
  private int header;
  private int headerBytes;
  private int frameSize = -1;
  private byte[] frame = new byte[0];
  private int filled;

  /**
   * @param frameBytesMax largest frame allowed, its length prefix not counted
   */
  public FrameDecoder(int frameBytesMax) {
    this.frameBytesMax = frameBytesMax;
  }

  /**
   * The next whole frame of the input, or empty when the input is used up.
   *
   * @param input consumed as far as the frame goes; whole, if empty is returned
   * @throws FrameRefused if the length is negative, zero or too large; the stream is of no use from
   *     then on
   */
  public Optional<ByteBuffer> next(ByteBuffer input) throws FrameRefused {
    while (frameSize < 0) {
      if (!input.hasRemaining()) {
        return Optional.empty();
      }
      readHeader(input);
    }
    int wanted = Math.min(frameSize - filled, input.remaining());
    ensureCapacity(filled + wanted);
    input.get(frame, filled, wanted);
    filled += wanted;
    return filled == frameSize ? Optional.of(takeFrame()) : Optional.empty();
  }

  /** Bytes held for a frame that is not whole yet. */
  public int heldBytes() {
    return frame.length;
  }

  /** Whether the peer is in the middle of a frame. */
  public boolean midFrame() {
    return frameSize >= 0 || headerBytes > 0;
  }

  private void readHeader(ByteBuffer input) throws FrameRefused {
    if (headerBytes == 0 && input.remaining() >= Integer.BYTES) {
      header = input.getInt();
      headerBytes = Integer.BYTES;
    } else {
      header = header << Byte.SIZE | (input.get() & 0xFF);
      headerBytes++;
    }
    if (headerBytes == Integer.BYTES) {
      if (header <= 0 || header > frameBytesMax) {
        throw new FrameRefused(header, frameBytesMax);
      }
      frameSize = header;
      frame = new byte[Math.min(frameSize, FIRST_CAPACITY)];
      header = 0;
      headerBytes = 0;
    }
  }

  private void ensureCapacity(int needed) {
    if (needed > frame.length) {
      long doubled = Math.max(needed, 2L * frame.length);
      byte[] larger = new byte[(int) Math.min(frameSize, doubled)];
      System.arraycopy(frame, 0, larger, 0, filled);
      frame = larger;
    }
  }

  private ByteBuffer takeFrame() {
    ByteBuffer whole = ByteBuffer.wrap(frame, 0, frameSize);
    frame = new byte[0];
    frameSize = -1;
    filled = 0;
    return whole;
  }

  /** The peer announced a frame that is not to be had. */
  public static final class FrameRefused extends Exception {
    private static final long serialVersionUID = 1L;

    FrameRefused(int size, int frameBytesMax) {
      super("a frame of " + size + " bytes is outside 1.." + frameBytesMax);
    }

    FrameRefused(String why) {
      super(why);
    }
  }
}
