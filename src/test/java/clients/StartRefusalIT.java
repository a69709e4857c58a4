package clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A start that cannot be right ends at once, with one sentence that says why. */
class StartRefusalIT {
  @BeforeAll
  static void onlyGranary() {
    assumeTrue(BrokerProgram.isGranary(), "about Granary's own command line");
  }

  @Test
  void refusesADataDirectoryThatAnotherProcessUses() {
    try (RunningBroker first = RunningBroker.start(BrokerSettings.defaults())) {
      ChildProcess.Finished second =
          RunningBroker.startRefused(
              BrokerSettings.defaults().withDataDirectory(first.dataDirectory()));

      assertRefused(second, first.dataDirectory().toString());
      first.assertUnharmed();
      Clients.send(first, Clients.newTopic(first, "still-here"), "yes");
    }
  }

  @Test
  void refusesTheDataDirectoryOfAnotherBroker(@TempDir Path data) {
    BrokerSettings one = BrokerSettings.defaults().withDataDirectory(data);
    try (RunningBroker first = RunningBroker.start(one)) {
      first.stop();
    }

    ChildProcess.Finished second = RunningBroker.startRefused(one.withBrokerId(2));

    assertRefused(second, data.toString());
    assertThat(second.err()).contains("1").contains("2");
  }

  @Test
  void refusesASettingThatDoesNotExist() {
    assertRefused(
        RunningBroker.startRefused(BrokerSettings.defaults().with("log.retention.mss", "1000")),
        "log.retention.mss");
  }

  @Test
  void refusesASettingThatMakesNoSense() {
    assertRefused(
        RunningBroker.startRefused(BrokerSettings.defaults().with("num.partitions", "-4")),
        "num.partitions");
  }

  @Test
  void refusesAPortThatIsTaken() {
    try (RunningBroker first = RunningBroker.start(BrokerSettings.defaults())) {
      BrokerProgram.Launch launch =
          BrokerProgram.Granary.command(
              BrokerSettings.defaults(),
              List.of(
                  "start",
                  "--data",
                  first.dataDirectory().resolveSibling("other-data").toString(),
                  "--port",
                  Integer.toString(first.port())));
      try (ChildProcess second = ChildProcess.start(launch.command(), launch.environment())) {
        assertRefused(second.finish(), Integer.toString(first.port()));
      }
    }
  }

  private static void assertRefused(ChildProcess.Finished start, String names) {
    assertThat(start.exitCode()).as(start.said()).isNotZero();
    assertThat(start.err()).contains(names);
    assertThat(start.said()).doesNotContain("\tat ").doesNotContain("Exception");
    assertThat(start.err().lines().filter(line -> !line.isBlank()).count())
        .as("lines said: %s", start.said())
        .isLessThanOrEqualTo(3);
  }
}
