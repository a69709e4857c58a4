package cli;

import cli.data.AcknowledgedPrefix;
import cli.data.BadLine;
import cli.data.LineReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "produce",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Append each line of a file, or of standard input, to a topic.",
    footer = {
      "",
      "Ends with status 0 when every line is acknowledged. Else it says up to which line everything"
          + " is, so that the rest can be sent again."
    })
final class ProduceCommand implements Callable<Integer> {
  /** Lines under way at most; beyond it reading waits for acknowledgements. */
  private static final int WINDOW_LINES = 1 << 17;

  private static final int LINE_BYTES_MAX = 64 * 1024 * 1024;

  /** How long an unknown topic may take to be created by being asked for. */
  private static final int CREATION_WAIT_MILLIS = 5_000;

  private static final Duration CLOSE_WAIT = Duration.ofSeconds(2);

  private final Console console;

  @Parameters(paramLabel = "TOPIC", description = "The topic.")
  private String topic;

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "Read lines from here instead of standard input.")
  private Path file;

  @Option(
      names = {"-k", "--key-separator"},
      paramLabel = "TEXT",
      description = "Each line is key, this text, value. Without it records have no key.")
  private String keySeparator;

  @Option(
      names = {"-p", "--partition"},
      paramLabel = "N",
      description = "Write to this partition, instead of the one that the key chooses.")
  private Integer partition;

  @Option(
      names = "--acks",
      paramLabel = "0|1|all",
      defaultValue = "all",
      description = "Whose acknowledgement to wait for. Default: ${DEFAULT-VALUE}.")
  private String acks;

  @Option(
      names = "--compression",
      paramLabel = "CODEC",
      defaultValue = "none",
      description = "none, gzip, snappy, lz4 or zstd. Default: ${DEFAULT-VALUE}.")
  private String compression;

  @Option(names = "--json", description = "Say the result as JSON on standard output.")
  private boolean json;

  @Mixin private ClientOptions client;

  private final AcknowledgedPrefix acknowledged = new AcknowledgedPrefix(WINDOW_LINES);
  private final AtomicReference<Exception> failure = new AtomicReference<>();
  private long lines;
  private long bytes;

  ProduceCommand(Services services) {
    this.console = services.console();
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Properties properties = properties();
    boolean known = isKnown();
    properties.put(
        ProducerConfig.MAX_BLOCK_MS_CONFIG, known ? client.timeoutMillis() : CREATION_WAIT_MILLIS);
    Thread interrupted = new Thread(this::sayInterrupted, "granary-produce-end");
    try (InputStream in = file == null ? console.in() : Files.newInputStream(file);
        Progress progress = new Progress(console)) {
      Runtime.getRuntime().addShutdownHook(interrupted);
      KafkaProducer<byte[], byte[]> producer =
          new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
      try {
        checkPartition(partitionCount(producer, known));
        send(new LineReader(in, LINE_BYTES_MAX), producer, progress);
        producer.flush();
      } catch (BadLine | IOException e) {
        producer.flush();
        failure.compareAndSet(null, e);
      } finally {
        producer.close(
            failure.get() == null ? Duration.ofMillis(client.timeoutMillis()) : CLOSE_WAIT);
      }
      progress.clear();
      return report(progress.elapsedNanos());
    } finally {
      remove(interrupted);
    }
  }

  private void send(LineReader reader, KafkaProducer<byte[], byte[]> producer, Progress progress)
      throws IOException, InterruptedException {
    byte[] separator = keySeparator == null ? null : keySeparator.getBytes(StandardCharsets.UTF_8);
    for (byte[] line = reader.next(); line != null; line = reader.next()) {
      long number = reader.lineNumber();
      ProducerRecord<byte[], byte[]> record = record(line, number, separator);
      if (!acknowledged.awaitRoomFor(number)) {
        return;
      }
      lines = number;
      bytes += line.length;
      var unused = producer.send(record, (metadata, thrown) -> onAnswer(number, thrown));
      progress.update("sent", lines, bytes);
    }
  }

  private ProducerRecord<byte[], byte[]> record(byte[] line, long number, byte[] separator) {
    if (separator == null) {
      return new ProducerRecord<>(topic, partition, null, line);
    }
    int at = indexOf(line, separator);
    if (at < 0) {
      throw new BadLine(number, "has no \"" + keySeparator + "\" between key and value");
    }
    return new ProducerRecord<>(
        topic,
        partition,
        Arrays.copyOf(line, at),
        Arrays.copyOfRange(line, at + separator.length, line.length));
  }

  private void onAnswer(long line, Exception thrown) {
    if (thrown == null) {
      acknowledged.acknowledged(line);
    } else if (failure.compareAndSet(null, thrown)) {
      acknowledged.giveUp();
    }
  }

  private int report(long nanos) {
    Exception thrown = failure.get();
    long prefix = acknowledged.prefix();
    if (json) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("topic", topic);
      document.put("lines", lines);
      document.put("acknowledged", acknowledged.count());
      document.put("acknowledgedUpToLine", prefix);
      document.put("error", thrown == null ? null : Failures.explain(thrown).getMessage());
      Json.line(console.out(), document);
    }
    if (thrown != null) {
      CommandFailure why = Failures.explain(thrown);
      throw new CommandFailure(
          why.exitCode(),
          why.getMessage() + "; every line up to line " + prefix + " is acknowledged",
          thrown);
    }
    console.say(
        "%s %s", acks.equals("0") ? "sent" : "acknowledged", Progress.amount(lines, bytes, nanos));
    return ExitCode.OK;
  }

  private void sayInterrupted() {
    console.say(
        "granary: interrupted; every line up to line %d is acknowledged", acknowledged.prefix());
  }

  private static void remove(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending already; the hook has run.
    }
  }

  /** Whether the topic is there; else the broker may create it when it is first written to. */
  private boolean isKnown() throws InterruptedException {
    try (Admin admin = client.admin(console)) {
      return new Topics(admin).names().contains(topic);
    }
  }

  private int partitionCount(KafkaProducer<byte[], byte[]> producer, boolean known) {
    try {
      return producer.partitionsFor(topic).size();
    } catch (TimeoutException e) {
      throw known ? e : Topics.noSuchTopic(topic);
    }
  }

  private void checkPartition(int count) {
    if (partition != null && (partition < 0 || partition >= count)) {
      throw CommandFailure.notFound(
          "there is no partition " + partition + " in " + topic + ", which has " + count);
    }
  }

  private Properties properties() {
    String codec = compression.toLowerCase(Locale.ROOT);
    if (!Set.of("none", "gzip", "snappy", "lz4", "zstd").contains(codec)) {
      throw CommandFailure.usage("--compression must be none, gzip, snappy, lz4 or zstd");
    }
    if (!Set.of("0", "1", "all", "-1").contains(acks)) {
      throw CommandFailure.usage("--acks must be 0, 1 or all");
    }
    boolean all = acks.equals("all") || acks.equals("-1");
    Properties properties = client.properties(console);
    properties.put(ProducerConfig.ACKS_CONFIG, acks);
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, all);
    properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, codec);
    properties.put(ProducerConfig.LINGER_MS_CONFIG, 5);
    properties.put(ProducerConfig.BATCH_SIZE_CONFIG, 128 * 1024);
    properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, LINE_BYTES_MAX + 1024 * 1024);
    properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 2L * LINE_BYTES_MAX);
    properties.put(
        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.min(10_000, client.timeoutMillis() / 2));
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, client.timeoutMillis());
    return properties;
  }

  private static int indexOf(byte[] line, byte[] separator) {
    for (int at = 0; at + separator.length <= line.length; at++) {
      if (Arrays.equals(line, at, at + separator.length, separator, 0, separator.length)) {
        return at;
      }
    }
    return -1;
  }
}
