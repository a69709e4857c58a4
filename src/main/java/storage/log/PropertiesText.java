package storage.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Small files of {@code key<separator>value} lines; lines that begin with # are comments. */
final class PropertiesText {
  private PropertiesText() {}

  static Map<String, String> parse(ByteBuffer bytes, char separator) {
    Map<String, String> values = new LinkedHashMap<>();
    StandardCharsets.UTF_8
        .decode(bytes)
        .toString()
        .lines()
        .filter(line -> !line.startsWith("#") && line.indexOf(separator) > 0)
        .forEach(
            line -> {
              int at = line.indexOf(separator);
              values.put(line.substring(0, at).strip(), line.substring(at + 1).strip());
            });
    return values;
  }

  static ByteBuffer format(Map<String, String> values, String separator) {
    String text =
        values.entrySet().stream()
            .map(entry -> entry.getKey() + separator + entry.getValue() + "\n")
            .collect(Collectors.joining());
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
