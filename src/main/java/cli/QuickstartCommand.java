package cli;

import cli.data.OrderCheck.Verdict;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "quickstart",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Start a broker, stream a file through it, check what comes back, and leave it running.",
    footer = {
      "",
      "Each line is a record (in a .csv file, a quoted field may hold line ends). Without --key and"
          + " --key-column the key is the first column: by commas in a .csv file, by tabs in a .tsv"
          + " file, else by blanks."
    })
final class QuickstartCommand implements Callable<Integer> {
  private static final int TOPIC_PATIENCE_MILLIS = 10_000;

  private final Services services;
  private final Console console;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "What to stream. Default: the data in examples/data.")
  private Path file;

  @Option(names = "--exit", description = "End when done; status 1 if anything was lost.")
  private boolean exit;

  @Option(names = "--key", paramLabel = "REGEX", description = "The key is what this finds.")
  private String keyPattern;

  @Option(
      names = "--key-column",
      paramLabel = "NAME",
      description = "The key is the column of that name; the first line names the columns.")
  private String keyColumn;

  @Option(names = "--topic", paramLabel = "NAME", description = "Default: from the file's name.")
  private String topicName;

  @Option(
      names = {"-p", "--partitions"},
      paramLabel = "N",
      defaultValue = "3",
      description = "Of the topic, if it is new. Default: ${DEFAULT-VALUE}.")
  private int partitions;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Port for Kafka clients. Default: 9092, or another if that is taken.")
  private Integer port;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Data directory. Default: $GRANARY_DATA, else ./data.")
  private Path data;

  QuickstartCommand(Services services) {
    this.services = services;
    this.console = services.console();
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    QuickstartInput input = input().checked();
    String topic = topicName == null ? input.topicName() : topicName;
    NodeChoice.Plan plan =
        new NodeChoice(
                Optional.empty(),
                Optional.empty(),
                Optional.ofNullable(data),
                Optional.of(chosenPort()),
                Map.of())
            .plan(console);

    long startNanos = System.nanoTime();
    RunningBroker broker =
        services.launcher().launch(plan.overrides(), plan.settings()).toCompletableFuture().join();
    Foreground foreground = new Foreground(broker, console);
    String address = plan.settings().host() + ":" + broker.kafkaPort();
    say(
        "Broker %d is ready on %s after %.1f s.",
        plan.settings().brokerId(), address, (System.nanoTime() - startNanos) / 1e9);

    boolean holds = stream(broker, input, topic, address);
    Path logs = plan.logDirectory().resolve(topic + "-0");
    say("The log lies in %s and its neighbours.", logs);
    if (exit) {
      foreground.stopNow();
      return holds ? ExitCode.OK : ExitCode.FAILED;
    }
    sayWhatNext(topic, address, logs);
    return foreground.untilTerminated();
  }

  private boolean stream(RunningBroker broker, QuickstartInput input, String topic, String address)
      throws IOException, InterruptedException {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", address);
    properties.put("default.api.timeout.ms", TOPIC_PATIENCE_MILLIS);
    properties.put("request.timeout.ms", TOPIC_PATIENCE_MILLIS / 2);
    properties.put("enable.metrics.push", "false");
    try (Admin admin = Admin.create(properties);
        InputStream in = new BufferedInputStream(Files.newInputStream(input.file()));
        Progress progress = new Progress(console)) {
      create(admin, topic);
      Topics topics = new Topics(admin);
      List<TopicPartition> all = topics.partitions(topic);
      Map<TopicPartition, Long> before = topics.offsets(all, OffsetSpec.latest());
      say(
          "Streaming %s into topic %s (%d partitions), keyed by %s.",
          input.file(), topic, all.size(), input.keyedBy());

      RoundTrip.Result result = new RoundTrip(broker, topic).run(input.open(in), before, progress);
      progress.clear();
      long grown = sum(topics.offsets(all, OffsetSpec.latest())) - sum(before);
      return report(result, grown);
    }
  }

  private boolean report(RoundTrip.Result result, long grown) {
    Verdict verdict = result.verdict();
    say(
        "Written and acknowledged: %s.",
        Progress.amount(verdict.sent(), result.bytes(), result.writtenNanos()));
    say(
        "Read back as it arrived:  %s.",
        Progress.amount(verdict.read(), result.bytes(), result.readNanos()));
    if (verdict.holds() && grown == verdict.sent()) {
      say(
          "Checked: every record came back once, and in order for each of %,d keys.",
          verdict.keys());
      if (verdict.recordsOnlyCounted() > 0) {
        say("(%,d records of further keys were counted only.)", verdict.recordsOnlyCounted());
      }
      return true;
    }
    console.out().flush();
    console.say(
        "granary: NOT as sent: %,d records sent, %,d in the log, %,d read; %,d of %,d keys differ in"
            + " count or order",
        verdict.sent(), grown, verdict.read(), verdict.keysDiffering(), verdict.keys());
    return false;
  }

  /** Also waits until every partition has a leader, which the questions that follow rely on. */
  private void create(Admin admin, String topic) throws InterruptedException {
    NewTopic wanted = new NewTopic(topic, Optional.of(partitions), Optional.empty());
    try {
      admin.createTopics(List.of(wanted)).all().get();
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw Failures.explain(e.getCause());
      }
    }
  }

  private void sayWhatNext(String topic, String address, Path logs) {
    String granary = console.variable("GRANARY_COMMAND").orElse("granary");
    String where = address.equals(ClientOptions.DEFAULT_BOOTSTRAP) ? "" : " --bootstrap " + address;
    PrintStream out = console.out();
    out.println();
    out.println("Try next, in another terminal:");
    out.printf("  %s topic describe %s%s%n", granary, topic, where);
    out.printf(
        "  %s consume %s --max 5 --format '{offset} {key}: {value}'%s%n", granary, topic, where);
    out.printf("  %s log dump %s%n", granary, logs);
    out.println();
    out.println("The broker runs until Ctrl-C.");
    out.flush();
  }

  private QuickstartInput input() {
    if (file == null && (keyPattern != null || keyColumn != null)) {
      return new QuickstartInput(
          QuickstartInput.example(console).file(),
          Optional.ofNullable(keyColumn),
          Optional.ofNullable(keyPattern));
    }
    return file == null
        ? QuickstartInput.example(console)
        : new QuickstartInput(
            file, Optional.ofNullable(keyColumn), Optional.ofNullable(keyPattern));
  }

  private int chosenPort() {
    if (port != null) {
      return StartCommand.checkedPort(port);
    }
    if (Ports.isFree(NodeChoice.DEFAULT_PORT)) {
      return NodeChoice.DEFAULT_PORT;
    }
    int other = Ports.anyFree();
    console.say("Port %d is taken; taking %d instead.", NodeChoice.DEFAULT_PORT, other);
    return other;
  }

  private void say(String format, Object... arguments) {
    console.out().println(String.format(Locale.ROOT, format, arguments));
    console.out().flush();
  }

  private static long sum(Map<TopicPartition, Long> offsets) {
    return offsets.values().stream().mapToLong(Long::longValue).sum();
  }
}
