package cli;

import static org.assertj.core.api.Assertions.assertThat;

import actors.InvariantViolation;
import actors.broker.NodeSettings;
import com.typesafe.config.Config;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandsTest {
  private final TestConsole console = new TestConsole();
  @TempDir Path directory;

  private static String[] words(String line) {
    return line.split(" ", -1);
  }

  @Nested
  class OfHelp {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "--help",
          "start --help",
          "quickstart --help",
          "topic --help",
          "topic create --help",
          "topic list --help",
          "topic describe --help",
          "topic delete --help",
          "group --help",
          "group list --help",
          "group describe --help",
          "group reset-offsets --help",
          "group delete --help",
          "produce --help",
          "consume --help",
          "log --help",
          "log dump --help",
          "completion --help"
        })
    void everyCommandExplainsItself(String line) {
      int status = console.run(words(line));

      assertThat(status).isEqualTo(ExitCode.OK);
      assertThat(console.out())
          .startsWith(
              "Usage: granary"
                  + line.replace("--help", "").stripTrailing().indent(1).stripTrailing());
      assertThat(console.err()).isEmpty();
    }

    @Test
    void theVersionNamesTheProgramAndItsJava() {
      assertThat(console.run("--version")).isEqualTo(ExitCode.OK);
      assertThat(console.out()).contains("granary ").contains("Java ");
    }

    @Test
    void theTrainingRunIsNotAdvertised() {
      console.run("--help");

      assertThat(console.out()).doesNotContain("train");
    }

    @Test
    void theCompletionScriptKnowsTheCommands() {
      assertThat(console.run("completion")).isEqualTo(ExitCode.OK);
      assertThat(console.out()).contains("granary").contains("quickstart").contains("--follow");
    }
  }

  @Nested
  class OfAMistake {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "",
          "strat",
          "start --nod 1",
          "start --port 0",
          "start --port 99999",
          "start --node one",
          "start --set num.partition=3",
          "start --set broker.id=3",
          "start --config cluster.conf",
          "start --config cluster.conf --node 9",
          "start --config cluster.conf --node 1 --port 5",
          "topic",
          "topic create",
          "group",
          "group describe",
          "group reset-offsets g",
          "group reset-offsets g --to yesterday",
          "group reset-offsets g --to +",
          "produce",
          "produce t --acks 2",
          "produce t --compression zip",
          "produce t --bootstrap nowhere",
          "consume",
          "consume t --from yesterday",
          "consume t --json --format x",
          "consume t --format {values}",
          "consume t --timeout 0",
          "quickstart --key a --key-column b",
          "quickstart --key (",
          "quickstart --brokers 0",
          "quickstart --brokers 2",
          "quickstart --brokers 99",
          "log"
        })
    void isAnsweredWithASentenceAndStatusTwo(String line) {
      int status = console.run(line.isEmpty() ? new String[0] : words(line));

      assertThat(status).isEqualTo(ExitCode.USAGE);
      assertThat(console.err()).startsWith("granary: ").doesNotContain("\tat ");
      assertThat(console.out()).isEmpty();
    }

    @Test
    void aMistypedCommandIsCompared() {
      console.run("quikstart");

      assertThat(console.err()).contains("quickstart");
    }

    @Test
    void theTraceIsShownOnlyWhenAskedFor() {
      console.run("start", "--data", directory.toString());
      assertThat(console.err()).doesNotContain("\tat ");

      console.run("start", "--data", directory.toString(), "--verbose");
      assertThat(console.err()).contains("\tat ");
    }

    @Test
    void theEnvironmentMayAskForTheTraceToo() {
      console.with("GRANARY_DEBUG", "1").run("start", "--data", directory.toString());

      assertThat(console.err()).contains("\tat ");
    }
  }

  @Nested
  class OfWhatIsNotThere {
    @ParameterizedTest
    @ValueSource(strings = {"topic list", "consume t", "produce t", "topic create t"})
    void aBrokerThatDoesNotAnswerIsStatusThree(String line) {
      int status =
          console.with("GRANARY_BOOTSTRAP", "127.0.0.1:" + Ports.anyFree()).run(words(line));

      assertThat(status).isEqualTo(ExitCode.UNREACHABLE);
      assertThat(console.err()).contains("no broker answers at 127.0.0.1:");
    }

    @Test
    void aFileThatDoesNotExistIsStatusFour() {
      assertThat(console.run("quickstart", directory.resolve("none.csv").toString()))
          .isEqualTo(ExitCode.NOT_FOUND);
      assertThat(console.run("log", "dump", directory.resolve("none").toString()))
          .isEqualTo(ExitCode.NOT_FOUND);
    }
  }

  @Nested
  class OfStarting {
    private final AtomicReference<NodeSettings> settings = new AtomicReference<>();
    private final AtomicReference<Config> overrides = new AtomicReference<>();

    private int start(String... arguments) {
      return console
          .with(
              (config, node) -> {
                overrides.set(config);
                settings.set(node);
                return CompletableFuture.failedFuture(new BindException("Address in use"));
              })
          .run(arguments);
    }

    @Test
    void withoutAFileABrokerOfItsOwnStartsOnLoopback() {
      start("start", "--data", directory.toString(), "--set", "num.partitions=4");

      assertThat(settings.get().brokerId()).isEqualTo(1);
      assertThat(settings.get().host()).isEqualTo("127.0.0.1");
      assertThat(settings.get().kafkaPort()).isEqualTo(9092);
      assertThat(settings.get().dataDirectory()).isEqualTo(directory.toAbsolutePath());
      assertThat(settings.get().brokerConfigs()).containsEntry("num.partitions", "4");
      assertThat(overrides.get().hasPath("granary.cluster")).isFalse();
    }

    @Test
    void aNodeOfAFileStartsAsTheFileSays() {
      start("start", "--config", "cluster.conf", "--node", "2", "--set", "num.partitions=4");

      assertThat(settings.get().brokerId()).isEqualTo(2);
      assertThat(settings.get().kafkaPort()).isEqualTo(9093);
      assertThat(settings.get().rack()).contains("b");
      assertThat(settings.get().brokerConfigs())
          .containsEntry("num.partitions", "4")
          .containsEntry("auto.create.topics.enable", "true")
          .containsEntry("default.replication.factor", "3")
          .containsEntry("min.insync.replicas", "2");
      assertThat(overrides.get().getConfigList("granary.cluster.nodes")).hasSize(3);
      assertThat(overrides.get().getIntList("granary.cluster.journal-voters"))
          .containsExactly(1, 2, 3);
    }

    @Test
    void theEnvironmentNamesTheDataDirectoryWhereTheCommandDoesNot() {
      console.with("GRANARY_DATA", directory.resolve("there").toString());

      start("start");

      assertThat(settings.get().dataDirectory())
          .isEqualTo(directory.resolve("there").toAbsolutePath());
    }

    @Test
    void aPortInUseIsASentenceAndStatusOne() {
      assertThat(start("start", "--data", directory.toString())).isEqualTo(ExitCode.FAILED);
      assertThat(console.err()).contains("a port is taken by another program");
    }

    @Test
    void whatTheBrokerSaysItselfIsShownAsTheSentenceItIs() {
      console.with(
          (config, node) ->
              CompletableFuture.failedFuture(
                  new CompletionException(new InvariantViolation("a sentence of the broker's"))));

      assertThat(console.run("start", "--data", directory.toString())).isEqualTo(ExitCode.FAILED);
      assertThat(console.err()).isEqualTo("granary: a sentence of the broker's\n");
    }

    @Test
    void aMistakeInTheFileIsStatusTwoWithItsPlace() throws IOException {
      Path file = directory.resolve("c.conf");
      Files.writeString(file, "nodes = [\n{ id = 1, prot = 5 } ]");

      assertThat(start("start", "--config", file.toString())).isEqualTo(ExitCode.USAGE);
      assertThat(console.err()).contains(file + ":2").contains("prot");
      assertThat(settings.get()).isNull();
    }
  }
}
