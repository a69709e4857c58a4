package actors.group.classic;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;

/**
 * A coordinator and consumers in virtual time: one queue, one source of chance. After each event
 * the rules of {@link SimRules} are checked.
 */
final class SimWorld {
  static final int SESSION_MILLIS = 10_000;
  static final int REBALANCE_MILLIS = 20_000;
  private static final int FAULTS_MILLIS = 150_000;
  private static final int CALM_MILLIS_MAX = 300_000;
  private static final int LATE_MILLIS_MAX = 15_000;
  private static final int TRACE_LINES = Integer.getInteger("group.lines", 120);

  private record Due(long atMillis, long number, Runnable action) {}

  final long seed;
  final Random random;
  final TreeMap<String, Integer> partitionCounts = new TreeMap<>();
  final SimRules rules = new SimRules(this);
  final SimCoordinator coordinator;
  final List<SimConsumer> consumers = new ArrayList<>();
  private final PriorityQueue<Due> queue =
      new PriorityQueue<>(Comparator.comparingLong(Due::atMillis).thenComparingLong(Due::number));
  private final Deque<String> lastLines = new ArrayDeque<>();
  private final double lossRate;
  private final double lateRate;
  private long now;
  private long sequence;
  private long traceHash;
  private boolean calm;

  SimWorld(long seed) {
    this.seed = seed;
    random = new Random(seed);
    lossRate = random.nextInt(3) * 0.01;
    lateRate = random.nextInt(3) * 0.01;
    partitionCounts.put("a", 1 + random.nextInt(6));
    partitionCounts.put("b", 1 + random.nextInt(3));
    coordinator = new SimCoordinator(this);
    int count = 1 + random.nextInt(6);
    for (int i = 0; i < count; i++) {
      boolean isStatic = random.nextInt(3) == 0;
      consumers.add(
          new SimConsumer(this, "c" + i, isStatic ? Optional.of("i" + i) : Optional.empty()));
    }
  }

  /** Faults for a while, then none: by a time that is known before, all is well. */
  void run() {
    coordinator.start();
    for (SimConsumer consumer : consumers) {
      after(random.nextInt(5_000), consumer::start);
      after(random.nextInt(20_000), () -> trouble(consumer));
    }
    after(random.nextInt(40_000), this::troubleCoordinator);
    runUntil(FAULTS_MILLIS);
    calm = true;
    trace("calm");
    coordinator.heal();
    consumers.forEach(SimConsumer::heal);
    long end = now + CALM_MILLIS_MAX;
    while (now < end && !rules.allIsWell()) {
      step();
    }
    if (!rules.allIsWell()) {
      fail(
          "not all is well though nothing was wrong for "
              + CALM_MILLIS_MAX
              + " ms: "
              + rules.why());
    }
    // Being well lasts.
    long settled = now + 3 * SESSION_MILLIS;
    while (now < settled) {
      step();
    }
    rules.checkStill();
  }

  private void runUntil(long end) {
    while (now < end) {
      step();
    }
  }

  private void step() {
    Due due = queue.remove();
    now = due.atMillis();
    due.action().run();
    rules.checkAfterEvent();
  }

  private void trouble(SimConsumer consumer) {
    if (!calm) {
      consumer.sufferSomething();
      after(500 + random.nextInt(30_000), () -> trouble(consumer));
    }
  }

  private void troubleCoordinator() {
    if (!calm) {
      if (random.nextInt(4) == 0 && leadersNoticeGrowth()) {
        partitionCounts.merge("b", 1, Integer::sum);
        trace("topic b has " + partitionCounts.get("b") + " partitions");
      } else {
        coordinator.crash(random.nextInt(4_000));
      }
      after(1_000 + random.nextInt(60_000), this::troubleCoordinator);
    }
  }

  /** A static leader that comes back does not know of how many partitions it once assigned. */
  private boolean leadersNoticeGrowth() {
    return consumers.stream().allMatch(consumer -> consumer.instanceId().isEmpty());
  }

  void after(long millis, Runnable action) {
    queue.add(new Due(now + millis, sequence++, action));
  }

  /** One way over the network: it takes its time, comes late, twice or never. */
  void deliver(Runnable message, boolean mayDouble) {
    if (!calm && random.nextDouble() < lossRate) {
      return;
    }
    after(transit(), message);
    if (!calm && mayDouble && random.nextDouble() < lossRate) {
      after(transit(), message);
    }
  }

  private int transit() {
    boolean late = !calm && random.nextDouble() < lateRate;
    return 1 + random.nextInt(late ? LATE_MILLIS_MAX : 30);
  }

  boolean isCalm() {
    return calm;
  }

  long now() {
    return now;
  }

  long traceHash() {
    return traceHash;
  }

  void trace(String line) {
    String stamped = now + " " + line;
    traceHash = traceHash * 31 + stamped.hashCode();
    lastLines.addLast(stamped);
    if (lastLines.size() > TRACE_LINES) {
      lastLines.removeFirst();
    }
  }

  void fail(String why) {
    throw new AssertionError(
        "seed " + seed + " at " + now + " ms: " + why + "\n" + String.join("\n", lastLines));
  }
}
