package clients;

import clients.history.GroupHistory;
import clients.history.History;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The command behind {@code bench/chaos}. Exit status 1: something was wrong; 2: wrong arguments.
 */
public final class ChaosMain {
  private static final int ANOMALIES_SHOWN = 50;
  private static final String USAGE =
      """
      usage: chaos --minutes N [--seed S] [--faults F,F,...] [--rate R]

        --minutes N   for how long faults strike; may be a fraction
        --seed S      the schedule of an earlier run again; default: a new one
        --faults F    only these of: %s
        --rate R      records that each of two producers sends in a second; default 250
      """
          .formatted(String.join(", ", Chaos.faultOptions()));

  private ChaosMain() {}

  public static void main(String[] arguments) {
    Chaos.Plan plan;
    try {
      plan = plan(new ArrayDeque<>(List.of(arguments)));
    } catch (IllegalArgumentException mistaken) {
      System.err.println("chaos: " + mistaken.getMessage());
      System.err.print(USAGE);
      System.exit(2);
      return;
    }
    Chaos.Report report = Chaos.run(plan, System.out::println);
    History history = report.history();
    System.out.printf(
        "%d rounds of faults; %d sends: %d acknowledged, %d unknown, %d failed%n",
        report.rounds(),
        history.sends().size(),
        history.ackedCount(),
        history.unknownCount(),
        history.failedCount());
    report.groups().forEach(ChaosMain::summary);
    report.wrong().stream().limit(ANOMALIES_SHOWN).forEach(System.out::println);
    System.out.println(
        report.wrong().isEmpty()
            ? "nothing wrong"
            : report.wrong().size() + " wrong; seed " + plan.seed());
    System.exit(report.wrong().isEmpty() ? 0 : 1);
  }

  private static void summary(GroupHistory group) {
    System.out.printf(
        "group %s: %d times a partition was assigned; %d commits: %d done, %d unknown, %d refused;"
            + " %d questions for what is committed%n",
        group.group(),
        group.stints().size(),
        group.commits().size(),
        group.count(GroupHistory.Ending.DONE),
        group.count(GroupHistory.Ending.UNKNOWN),
        group.count(GroupHistory.Ending.REFUSED),
        group.lookups().size());
  }

  private static Chaos.Plan plan(Deque<String> arguments) {
    double minutes = 0;
    int rate = 0;
    long seed = ThreadLocalRandom.current().nextLong(1_000_000);
    Set<Fault> faults = EnumSet.allOf(Fault.class);
    while (!arguments.isEmpty()) {
      String option = arguments.pop();
      if (arguments.isEmpty()) {
        throw new IllegalArgumentException(option + " needs a value");
      }
      String value = arguments.pop();
      switch (option) {
        case "--minutes" -> minutes = Double.parseDouble(value);
        case "--seed" -> seed = Long.parseLong(value);
        case "--rate" -> rate = Integer.parseInt(value);
        case "--faults" -> {
          faults.clear();
          Arrays.stream(value.split(",")).map(Fault::ofOption).forEach(faults::add);
        }
        default -> throw new IllegalArgumentException("unknown option " + option);
      }
    }
    if (minutes <= 0) {
      throw new IllegalArgumentException("--minutes says for how long");
    }
    Chaos.Plan plan = Chaos.Plan.of(seed, Duration.ofMillis((long) (minutes * 60_000)));
    return new Chaos.Plan(
        seed, plan.length(), faults, rate > 0 ? plan.workload().at(rate) : plan.workload());
  }
}
