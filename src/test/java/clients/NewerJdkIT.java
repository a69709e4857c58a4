package clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/**
 * The jar that JDK 17 built runs on JDK 25 as well. That one is taken from {@code -Dclients.jdk25}
 * or {@code JAVA_HOME_25}, else from where distributions put it.
 */
class NewerJdkIT {
  @Test
  void servesARoundTripAndARestartOnJdk25() throws IOException {
    Optional<Path> jdk = jdk25();
    assumeTrue(jdk.isPresent(), "this machine has no JDK 25");

    try (RunningBroker broker =
        RunningBroker.start(BrokerSettings.defaults().withJavaHome(jdk.get()))) {
      String topic = Clients.newTopic(broker, "newer-jdk");
      Clients.send(broker, topic, "before");
      assertThat(broker.stop().exitCode()).isIn(0, 143);
      broker.restart();
      Clients.send(broker, topic, "after");

      assertThat(Clients.readAll(broker, new TopicPartition(topic, 0)))
          .extracting(record -> record.value())
          .containsExactly("before", "after");
      assertThat(broker.said()).doesNotContain("WARNING");
    }
  }

  private static Optional<Path> jdk25() throws IOException {
    for (String said :
        List.of(
            System.getProperty("clients.jdk25", ""),
            Optional.ofNullable(System.getenv("JAVA_HOME_25")).orElse(""))) {
      if (!said.isEmpty()) {
        return Optional.of(Path.of(said));
      }
    }
    Path installed = Path.of("/usr/lib/jvm");
    if (!Files.isDirectory(installed)) {
      return Optional.empty();
    }
    try (Stream<Path> homes = Files.list(installed)) {
      return homes
          .filter(home -> home.getFileName().toString().matches(".*\\b25\\b.*"))
          .filter(home -> Files.isExecutable(home.resolve("bin/java")))
          .findFirst();
    }
  }
}
