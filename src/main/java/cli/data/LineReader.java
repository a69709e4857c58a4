package cli.data;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * The lines of a stream as bytes, whatever their character set. A line ends with {@code \n} or
 * {@code \r\n}, which is not part of it; the last may end with the stream.
 */
public final class LineReader {
  private static final int BUFFER_BYTES = 64 * 1024;

  private final InputStream in;
  private final int lineBytesMax;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int position;
  private int limit;
  private long lineNumber;

  /**
   * @param lineBytesMax a longer line is refused, so that a file without line ends does not fill
   *     the memory
   */
  public LineReader(InputStream in, int lineBytesMax) {
    this.in = in;
    this.lineBytesMax = lineBytesMax;
  }

  /** Number of the line that {@link #next} gave last, from 1. */
  public long lineNumber() {
    return lineNumber;
  }

  /**
   * The next line, or null at the end.
   *
   * @throws BadLine if the line is too long
   */
  public byte[] next() throws IOException {
    byte[] line = new byte[0];
    boolean any = false;
    while (fill()) {
      any = true;
      int end = indexOfNewline();
      int upTo = end < 0 ? limit : end;
      line = append(line, upTo);
      position = end < 0 ? limit : end + 1;
      if (end >= 0) {
        break;
      }
    }
    if (!any) {
      return null;
    }
    lineNumber++;
    return withoutCarriageReturn(line);
  }

  /** Whether a byte is there; reads on only when everything before has been given out. */
  private boolean fill() throws IOException {
    if (position == limit) {
      position = 0;
      limit = Math.max(0, in.read(buffer, 0, buffer.length));
    }
    return position < limit;
  }

  private int indexOfNewline() {
    for (int i = position; i < limit; i++) {
      if (buffer[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private byte[] append(byte[] line, int upTo) {
    int more = upTo - position;
    if (more > lineBytesMax - line.length) {
      throw new BadLine(lineNumber + 1, "is longer than " + lineBytesMax + " bytes");
    }
    byte[] longer = Arrays.copyOf(line, line.length + more);
    System.arraycopy(buffer, position, longer, line.length, more);
    return longer;
  }

  private static byte[] withoutCarriageReturn(byte[] line) {
    return line.length > 0 && line[line.length - 1] == '\r'
        ? Arrays.copyOf(line, line.length - 1)
        : line;
  }
}
