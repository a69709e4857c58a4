package cli.data;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * One record of comma- or tab-separated text (RFC 4180): a field that starts with a quote ends with
 * a quote, holds separators and line ends as they are, and a quote inside it is doubled. A quote
 * further into a field is a character like any other.
 */
final class Delimited {
  private final byte separator;

  Delimited(char separator) {
    this.separator = (byte) separator;
  }

  /** Whether a quoted field is still open at the end, so that the next line belongs to it. */
  boolean isOpen(byte[] record) {
    return scan(record, Integer.MAX_VALUE, new ByteArrayOutputStream()) == OPEN;
  }

  /** The field of that number, from 0, without its quotes; null if the record is shorter. */
  byte[] field(byte[] record, int index) {
    ByteArrayOutputStream field = new ByteArrayOutputStream();
    return scan(record, index, field) == FOUND ? field.toByteArray() : null;
  }

  List<byte[]> fields(byte[] record) {
    List<byte[]> fields = new ArrayList<>();
    for (byte[] field = field(record, 0); field != null; field = field(record, fields.size())) {
      fields.add(field);
    }
    return fields;
  }

  private static final int FOUND = 0;
  private static final int SHORTER = 1;
  private static final int OPEN = 2;

  private int scan(byte[] record, int wanted, ByteArrayOutputStream into) {
    int position = 0;
    for (int index = 0; ; index++) {
      boolean take = index == wanted;
      if (position < record.length && record[position] == '"') {
        position = quoted(record, position + 1, take ? into : null);
        if (position < 0) {
          return take ? FOUND : OPEN;
        }
      }
      while (position < record.length && record[position] != separator) {
        if (take) {
          into.write(record[position]);
        }
        position++;
      }
      if (take) {
        return FOUND;
      }
      if (position >= record.length) {
        return SHORTER;
      }
      position++;
    }
  }

  /** Reads to the closing quote; gives the position after it, or -1 if there is none. */
  private static int quoted(byte[] record, int from, ByteArrayOutputStream into) {
    for (int position = from; position < record.length; position++) {
      boolean quote = record[position] == '"';
      if (quote && !(position + 1 < record.length && record[position + 1] == '"')) {
        return position + 1;
      }
      if (into != null) {
        into.write(record[position]);
      }
      position += quote ? 1 : 0;
    }
    return -1;
  }
}
