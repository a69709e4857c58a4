package cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class RecordFormatTest {
  private static String print(RecordFormat format, byte[] key, byte[] value) {
    ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>("t", 3, 12, key, value);
    record.headers().add("h", "x".getBytes(UTF_8));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, false, UTF_8);
    format.print(record, out);
    out.flush();
    return bytes.toString(UTF_8);
  }

  private static String print(RecordFormat format) {
    return print(format, "k".getBytes(UTF_8), "v".getBytes(UTF_8));
  }

  @Test
  void putsFieldsIntoTheTemplate() {
    assertThat(
            print(RecordFormat.template("{topic}-{partition}@{offset}\\t{key}={value} {headers}")))
        .isEqualTo("t-3@12\tk=v h=x\n");
  }

  @Test
  void printsNothingForANullKey() {
    assertThat(print(RecordFormat.template("[{key}]"), null, new byte[0])).isEqualTo("[]\n");
  }

  @Test
  void tellsANullFromAnEmptyTextInJson() {
    assertThat(print(RecordFormat.json(), null, new byte[0]))
        .contains("\"key\":null")
        .contains("\"value\":\"\"");
  }

  @Test
  void writesBytesThatAreNoTextAsBase64InJson() {
    assertThat(print(RecordFormat.json(), new byte[] {(byte) 0xff}, null))
        .contains("\"keyBase64\":\"/w==\"")
        .contains("\"value\":null");
  }
}
