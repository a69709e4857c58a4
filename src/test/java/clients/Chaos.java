package clients;

import clients.history.Anomaly;
import clients.history.GroupChecker;
import clients.history.GroupHistory;
import clients.history.History;
import clients.history.HistoryChecker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Harms a cluster at random while it is written to and read, and looks in the end at what clients
 * saw. The seed decides which faults strike whom, in which order and for how long; what they meet
 * when they strike is for the machine to decide.
 */
final class Chaos {
  /** Acknowledgements after which the service counts as resumed. */
  private static final int RESUMED = 200;

  private static final Duration DELIVERY_TIMEOUT = Duration.ofSeconds(30);
  private static final int CALM_MILLIS_MAX = 3000;
  private static final int SHORT_MILLIS_MAX = 2500;
  private static final int LONG_MILLIS_MAX = 12_000;
  private static final int DISK_MEGABYTES = 192;
  private static final int MEMBERS_EACH = 3;
  private static final String OFFSETS_TOPIC = "__consumer_offsets";

  private final Plan plan;
  private final Random random;
  private final Consumer<String> out;
  private final List<String> wrong = new ArrayList<>();
  private int rounds;

  /**
   * What to do.
   *
   * @param length of the time in which faults strike; a last one may take some seconds more
   */
  record Plan(long seed, Duration length, Set<Fault> faults, Workload workload) {
    /** All faults, and a load that leaves a small machine room for brokers. */
    static Plan of(long seed, Duration length) {
      return new Plan(
          seed, length, EnumSet.allOf(Fault.class), new Workload("chaos", 4, 2, 2, 250));
    }
  }

  /**
   * What came of it.
   *
   * @param wrong everything that must not be; empty if all is well
   */
  record Report(int rounds, History history, List<GroupHistory> groups, List<String> wrong) {}

  private Chaos(Plan plan, Consumer<String> out) {
    this.plan = plan;
    this.random = new Random(plan.seed());
    this.out = out;
  }

  /**
   * @param out is told, line by line, what happens
   */
  static Report run(Plan plan, Consumer<String> out) {
    return new Chaos(plan, out).run();
  }

  private Report run() {
    out.accept("seed " + plan.seed());
    try (RunningCluster cluster =
        RunningCluster.preparedForHarm(DISK_MEGABYTES, GroupLoad.BROKERS)) {
      out.accept("logs in " + cluster.home());
      cluster.start(random);
      cluster.createTopic(plan.workload().topic(), plan.workload().partitions());
      List<Fault> faults = possible(cluster);
      try (RunningLoad load =
              RunningLoad.start(cluster, plan.workload(), DELIVERY_TIMEOUT, random);
          GroupLoad groups =
              GroupLoad.start(
                  cluster, plan.workload(), MEMBERS_EACH, faults.contains(Fault.MEMBERS), random)) {
        strike(cluster, load, groups, faults);
        return judge(cluster, load, groups);
      }
    }
  }

  private List<Fault> possible(RunningCluster cluster) {
    List<Fault> possible = new ArrayList<>(plan.faults());
    if (cluster.smallDisk().isEmpty() && possible.remove(Fault.FULL_DISK)) {
      out.accept("no full disk: that takes a small file system, which only root can mount");
    }
    if (possible.isEmpty()) {
      throw new IllegalArgumentException("none of the faults is possible here");
    }
    return possible;
  }

  private void strike(
      RunningCluster cluster, RunningLoad load, GroupLoad groups, List<Fault> faults) {
    load.awaitAcked(RESUMED);
    groups.awaitReached(load.recorder().ackedEnds());
    long endNanos = System.nanoTime() + plan.length().toNanos();
    while (System.nanoTime() < endNanos && wrong.isEmpty()) {
      rounds++;
      round(cluster, load, groups, faults);
      sleep(random.nextInt(CALM_MILLIS_MAX));
    }
  }

  /** One fault, or two that overlap; then everybody is well again, and the service resumes. */
  private void round(
      RunningCluster cluster, RunningLoad load, GroupLoad groups, List<Fault> faults) {
    load.recorder().restartGap();
    Fault first = faults.get(random.nextInt(faults.size()));
    Fault.Harmed harmed = Fault.Harmed.any(cluster, groups, random);
    Optional<Fault> second =
        random.nextInt(4) == 0 ? Optional.of(beside(first, faults)) : Optional.empty();
    Fault.Harmed alsoHarmed = Fault.Harmed.any(cluster, groups, random);
    int millis = random.nextInt(random.nextBoolean() ? SHORT_MILLIS_MAX : LONG_MILLIS_MAX);
    String what =
        first.describe(harmed)
            + second.map(fault -> ", and " + fault.describe(alsoHarmed)).orElse("");
    out.accept("%3d  %s for %d ms".formatted(rounds, what, millis));
    if (first.takesACopy() || second.filter(Fault::takesACopy).isPresent()) {
      cluster.awaitWhole(List.of(plan.workload().topic(), OFFSETS_TOPIC));
    }
    first.begin(cluster, harmed);
    second.ifPresent(fault -> fault.begin(cluster, alsoHarmed));
    sleep(millis);
    first.end(cluster, harmed);
    second.ifPresent(fault -> fault.end(cluster, alsoHarmed));
    resumed(cluster, load, groups, what);
  }

  /** Another one that can be at the same time; the same again, if there is none. */
  private Fault beside(Fault first, List<Fault> faults) {
    List<Fault> others = new ArrayList<>(faults);
    others.removeIf(
        fault ->
            fault == first
                || (first.endsProcesses() && (fault.endsProcesses() || fault == Fault.PAUSE))
                || (first == Fault.PAUSE && fault.endsProcesses()));
    return others.isEmpty() ? Fault.SLOW : others.get(random.nextInt(others.size()));
  }

  private void resumed(RunningCluster cluster, RunningLoad load, GroupLoad groups, String what) {
    for (ClusterNode node : cluster.nodes()) {
      if (!node.isAlive()) {
        wrong.add(node + " ended by itself after \"" + what + "\"");
        return;
      }
    }
    try {
      load.awaitAcked(RESUMED);
      long resumedNanos = System.nanoTime();
      groups.awaitReached(load.recorder().ackedEnds());
      out.accept(
          "     longest silence %d ms; groups caught up in %d ms"
              .formatted(
                  load.recorder().longestGapMillis(),
                  (System.nanoTime() - resumedNanos) / 1_000_000));
    } catch (ConditionTimeoutException silent) {
      wrong.add("no service after \"" + what + "\": " + silent.getMessage());
    }
  }

  private Report judge(RunningCluster cluster, RunningLoad load, GroupLoad groups) {
    List<GroupHistory> members = List.of();
    try {
      cluster.network().mendAll();
      cluster.startAll(random);
      cluster.awaitFormed();
      cluster.awaitInSync(plan.workload().topic());
      History history = load.finish();
      groups.awaitNoLag();
      members = groups.finish();
      groups.summary().forEach(out);
      for (GroupHistory group : members) {
        history = history.with(group.readings());
      }
      List<Anomaly> anomalies = new ArrayList<>(HistoryChecker.check(history));
      for (GroupHistory group : members) {
        anomalies.addAll(GroupChecker.check(group, history));
      }
      HistoryChecker.counts(anomalies).forEach((kind, count) -> out.accept(kind + ": " + count));
      anomalies.forEach(anomaly -> wrong.add(anomaly.toString()));
      cluster.complaints().forEach(wrong::add);
      return new Report(rounds, history, members, Collections.unmodifiableList(wrong));
    } catch (ConditionTimeoutException | AssertionError | IllegalStateException never) {
      wrong.add("the cluster did not come back: " + never.getMessage());
      return new Report(
          rounds, load.recorder().history(), members, Collections.unmodifiableList(wrong));
    }
  }

  private static void sleep(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The names of all faults, as a command line names them. */
  static List<String> faultOptions() {
    return Arrays.stream(Fault.values()).map(Fault::option).toList();
  }
}
