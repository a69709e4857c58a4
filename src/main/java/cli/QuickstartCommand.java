package cli;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
import streams.net.FreePorts;

@Command(
    name = "quickstart",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Start a broker, or several, stream a file through, check what comes back, leave it"
            + " running.",
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
  private final RoundTripReport report;

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
      names = "--brokers",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "1, 3 or 5; with several, one is killed in the middle and nothing may be lost. Default:"
              + " ${DEFAULT-VALUE}.")
  private int brokers;

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
    this.report = new RoundTripReport(console);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    FailoverQuickstart.checkedBrokers(brokers);
    QuickstartInput input = input().checked();
    String topic = topicName == null ? input.topicName() : topicName;
    NodeChoice.Plan plan =
        new NodeChoice(
                Optional.empty(),
                Optional.empty(),
                Optional.ofNullable(data),
                Optional.of(chosenPort()),
                Optional.empty(),
                Map.of())
            .plan(console);
    if (brokers > 1) {
      return new FailoverQuickstart(
              services,
              new FailoverQuickstart.Choice(
                  input,
                  topic,
                  partitions,
                  brokers,
                  plan.settings().kafkaPort(),
                  plan.settings().dataDirectory(),
                  exit))
          .run();
    }

    long startNanos = System.nanoTime();
    RunningBroker broker =
        services.launcher().launch(plan.overrides(), plan.settings()).toCompletableFuture().join();
    Foreground foreground = new Foreground(broker, console);
    String address = plan.settings().host() + ":" + broker.kafkaPort();
    report.say(
        "Broker %d is ready on %s after %.1f s.",
        plan.settings().brokerId(), address, (System.nanoTime() - startNanos) / 1e9);

    boolean holds = stream(broker, input, topic, address);
    Path logs = plan.logDirectory().resolve(topic + "-0");
    report.say("The log lies in %s and its neighbours.", logs);
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
      report.say(
          "Streaming %s into topic %s (%d partitions), keyed by %s.",
          input.file(), topic, all.size(), input.keyedBy());

      RoundTrip.Result result = new RoundTrip(broker, topic).run(input.open(in), before, progress);
      progress.clear();
      long grown = sum(topics.offsets(all, OffsetSpec.latest())) - sum(before);
      report.sayAmounts(result);
      return report.sayVerdict(result, grown);
    }
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
      return StartCommand.checkedPort("--port", port);
    }
    if (FreePorts.isFree(NodeChoice.DEFAULT_PORT)) {
      return NodeChoice.DEFAULT_PORT;
    }
    int other = Ports.anyFree();
    console.say("Port %d is taken; taking %d instead.", NodeChoice.DEFAULT_PORT, other);
    return other;
  }

  private static long sum(Map<TopicPartition, Long> offsets) {
    return offsets.values().stream().mapToLong(Long::longValue).sum();
  }
}
