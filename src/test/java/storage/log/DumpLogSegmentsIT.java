package storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import storage.record.BatchBuilder;
import storage.record.Batches;
import storage.record.Codec;
import storage.record.ControlRecord;

/**
 * Kafka's own dump tool reads what is written here and finds nothing to complain about. The tool's
 * class path is the directory that the system property {@code granary.tools} names.
 */
class DumpLogSegmentsIT {
  @TempDir private Path root;

  private void write() {
    LogConfig config =
        LogConfig.defaults().toBuilder().segmentBytesMax(20_000).indexIntervalBytes(500).build();
    try (LogDirectory directory =
        LogDirectory.open(
            new RealFileSystem(), root, new DirectoryIdentity.Owner(1, "c"), () -> "d")) {
      PartitionLog log = directory.openPartition("events", 0, "t", config, 0);
      for (int i = 0; i < 200; i++) {
        if (i % 50 == 0) {
          log.assignEpoch(i / 50);
        }
        ByteBuffer plain = Batches.of(Codec.of(i % 5), 3, 1_000_000 + i * 7L);
        ByteBuffer idempotent = Batches.idempotent(4711, 2, i * 2, 2);
        log.append(List.of(plain, idempotent), i / 50, 0);
      }
      ByteBuffer marker =
          new BatchBuilder(Codec.NONE)
              .producer(4711, (short) 2, -1)
              .endTransaction(2_000_000, new ControlRecord(true, 8))
              .build();
      log.append(List.of(marker), 3, 0);
      log.truncateTo(990, 0);
    }
  }

  /** Keyed records, of which some of each batch are compacted away, and tombstones. */
  private void writeCompacted() {
    LogConfig config =
        LogConfig.defaults().toBuilder()
            .segmentBytesMax(5_000)
            .indexIntervalBytes(500)
            .compaction(new Compaction(true, 0.1, 0, Long.MAX_VALUE, 1_000_000))
            .build();
    try (LogDirectory directory =
        LogDirectory.open(
            new RealFileSystem(), root, new DirectoryIdentity.Owner(1, "c"), () -> "d")) {
      PartitionLog log = directory.openPartition("events", 0, "t", config, 0);
      log.assignEpoch(0);
      for (int i = 0; i < 300; i++) {
        BatchBuilder batch = new BatchBuilder(Codec.of(i % 5)).producer(4712, (short) 1, 3 * i);
        for (int j = 0; j < 3; j++) {
          byte[] value = i % 4 == 0 ? null : Batches.bytes("value-" + i);
          batch.add(1_000_000 + i * 7L, Batches.bytes("key-" + i % 20 * (j + 1)), value);
        }
        log.append(List.of(batch.build()), 0, 0);
      }
      log.roll(0);
      log.flush(0);
      Cleaning cleaning = log.beginCleaning(log.logEndOffset(), 1 << 20, 5_000_000).orElseThrow();
      do {
        cleaning.advance(bytes -> {});
      } while (log.take(cleaning, 5_000_000));
      log.reap(Long.MAX_VALUE);
      assertThat(log.cleanedOffset()).isEqualTo(900);
    }
  }

  private String dump(List<Path> files, String... options) throws Exception {
    Path tools = Path.of(System.getProperty("granary.tools", "target/kafka-tools"));
    assertThat(tools).as("class path of the dump tool").isDirectory();
    Path output = root.resolve("output");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", tools + "/*"));
    command.add("org.apache.kafka.tools.DumpLogSegments");
    command.add("--files");
    command.add(files.stream().map(Path::toString).collect(Collectors.joining(",")));
    command.addAll(List.of(options));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    String text = Files.readString(output, StandardCharsets.UTF_8);
    assertThat(process.exitValue()).as(text).isZero();
    return text;
  }

  private List<Path> files(String suffix) throws IOException {
    try (Stream<Path> paths = Files.list(root.resolve("events-0"))) {
      return paths.filter(path -> path.toString().endsWith(suffix)).sorted().toList();
    }
  }

  @Test
  void kafkasDumpToolReadsWhatWasCompacted() throws Exception {
    writeCompacted();

    String records = dump(files(".log"), "--print-data-log", "--deep-iteration");
    List<Path> indexes = new ArrayList<>(files(".index"));
    indexes.addAll(files(".timeindex"));
    String checked = dump(indexes);
    String sane = dump(files(".index"), "--index-sanity-check");

    assertThat(records)
        .contains("offset: 899 ")
        .contains("payload: value-299")
        .contains("deleteHorizonMs: OptionalLong[6000000]")
        .contains("compresscodec: zstd")
        .doesNotContain("payload: value-3" + System.lineSeparator())
        .doesNotContain("isvalid: false");
    assertThat(checked)
        .doesNotContainIgnoringCase("mismatch")
        .doesNotContainIgnoringCase("out of order")
        .doesNotContainIgnoringCase("not found")
        .doesNotContainIgnoringCase("exception");
    assertThat(sane).contains("passed sanity check");
  }

  @Test
  void kafkasDumpToolReadsEveryFile() throws Exception {
    write();
    List<Path> logs = files(".log");
    assertThat(logs).hasSizeGreaterThan(2);

    String records = dump(logs, "--print-data-log", "--deep-iteration");
    List<Path> indexes = new ArrayList<>(files(".index"));
    indexes.addAll(files(".timeindex"));
    String checked = dump(indexes);
    String sane = dump(files(".index"), "--index-sanity-check");
    String snapshots = dump(files(".snapshot"));

    for (long offset : new long[] {0, 1, 499, 989}) {
      assertThat(records).contains("offset: " + offset + " ");
    }
    assertThat(records)
        .contains("payload: value-2")
        .contains("compresscodec: zstd")
        .contains("partitionLeaderEpoch: 3")
        .contains("isvalid: true")
        .doesNotContain("isvalid: false")
        .doesNotContain("offset: 990 ");
    assertThat(checked)
        .contains("offset: ")
        .contains("timestamp: ")
        .doesNotContainIgnoringCase("mismatch")
        .doesNotContainIgnoringCase("out of order")
        .doesNotContainIgnoringCase("not found")
        .doesNotContainIgnoringCase("exception");
    assertThat(sane).contains("passed sanity check");
    assertThat(snapshots).contains("producerId: 4711 producerEpoch: 2").doesNotContain("corrupt");
  }
}
