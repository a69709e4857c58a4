package cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** Runs commands on a console of byte arrays. */
final class TestConsole {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Map<String, String> environment = new TreeMap<>();
  private BrokerLauncher launcher =
      (overrides, settings) ->
          CompletableFuture.failedFuture(new IllegalStateException("no broker in this test"));

  TestConsole with(BrokerLauncher launcher) {
    this.launcher = launcher;
    return this;
  }

  TestConsole with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  int run(String... arguments) {
    return Main.run(new Services(console(), launcher), arguments);
  }

  Console console() {
    return new Console(
        new ByteArrayInputStream(new byte[0]),
        new PrintStream(out, false, UTF_8),
        new PrintStream(err, true, UTF_8),
        false,
        environment);
  }

  String out() {
    return out.toString(UTF_8);
  }

  String err() {
    return err.toString(UTF_8);
  }
}
