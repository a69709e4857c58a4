package cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.record.internal.FileLogInputStream.FileChannelRecordBatch;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.Record;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "dump",
    mixinStandardHelpOptions = true,
    description = "Print batches, records or index entries of segment files, and check them.",
    footer = {"", "Status 1 if a batch is corrupt or a file ends in the middle of one."})
final class LogDumpCommand implements Callable<Integer> {
  private static final int OFFSET_ENTRY_BYTES = 8;
  private static final int TIME_ENTRY_BYTES = 12;

  private final Console console;

  @Parameters(
      paramLabel = "DIR|FILE",
      description = "A partition's directory, or a .log, .index or .timeindex file.")
  private Path path;

  @Option(names = "--records", description = "Also the records in each batch.")
  private boolean records;

  @Option(names = "--json", description = "One JSON object a batch, record or entry.")
  private boolean json;

  private boolean sound = true;

  LogDumpCommand(Services services) {
    this.console = services.console();
  }

  @Override
  public Integer call() throws IOException {
    for (Path file : LogFiles.at(path)) {
      dump(file);
    }
    return sound ? ExitCode.OK : ExitCode.FAILED;
  }

  private void dump(Path file) throws IOException {
    String name = file.getFileName().toString();
    if (!json) {
      console.out().println(file);
    }
    if (name.endsWith(LogFiles.OFFSET_INDEX)) {
      dumpIndex(file, OFFSET_ENTRY_BYTES);
    } else if (name.endsWith(LogFiles.TIME_INDEX)) {
      dumpIndex(file, TIME_ENTRY_BYTES);
    } else if (name.endsWith(LogFiles.LOG)) {
      dumpSegment(file);
    } else {
      throw CommandFailure.usage(file + " is no .log, .index or .timeindex file");
    }
  }

  private void dumpSegment(Path file) throws IOException {
    long soundBytes = 0;
    try (FileRecords segment = FileRecords.open(file.toFile(), false)) {
      for (FileChannelRecordBatch batch : segment.batches()) {
        boolean valid = batch.isValid();
        print("batch", batchFields(batch, valid));
        if (!valid) {
          complain(file, "the batch at position " + batch.position() + " is corrupt");
        } else if (records) {
          for (Record record : batch) {
            print("  record", recordFields(record));
          }
        }
        soundBytes = batch.position() + (long) batch.sizeInBytes();
      }
    } catch (KafkaException e) {
      complain(file, "unreadable after position " + soundBytes + ": " + e.getMessage());
      return;
    }
    long rest = Files.size(file) - soundBytes;
    if (rest > 0) {
      complain(file, "the last " + rest + " bytes are no whole batch");
    }
  }

  private static Map<String, Object> batchFields(FileChannelRecordBatch batch, boolean valid) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("baseOffset", batch.baseOffset());
    fields.put("lastOffset", batch.lastOffset());
    fields.put("count", batch.countOrNull() == null ? -1 : batch.countOrNull());
    fields.put("position", batch.position());
    fields.put("size", batch.sizeInBytes());
    fields.put("leaderEpoch", batch.partitionLeaderEpoch());
    fields.put("maxTimestamp", batch.maxTimestamp());
    fields.put("timestampType", batch.timestampType().name);
    fields.put("compression", batch.compressionType().name);
    fields.put("producerId", batch.producerId());
    fields.put("producerEpoch", (int) batch.producerEpoch());
    fields.put("baseSequence", batch.baseSequence());
    fields.put("transactional", batch.isTransactional());
    fields.put("control", batch.isControlBatch());
    fields.put("crcValid", valid);
    return fields;
  }

  private static Map<String, Object> recordFields(Record record) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("offset", record.offset());
    fields.put("timestamp", record.timestamp());
    fields.put("sequence", record.sequence());
    fields.put("headers", record.headers().length);
    fields.put("key", text(record.key()));
    fields.put("value", text(record.value()));
    return fields;
  }

  /** Entries are relative to the offset in the file's name; both ends are big-endian. */
  private void dumpIndex(Path file, int entryBytes) throws IOException {
    long baseOffset = baseOffset(file);
    ByteBuffer entries = ByteBuffer.wrap(Files.readAllBytes(file));
    long before = -1;
    while (entries.remaining() >= entryBytes) {
      Map<String, Object> fields = new LinkedHashMap<>();
      long timestamp = entryBytes == TIME_ENTRY_BYTES ? entries.getLong() : -1;
      int relative = entries.getInt();
      if (entryBytes == TIME_ENTRY_BYTES) {
        fields.put("timestamp", timestamp);
        fields.put("offset", baseOffset + relative);
      } else {
        fields.put("offset", baseOffset + relative);
        fields.put("position", entries.getInt());
      }
      if (relative <= before) {
        // The rest of a preallocated file is zeros.
        break;
      }
      before = relative;
      print("entry", fields);
    }
    if (entries.limit() % entryBytes != 0) {
      complain(file, "its size is no multiple of " + entryBytes + " bytes");
    }
  }

  private static long baseOffset(Path file) {
    String name = file.getFileName().toString();
    try {
      return Long.parseLong(name.substring(0, name.indexOf('.')));
    } catch (NumberFormatException e) {
      throw CommandFailure.usage(file + " is not named by an offset, as index files are");
    }
  }

  private void print(String kind, Map<String, Object> fields) {
    if (json) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("kind", kind.strip());
      document.putAll(fields);
      Json.line(console.out(), document);
      return;
    }
    StringBuilder line = new StringBuilder("  ").append(kind);
    fields.forEach((name, value) -> line.append(' ').append(name).append('=').append(value));
    console.out().println(line);
  }

  private void complain(Path file, String what) {
    sound = false;
    console.out().flush();
    console.say("granary: %s: %s", file, what);
  }

  private static String text(ByteBuffer bytes) {
    return bytes == null ? null : StandardCharsets.UTF_8.decode(bytes).toString();
  }
}
