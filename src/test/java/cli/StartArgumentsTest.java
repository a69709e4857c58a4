package cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StartArgumentsTest {
  private static Optional<NodeChoice> parse(String line) {
    return StartArguments.parse(line.split(" ", -1));
  }

  @Test
  void readsEveryOptionInItsPlainForm() {
    assertThat(
            parse(
                "start --set a=b --node 2 --config c.conf --set c=d=e --data d --port 9 --grpc-port 8"))
        .contains(
            new NodeChoice(
                Optional.of(2),
                Optional.of(Path.of("c.conf")),
                Optional.of(Path.of("d")),
                Optional.of(9),
                Optional.of(8),
                Map.of("a", "b", "c", "d=e")));
  }

  @Test
  void readsAStartWithoutAnything() {
    assertThat(parse("start")).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "topic",
        "start --help",
        "start --node",
        "start --node=1",
        "start --node x",
        "start --node 1 --node 2",
        "start --port 0",
        "start --grpc-port 70000",
        "start --data --port",
        "start --set x",
        "start --set x=",
        "start --set x=1 --set x=2",
        "start --nod 1",
        "start --verbose"
      })
  void leavesEverythingElseToTheLibrary(String line) {
    assertThat(parse(line)).isEmpty();
  }
}
