package cli.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * Keyed records from lines; a quoted field that holds line ends makes one record of several lines.
 */
public final class RecordReader implements Iterator<RecordReader.KeyedLine> {
  /** A record: the text as it stands in the file, and its key or null. */
  public static final class KeyedLine {
    private final byte[] key;
    private final byte[] value;

    KeyedLine(byte[] key, byte[] value) {
      this.key = key;
      this.value = value;
    }

    public byte[] key() {
      return key;
    }

    public byte[] value() {
      return value;
    }
  }

  private final LineReader lines;
  private final KeyRule rule;
  private final int recordBytesMax;
  private KeyedLine ahead;

  public RecordReader(LineReader lines, KeyRule rule, int recordBytesMax) {
    this.lines = lines;
    this.rule = rule;
    this.recordBytesMax = recordBytesMax;
  }

  @Override
  public boolean hasNext() {
    if (ahead == null) {
      ahead = read();
    }
    return ahead != null;
  }

  @Override
  public KeyedLine next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    KeyedLine next = ahead;
    ahead = null;
    return next;
  }

  private KeyedLine read() {
    try {
      byte[] value = lines.next();
      long first = lines.lineNumber();
      if (value == null) {
        return null;
      }
      if (rule.isOpen(value)) {
        value = untilClosed(value, first);
      }
      return new KeyedLine(rule.keyOf(value), value);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private byte[] untilClosed(byte[] start, long first) throws IOException {
    ByteArrayOutputStream record = new ByteArrayOutputStream();
    record.writeBytes(start);
    byte[] soFar = start;
    while (rule.isOpen(soFar)) {
      byte[] line = lines.next();
      if (line == null || record.size() + line.length >= recordBytesMax) {
        throw new BadLine(first, "opens a quote that is not closed");
      }
      record.write('\n');
      record.writeBytes(line);
      soFar = record.toByteArray();
    }
    return soFar;
  }
}
