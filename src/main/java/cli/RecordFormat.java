package cli;

import actors.cluster.NearestName;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * How a record is printed: by a template, or as JSON. Keys and values go out as the bytes they are.
 */
interface RecordFormat {
  void print(ConsumerRecord<byte[], byte[]> record, PrintStream out);

  Map<String, BiConsumer<ConsumerRecord<byte[], byte[]>, PrintStream>> FIELDS = fields();

  /**
   * Text with {@code {field}} in it; {@code \t}, {@code \n} and {@code \\} stand for what they do
   * in most languages. Each record ends with a line end.
   */
  static RecordFormat template(String template) {
    List<RecordFormat> parts = new ArrayList<>();
    StringBuilder literal = new StringBuilder();
    for (int i = 0; i < template.length(); i++) {
      char c = template.charAt(i);
      if (c == '\\' && i + 1 < template.length()) {
        literal.append(unescaped(template.charAt(++i)));
      } else if (c == '{') {
        int close = template.indexOf('}', i);
        if (close < 0) {
          throw CommandFailure.usage("--format opens a { that is not closed");
        }
        parts.add(literal(literal.toString()));
        literal.setLength(0);
        parts.add(field(template.substring(i + 1, close)));
        i = close;
      } else {
        literal.append(c);
      }
    }
    parts.add(literal(literal.append('\n').toString()));
    return (record, out) -> parts.forEach(part -> part.print(record, out));
  }

  /** One object a line; bytes that are no UTF-8 as Base64 under another name. */
  static RecordFormat json() {
    return (record, out) -> {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("topic", record.topic());
      document.put("partition", record.partition());
      document.put("offset", record.offset());
      document.put("timestamp", record.timestamp());
      putBytes(document, "key", record.key());
      putBytes(document, "value", record.value());
      List<Map<String, Object>> headers = new ArrayList<>();
      for (Header header : record.headers()) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("key", header.key());
        putBytes(entry, "value", header.value());
        headers.add(entry);
      }
      document.put("headers", headers);
      Json.line(out, document);
    };
  }

  private static Map<String, BiConsumer<ConsumerRecord<byte[], byte[]>, PrintStream>> fields() {
    Map<String, BiConsumer<ConsumerRecord<byte[], byte[]>, PrintStream>> fields = new TreeMap<>();
    fields.put("topic", (record, out) -> out.print(record.topic()));
    fields.put("partition", (record, out) -> out.print(record.partition()));
    fields.put("offset", (record, out) -> out.print(record.offset()));
    fields.put("timestamp", (record, out) -> out.print(record.timestamp()));
    fields.put("time", (record, out) -> out.print(Instant.ofEpochMilli(record.timestamp())));
    fields.put("key", (record, out) -> printBytes(record.key(), out));
    fields.put("value", (record, out) -> printBytes(record.value(), out));
    fields.put("headers", RecordFormat::printHeaders);
    return fields;
  }

  private static RecordFormat field(String name) {
    BiConsumer<ConsumerRecord<byte[], byte[]>, PrintStream> field = FIELDS.get(name);
    if (field == null) {
      throw CommandFailure.usage(
          "--format: unknown field {"
              + name
              + "}"
              + NearestName.hint(name, FIELDS.keySet())
              + " (known: "
              + String.join(", ", FIELDS.keySet())
              + ")");
    }
    return field::accept;
  }

  private static RecordFormat literal(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return (record, out) -> out.write(bytes, 0, bytes.length);
  }

  private static char unescaped(char c) {
    return c == 't' ? '\t' : c == 'n' ? '\n' : c;
  }

  private static void printBytes(byte[] bytes, PrintStream out) {
    if (bytes != null) {
      out.write(bytes, 0, bytes.length);
    }
  }

  private static void printHeaders(ConsumerRecord<byte[], byte[]> record, PrintStream out) {
    String between = "";
    for (Header header : record.headers()) {
      out.print(between + header.key() + "=");
      printBytes(header.value(), out);
      between = ",";
    }
  }

  private static void putBytes(Map<String, Object> document, String name, byte[] bytes) {
    if (bytes == null) {
      document.put(name, null);
      return;
    }
    try {
      document.put(
          name, StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      document.put(name + "Base64", Base64.getEncoder().encodeToString(bytes));
    }
  }
}
