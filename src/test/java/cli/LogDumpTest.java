package cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogDumpTest {
  private final TestConsole console = new TestConsole();
  @TempDir Path directory;
  private Path segment;

  @BeforeEach
  void writeTwoBatches() throws IOException {
    segment = directory.resolve("00000000000000000000.log");
    try (FileRecords file = FileRecords.open(segment.toFile())) {
      file.append(batch(0, "one", "two"));
      file.append(batch(2, "three"));
    }
  }

  private static MemoryRecords batch(long baseOffset, String... values) {
    SimpleRecord[] records = new SimpleRecord[values.length];
    for (int i = 0; i < values.length; i++) {
      records[i] = new SimpleRecord(1_000 + i, "k".getBytes(UTF_8), values[i].getBytes(UTF_8));
    }
    return MemoryRecords.withRecords(baseOffset, Compression.NONE, records);
  }

  private int dump(String... more) {
    String[] arguments = new String[more.length + 3];
    arguments[0] = "log";
    arguments[1] = "dump";
    arguments[2] = directory.toString();
    System.arraycopy(more, 0, arguments, 3, more.length);
    return console.run(arguments);
  }

  @Test
  void showsABatchALineAndItsRecordsWhenAskedFor() {
    assertThat(dump("--records")).isEqualTo(ExitCode.OK);

    assertThat(console.out())
        .contains("batch baseOffset=0 lastOffset=1 count=2")
        .contains("batch baseOffset=2 lastOffset=2 count=1")
        .contains("offset=1 timestamp=1001")
        .contains("key=k value=three");
  }

  @Test
  void writesOneObjectALineAsJson() {
    assertThat(dump("--json", "--records")).isEqualTo(ExitCode.OK);

    assertThat(console.out().lines())
        .hasSize(5)
        .allMatch(line -> line.startsWith("{\"kind\":\"") && line.endsWith("}"));
  }

  @Test
  void namesATornTailAndFails() throws IOException {
    Files.write(segment, new byte[30], StandardOpenOption.APPEND);

    assertThat(dump()).isEqualTo(ExitCode.FAILED);
    assertThat(console.err()).contains(segment.toString());
  }

  @Test
  void namesABatchWhoseChecksumIsWrongAndFails() throws IOException {
    byte[] bytes = Files.readAllBytes(segment);
    bytes[70] ^= 1;
    Files.write(segment, bytes);

    assertThat(dump("--records")).isEqualTo(ExitCode.FAILED);
    assertThat(console.err()).contains("the batch at position 0 is corrupt");
  }

  @Test
  void showsTheEntriesOfAnOffsetIndexUpToItsZeros() throws IOException {
    Path index = directory.resolve("00000000000000000100.index");
    Files.write(
        index, ByteBuffer.allocate(32).putInt(5).putInt(4_096).putInt(9).putInt(8_192).array());

    assertThat(console.run("log", "dump", index.toString())).isEqualTo(ExitCode.OK);
    assertThat(console.out().lines().filter(line -> line.contains("entry")))
        .containsExactly("  entry offset=105 position=4096", "  entry offset=109 position=8192");
  }
}
