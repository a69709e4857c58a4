package simulation;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;

/** Runs many seeds, some at once, and counts what comes of them. */
final class Runs {
  private static final long REPORT_NANOS = 30_000_000_000L;

  private final Simulation.Order order;
  private final PrintStream out;
  private final AtomicLong nextSeed;
  private final TreeSet<Long> failed = new TreeSet<>();
  private final long startedNanos = System.nanoTime();
  private long saidNanos = startedNanos;
  private long runs;
  private long lossy;
  private long events;
  private long acknowledged;

  Runs(Simulation.Order order, PrintStream out) {
    this.order = order;
    this.out = out;
    this.nextSeed = new AtomicLong(order.first());
  }

  /** Until all have been run. */
  void run() throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < order.threads(); i++) {
      threads.add(new Thread(this::runOneAfterTheOther, "simulation-" + i));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    say("");
  }

  private void runOneAfterTheOther() {
    long end = order.first() + order.runs();
    for (long seed = nextSeed.getAndIncrement(); seed < end; seed = nextSeed.getAndIncrement()) {
      World world = order.world(seed);
      try {
        world.runAll();
        passed(seed, world);
      } catch (SimulationFailure failure) {
        failed(seed, world, failure);
      }
    }
  }

  private synchronized void passed(long seed, World world) {
    if (order.trace()) {
      out.println("seed " + seed + " " + world.history() + " hash " + world.traceHash());
    }
    count(world);
  }

  private synchronized void failed(long seed, World world, SimulationFailure failure) {
    failed.add(seed);
    String text = failure.getMessage();
    out.println(
        "seed " + seed + " FAILED: " + (order.trace() ? text : text.lines().limit(2).toList()));
    if (order.trace() && failure.getCause() != null) {
      failure.getCause().printStackTrace(out);
    }
    count(world);
  }

  private void count(World world) {
    runs++;
    lossy += world.mayHaveLost() ? 1 : 0;
    events += world.eventCount();
    acknowledged += world.history().acknowledged().size();
    if (System.nanoTime() - saidNanos > REPORT_NANOS) {
      saidNanos = System.nanoTime();
      say("so far: ");
    }
  }

  private void say(String when) {
    double seconds = (System.nanoTime() - startedNanos) / 1e9;
    out.printf(
        "%s%d seeds in %.0f s, %.1f a second; %d where loss was allowed by design, %d events, %d"
            + " batches acknowledged, %d failed%s%n",
        when,
        runs,
        seconds,
        runs / seconds,
        lossy,
        events,
        acknowledged,
        failed.size(),
        failed.isEmpty() ? "" : " " + failed);
  }

  boolean hasFailed() {
    return !failed.isEmpty();
  }
}
