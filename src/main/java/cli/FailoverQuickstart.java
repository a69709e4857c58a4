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
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.TopicExistsException;

/**
 * The quickstart on several brokers, of which one is killed in the middle: streams the file through
 * the first, and shows that nothing was lost and how long it took.
 */
final class FailoverQuickstart {
  private static final int REPLICAS = 3;
  private static final int RECORDS_MIN = 4;
  private static final int CLIENT_PATIENCE_MILLIS = 30_000;
  private static final int IN_SYNC_SECONDS_MAX = 120;
  private static final long LOOK_MILLIS = 50;

  private final Services services;
  private final Console console;
  private final RoundTripReport report;
  private final Choice choice;

  /**
   * What the user has asked for.
   *
   * @param data where the cluster's own directory is made
   * @param exit end when done
   */
  record Choice(
      QuickstartInput input,
      String topic,
      int partitions,
      int brokers,
      int kafkaPort,
      Path data,
      boolean exit) {}

  FailoverQuickstart(Services services, Choice choice) {
    this.services = services;
    this.console = services.console();
    this.report = new RoundTripReport(console);
    this.choice = choice;
  }

  /** How many brokers can be asked for, of which one may die. */
  static int checkedBrokers(int brokers) {
    if (brokers == 1 || brokers == 3 || brokers == 5) {
      return brokers;
    }
    throw CommandFailure.usage(
        "--brokers "
            + brokers
            + ": give 1, 3 or 5"
            + (brokers == 2 ? "; of two, neither may go on without the other" : ""));
  }

  int run() throws IOException, InterruptedException {
    long records = count();
    if (records < RECORDS_MIN) {
      throw CommandFailure.usage(
          choice.input().file()
              + " has "
              + records
              + " records; to lose a broker in the middle it takes "
              + RECORDS_MIN);
    }
    long startNanos = System.nanoTime();
    try (QuickstartCluster cluster =
        QuickstartCluster.prepare(services, choice.data(), choice.brokers(), choice.kafkaPort())) {
      report.say("The cluster's file is %s.", cluster.file().path());
      RunningBroker broker = cluster.start();
      Foreground foreground = new Foreground(broker, console);
      report.say(
          "%d brokers are ready on %s after %.1f s, each a process; this one is broker 1.",
          choice.brokers(), cluster.file().bootstrap(), seconds(startNanos));
      boolean holds = stream(cluster, broker, records);
      if (!choice.exit()) {
        sayWhatNext(cluster);
        return foreground.untilTerminated();
      }
      foreground.stopNow();
      return holds ? ExitCode.OK : ExitCode.FAILED;
    }
  }

  private long count() throws IOException {
    try (InputStream in = open()) {
      long count = 0;
      for (var lines = choice.input().open(in); lines.hasNext(); lines.next()) {
        count++;
      }
      return count;
    }
  }

  private InputStream open() throws IOException {
    return new BufferedInputStream(Files.newInputStream(choice.input().file()));
  }

  private boolean stream(QuickstartCluster cluster, RunningBroker broker, long records)
      throws IOException, InterruptedException {
    Properties properties = new Properties();
    properties.putAll(cluster.clientProperties(CLIENT_PATIENCE_MILLIS));
    try (Admin admin = Admin.create(properties)) {
      Topics topics = new Topics(admin);
      create(admin);
      awaitInSync(topics);
      List<TopicPartition> all = topics.partitions(choice.topic());
      Map<TopicPartition, Long> before = topics.offsets(all, OffsetSpec.latest());
      report.say(
          "Streaming %s into topic %s (%d partitions, %d replicas each, acknowledged by 2), keyed by"
              + " %s.",
          choice.input().file(), choice.topic(), all.size(), REPLICAS, choice.input().keyedBy());
      int victim = victim(topics);
      long led = leads(topics, victim);
      Disaster disaster =
          new Disaster(
              records,
              () ->
                  report.say(
                      "Killed broker %d (kill -9 %d), which led %d of %d partitions, when half of"
                          + " %,d records were acknowledged.",
                      victim, cluster.kill(victim).pid(), led, all.size(), records));
      RoundTrip.Result result = roundTrip(broker, disaster, before);
      report.sayAmounts(result);
      report.say(
          "Longest pause between two acknowledgements: %.1f s.",
          disaster.longestPauseNanos() / 1e9);
      long grown = sum(topics.offsets(all, OffsetSpec.latest())) - sum(before);
      boolean holds = report.sayVerdict(result, grown) && disaster.hasHappened();
      long restartNanos = System.nanoTime();
      cluster.restart(victim);
      awaitInSync(topics);
      report.say(
          "Started broker %d again: every replica is in sync after %.1f s.",
          victim, seconds(restartNanos));
      return holds;
    }
  }

  private RoundTrip.Result roundTrip(
      RunningBroker broker, Disaster disaster, Map<TopicPartition, Long> before)
      throws IOException, InterruptedException {
    try (InputStream in = open();
        Progress progress = new Progress(console)) {
      return new RoundTrip(broker, choice.topic(), broker.sink(disaster::acknowledged))
          .run(disaster.holdingBack(choice.input().open(in)), before, progress);
    }
  }

  private void create(Admin admin) throws InterruptedException {
    NewTopic wanted =
        new NewTopic(
                choice.topic(), Optional.of(choice.partitions()), Optional.of((short) REPLICAS))
            .configs(Map.of("min.insync.replicas", "2"));
    try {
      admin.createTopics(List.of(wanted)).all().get();
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw Failures.explain(e.getCause());
      }
    }
  }

  private List<TopicPartitionInfo> partitions(Topics topics) throws InterruptedException {
    return topics.describe(List.of(choice.topic())).get(choice.topic()).partitions();
  }

  private void awaitInSync(Topics topics) throws InterruptedException {
    long startNanos = System.nanoTime();
    while (!partitions(topics).stream()
        .allMatch(
            partition ->
                PartitionRow.hasLeader(partition)
                    && partition.isr().size() == partition.replicas().size())) {
      if (seconds(startNanos) > IN_SYNC_SECONDS_MAX) {
        throw CommandFailure.failed(
            "after " + IN_SYNC_SECONDS_MAX + " s not every replica is in sync");
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
  }

  /** The child that leads most partitions. */
  private int victim(Topics topics) throws InterruptedException {
    Map<Integer, Integer> led = new TreeMap<>();
    for (TopicPartitionInfo partition : partitions(topics)) {
      if (partition.leader().id() != 1) {
        led.merge(partition.leader().id(), 1, Integer::sum);
      }
    }
    return led.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .orElse(2);
  }

  private long leads(Topics topics, int broker) throws InterruptedException {
    return partitions(topics).stream()
        .filter(partition -> partition.leader().id() == broker)
        .count();
  }

  private void sayWhatNext(QuickstartCluster cluster) {
    String granary = cluster.granary();
    Path file = cluster.file().path();
    String bootstrap = cluster.file().bootstrap();
    PrintStream out = console.out();
    out.println();
    out.println("Try next, in another terminal:");
    out.printf("  %s cluster status --config %s%n", granary, file);
    out.printf("  %s topic describe %s --bootstrap %s%n", granary, choice.topic(), bootstrap);
    out.printf(
        "  kill -9 \"$(cut -d' ' -f1 %s)\"    # broker 3, as often as you like; and to start it"
            + " again:%n",
        file.resolveSibling("3").resolve("granary.pid"));
    out.printf("  %s cluster start --config %s%n", granary, file);
    out.println();
    out.println("The brokers run until Ctrl-C.");
    out.flush();
  }

  private static double seconds(long sinceNanos) {
    return (System.nanoTime() - sinceNanos) / 1e9;
  }

  private static long sum(Map<TopicPartition, Long> offsets) {
    return offsets.values().stream().mapToLong(Long::longValue).sum();
  }
}
