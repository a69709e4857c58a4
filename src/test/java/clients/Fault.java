package clients;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.BiConsumer;

/** Ways to harm a cluster or its clients, each of which can be undone. */
@SuppressWarnings("ImmutableEnumChecker") // The lambdas hold nothing.
enum Fault {
  KILL("kill -9", (cluster, harmed) -> harmed.node().kill9(), Fault::start),
  KILL_ALL(
      "kill -9 of all",
      (cluster, harmed) ->
          cluster.nodes().stream().filter(ClusterNode::isAlive).forEach(ClusterNode::kill9),
      (cluster, harmed) -> cluster.startAll(harmed.random())),
  EMPTY_DISK("kill -9 and an empty disk", (cluster, harmed) -> harmed.node().empty(), Fault::start),
  STOP("SIGTERM", (cluster, harmed) -> harmed.node().stop(), Fault::start),
  PAUSE(
      "SIGSTOP",
      (cluster, harmed) -> harmed.node().pause(),
      (cluster, harmed) -> harmed.node().resume()),
  ISOLATE(
      "cut off",
      (cluster, harmed) -> cluster.network().around(harmed.id()).forEach(Link::cut),
      Fault::mend),
  DEAF(
      "hears nobody",
      (cluster, harmed) -> cluster.network().to(harmed.id()).forEach(Link::cut),
      Fault::mend),
  MUTE(
      "nobody hears it",
      (cluster, harmed) -> cluster.network().from(harmed.id()).forEach(Link::cut),
      Fault::mend),
  SPLIT(
      "cut off from one other",
      (cluster, harmed) -> {
        cluster.network().link(harmed.id(), harmed.other()).cut();
        cluster.network().link(harmed.other(), harmed.id()).cut();
      },
      Fault::mend),
  FLAP("cut off and back, again and again", Fault::flap, Fault::mend),
  SLOW(
      "slow network",
      (cluster, harmed) -> {
        Duration delay = Duration.ofMillis(10 + harmed.random().nextInt(400));
        cluster.network().around(harmed.id()).forEach(link -> link.delay(delay));
      },
      Fault::mend),
  FULL_DISK(
      "disk full",
      (cluster, harmed) -> cluster.smallDisk().orElseThrow().fill(),
      (cluster, harmed) -> cluster.smallDisk().orElseThrow().free()),
  MEMBERS(
      "members of groups leave, crash and come back",
      (cluster, harmed) -> harmed.groups().scatter(harmed.random()),
      (cluster, harmed) -> harmed.groups().gather());

  private static final int FLAPS_MAX = 12;
  private static final int FLAP_MILLIS_MAX = 700;

  private final String words;
  private final BiConsumer<RunningCluster, Harmed> begin;
  private final BiConsumer<RunningCluster, Harmed> end;

  Fault(
      String words,
      BiConsumer<RunningCluster, Harmed> begin,
      BiConsumer<RunningCluster, Harmed> end) {
    this.words = words;
    this.begin = begin;
    this.end = end;
  }

  /**
   * Whom a fault strikes.
   *
   * @param other another node, where two are needed
   * @param groups that read meanwhile
   * @param random of this fault alone, for what else it has to choose
   */
  record Harmed(ClusterNode node, int other, GroupLoad groups, Random random) {
    int id() {
      return node.id();
    }

    static Harmed any(RunningCluster cluster, GroupLoad groups, Random random) {
      List<ClusterNode> nodes = new ArrayList<>(cluster.nodes());
      Collections.shuffle(nodes, random);
      return new Harmed(nodes.get(0), nodes.get(1).id(), groups, new Random(random.nextLong()));
    }
  }

  void begin(RunningCluster cluster, Harmed harmed) {
    begin.accept(cluster, harmed);
  }

  void end(RunningCluster cluster, Harmed harmed) {
    end.accept(cluster, harmed);
  }

  /** In words, for people. */
  String describe(Harmed harmed) {
    return this == KILL_ALL || this == FULL_DISK || this == MEMBERS
        ? words
        : harmed.node() + ": " + words;
  }

  /** Whether it ends processes: two of these at once would end what does not run. */
  boolean endsProcesses() {
    return this == KILL || this == KILL_ALL || this == STOP || this == EMPTY_DISK;
  }

  /** Whether it takes a copy of everything: two of these in turn may take all there are. */
  boolean takesACopy() {
    return this == EMPTY_DISK;
  }

  /** As a command line names it. */
  String option() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * @throws IllegalArgumentException if there is none of that name
   */
  static Fault ofOption(String option) {
    return Arrays.stream(values())
        .filter(fault -> fault.option().equals(option))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no fault is called " + option));
  }

  private static void start(RunningCluster cluster, Harmed harmed) {
    if (!harmed.node().isAlive()) {
      harmed.node().start();
    }
  }

  private static void mend(RunningCluster cluster, Harmed harmed) {
    cluster.network().around(harmed.id()).forEach(Link::mend);
  }

  private static void flap(RunningCluster cluster, Harmed harmed) {
    int flaps = 2 + harmed.random().nextInt(FLAPS_MAX);
    for (int i = 0; i < flaps; i++) {
      cluster.network().around(harmed.id()).forEach(Link::cut);
      pause(harmed.random());
      mend(cluster, harmed);
      pause(harmed.random());
    }
  }

  private static void pause(Random random) {
    try {
      Thread.sleep(random.nextInt(FLAP_MILLIS_MAX));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
