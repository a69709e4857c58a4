package cli.data;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a line's key is found. */
public interface KeyRule {
  /** The key, or null for a record without one. */
  byte[] keyOf(byte[] line);

  /** Whether the record goes on in the next line. */
  default boolean isOpen(byte[] line) {
    return false;
  }

  /** By the ending of the file's name: the first column, however columns are told apart there. */
  static KeyRule firstColumn(String fileName) {
    return separator(fileName) == 0 ? KeyRule::firstWord : column(fileName, 0);
  }

  /**
   * The column of that name.
   *
   * @param header the file's first line
   * @throws IllegalArgumentException if the header has no such column; the message lists them
   */
  static KeyRule column(String fileName, byte[] header, String name) {
    char separator = separator(fileName) == 0 ? ',' : separator(fileName);
    List<String> names =
        new Delimited(separator).fields(header).stream().map(field -> text(field).strip()).toList();
    int index = names.indexOf(name.strip());
    if (index < 0) {
      throw new IllegalArgumentException("there is no column \"" + name + "\" in " + names);
    }
    return delimited(separator, index);
  }

  /**
   * What the expression finds: its first group, or the whole match if it has none. A line without a
   * match has no key.
   */
  static KeyRule matching(Pattern pattern) {
    return line -> {
      Matcher matcher = pattern.matcher(text(line));
      if (!matcher.find()) {
        return null;
      }
      String key = matcher.groupCount() > 0 ? matcher.group(1) : matcher.group();
      return key == null ? null : key.getBytes(StandardCharsets.UTF_8);
    };
  }

  private static KeyRule column(String fileName, int index) {
    return delimited(separator(fileName), index);
  }

  private static KeyRule delimited(char separator, int index) {
    Delimited format = new Delimited(separator);
    return new KeyRule() {
      @Override
      public byte[] keyOf(byte[] line) {
        byte[] key = format.field(line, index);
        return key == null || key.length == 0 ? null : key;
      }

      @Override
      public boolean isOpen(byte[] line) {
        return format.isOpen(line);
      }
    };
  }

  private static byte[] firstWord(byte[] line) {
    int start = 0;
    while (start < line.length && isBlank(line[start])) {
      start++;
    }
    int end = start;
    while (end < line.length && !isBlank(line[end])) {
      end++;
    }
    return start == end ? null : Arrays.copyOfRange(line, start, end);
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  /** The separator that the file's name promises; 0 if it promises none. */
  private static char separator(String fileName) {
    if (fileName.endsWith(".csv")) {
      return ',';
    }
    return fileName.endsWith(".tsv") || fileName.endsWith(".tab") ? '\t' : 0;
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
