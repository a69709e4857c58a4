package clients;

import static org.assertj.core.api.Assertions.assertThat;

import clients.history.GroupHistory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Random faults for some seconds; {@code bench/chaos} does the same for as long as one likes. */
class ChaosIT {
  private static final Duration LENGTH = Duration.ofSeconds(15);

  @Test
  void clientsSeeNothingThatALogCannotShow() {
    Assumptions.assumeTrue(BrokerProgram.isGranary(), "only Granary forms from a cluster file");
    List<String> told = Collections.synchronizedList(new ArrayList<>());
    long seed = Long.getLong("chaos.seed", ThreadLocalRandom.current().nextLong(1_000_000));

    Chaos.Report report = Chaos.run(Chaos.Plan.of(seed, LENGTH), told::add);

    assertThat(report.wrong()).as("what was wrong%n%s", String.join("\n", told)).isEmpty();
    assertThat(report.history().ackedCount()).isPositive();
    assertThat(report.groups())
        .hasSize(2)
        .allSatisfy(group -> assertThat(group.count(GroupHistory.Ending.DONE)).isPositive());
  }
}
