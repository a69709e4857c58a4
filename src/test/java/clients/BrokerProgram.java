package clients;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How a broker of some make is configured and launched. */
interface BrokerProgram {
  /** A command line, and what its environment has beside the tests' own. */
  record Launch(List<String> command, Map<String, String> environment) {}

  /**
   * @param home a directory of this broker's own; what is written stays inside
   * @param ports four free ones; the first is where Kafka clients connect
   * @return how to launch one broker that runs in the foreground
   */
  Launch prepare(Path home, BrokerSettings settings, List<Integer> ports) throws IOException;

  /** Where the partitions' directories are, if the settings do not name a place. */
  Path dataDirectory(Path home);

  static BrokerProgram chosen() {
    String kafka = System.getProperty("clients.kafka");
    return kafka == null ? new Granary() : new ApacheKafka(Path.of(kafka));
  }

  /** Tests about what only Granary has call this first. */
  static boolean isGranary() {
    return System.getProperty("clients.kafka") == null;
  }

  /** The packaged product. */
  record Granary() implements BrokerProgram {
    /** The checkout that the tests belong to. */
    static Path checkout() {
      return Path.of(System.getProperty("granary.home", ".")).toAbsolutePath().normalize();
    }

    /** {@code bin/granary} with these arguments, running what was packaged. */
    static Launch command(BrokerSettings settings, List<String> arguments) {
      if (!Files.exists(checkout().resolve("target/granary.jar"))) {
        throw new IllegalStateException("no target/granary.jar: run mvn package first");
      }
      List<String> command = new ArrayList<>();
      command.add(checkout().resolve("bin/granary").toString());
      command.addAll(arguments);
      return new Launch(
          command,
          Map.of(
              "GRANARY_BUILD",
              "never",
              "GRANARY_HEAP",
              settings.heap(),
              "GRANARY_JVM",
              String.join(" ", settings.jvm()),
              "JAVA_HOME",
              settings.javaHome().toString()));
    }

    @Override
    public Launch prepare(Path home, BrokerSettings settings, List<Integer> ports)
        throws IOException {
      StringBuilder broker = new StringBuilder();
      settings
          .configs()
          .forEach((key, value) -> broker.append("  %s = \"%s\"%n".formatted(key, value)));
      Path conf = home.resolve("cluster.conf");
      Files.writeString(
          conf,
          """
          nodes = [
            { id = %d, kafka-port = %d, remoting-port = %d, %s admin-port = %d, data = "%s" }
          ]
          broker {
          %s}
          """
              .formatted(
                  settings.brokerId(),
                  ports.get(0),
                  ports.get(1),
                  settings.grpc() ? "grpc-port = " + ports.get(2) + "," : "",
                  ports.get(3),
                  settings.dataDirectory().orElse(dataDirectory(home)),
                  broker));
      return command(
          settings,
          List.of(
              "start",
              "--config",
              conf.toString(),
              "--node",
              Integer.toString(settings.brokerId())));
    }

    @Override
    public Path dataDirectory(Path home) {
      return home.resolve("data");
    }
  }

  /**
   * One node of Apache Kafka, broker and controller at once.
   *
   * @param jars directory of its jars
   */
  record ApacheKafka(Path jars) implements BrokerProgram {
    @Override
    public Launch prepare(Path home, BrokerSettings settings, List<Integer> ports)
        throws IOException {
      Path properties = home.resolve("server.properties");
      Path data = settings.dataDirectory().orElse(dataDirectory(home));
      StringBuilder text =
          new StringBuilder(
              """
              process.roles=broker,controller
              node.id=%1$d
              controller.quorum.voters=%1$d@127.0.0.1:%3$d
              listeners=PLAINTEXT://127.0.0.1:%2$d,CONTROLLER://127.0.0.1:%3$d
              advertised.listeners=PLAINTEXT://127.0.0.1:%2$d
              listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
              controller.listener.names=CONTROLLER
              log.dirs=%4$s
              offsets.topic.replication.factor=1
              transaction.state.log.replication.factor=1
              transaction.state.log.min.isr=1
              group.consumer.min.heartbeat.interval.ms=1
              group.consumer.min.session.timeout.ms=1
              """
                  .formatted(settings.brokerId(), ports.get(0), ports.get(1), data));
      for (Map.Entry<String, String> config : settings.configs().entrySet()) {
        text.append(config.getKey()).append('=').append(config.getValue()).append('\n');
      }
      Files.writeString(properties, text);
      if (!Files.exists(data.resolve("meta.properties"))) {
        ChildProcess.run(
                List.of(
                    settings.java(),
                    "-cp",
                    jars + "/*",
                    "kafka.tools.StorageTool",
                    "format",
                    "-t",
                    "clientsTestCluster0001",
                    "-c",
                    properties.toString()))
            .succeeded();
      }
      List<String> command = new ArrayList<>();
      command.add(settings.java());
      command.add(settings.heap());
      command.addAll(settings.jvm());
      command.addAll(List.of("-cp", jars + "/*", "kafka.Kafka", properties.toString()));
      return new Launch(command, Map.of());
    }

    @Override
    public Path dataDirectory(Path home) {
      return home.resolve("data");
    }
  }
}
