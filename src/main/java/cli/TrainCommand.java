package cli;

import cli.data.KeyRule;
import cli.data.LineReader;
import cli.data.RecordReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;

/**
 * A short life of a broker and its commands, so that the class-data archive that the JVM writes at
 * its end knows what they load. Works in a temporary directory and on free ports.
 */
@Command(
    name = "train",
    hidden = true,
    description = "Run everything once, for class-data sharing.")
final class TrainCommand implements Callable<Integer> {
  private static final String TOPIC = "training";
  private static final int LINE_BYTES_MAX = 1024;

  private final Services services;

  TrainCommand(Services services) {
    this.services = services;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("granary-train");
    try {
      return run(directory);
    } finally {
      delete(directory);
    }
  }

  private int run(Path directory) throws InterruptedException {
    List<Integer> ports = Ports.free(2);
    NodeChoice.Plan plan =
        new NodeChoice(
                Optional.empty(),
                Optional.empty(),
                Optional.of(directory),
                Optional.of(ports.get(0)),
                Optional.of(ports.get(1)),
                Map.of())
            .plan(services.console());
    RunningBroker broker =
        services.launcher().launch(plan.overrides(), plan.settings()).toCompletableFuture().join();
    try {
      String bootstrap = plan.settings().host() + ":" + broker.kafkaPort();
      command("", "topic", "create", TOPIC, "--partitions", "2", "-b", bootstrap);
      for (String codec : new String[] {"none", "gzip", "snappy", "lz4", "zstd"}) {
        command(
            "a:1\nb:2\nc:3\n",
            "produce",
            TOPIC,
            "-k",
            ":",
            "--compression",
            codec,
            "-b",
            bootstrap);
      }
      streams(broker);
      GrpcRehearsal.run(broker.system(), plan.settings().host(), ports.get(1), TOPIC);
      command("", "consume", TOPIC, "--json", "-b", bootstrap);
      command("", "consume", TOPIC, "--from", "@0", "--format", "{key}", "-b", bootstrap);
      command("", "topic", "list", "-b", bootstrap);
      command("", "topic", "describe", "--json", "-b", bootstrap);
      command("", "log", "dump", "--records", plan.logDirectory().resolve(TOPIC + "-0").toString());
      command("", "topic", "delete", TOPIC, "-b", bootstrap);
      command("", "start", "--help");
    } finally {
      broker.stop().toCompletableFuture().join();
    }
    return ExitCode.OK;
  }

  /** The stream API; that the topic holds records of others already does not matter here. */
  private void streams(RunningBroker broker) throws InterruptedException {
    InputStream in = new ByteArrayInputStream("a b\nc d\n".getBytes(StandardCharsets.UTF_8));
    RecordReader lines =
        new RecordReader(
            new LineReader(in, LINE_BYTES_MAX), KeyRule.firstColumn("words"), LINE_BYTES_MAX);
    new RoundTrip(broker, TOPIC)
        .run(
            lines,
            Map.of(new TopicPartition(TOPIC, 0), 0L, new TopicPartition(TOPIC, 1), 0L),
            new Progress(services.console()));
  }

  /** A command whose result does not matter: what it loads is what counts. */
  private void command(String input, String... arguments) {
    InputStream in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    Console console =
        new Console(in, nowhere, services.console().err(), false, services.console().environment());
    Commands.execute(new Services(console, services.launcher()), arguments);
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
