package clients;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a test wants of its broker.
 *
 * @param configs broker-wide settings by Kafka's names
 * @param heap of its JVM: by default one that a bomb would burst
 * @param jvm further options of its JVM: by default the mode that starts fastest
 * @param javaHome the JDK that runs it: by default the one that runs the tests
 * @param dataDirectory empty: one of its own
 * @param grpc whether it serves gRPC clients too
 */
record BrokerSettings(
    int brokerId,
    Map<String, String> configs,
    String heap,
    List<String> jvm,
    Path javaHome,
    Optional<Path> dataDirectory,
    boolean grpc) {

  BrokerSettings {
    configs = Collections.unmodifiableMap(new TreeMap<>(configs));
    jvm = List.copyOf(jvm);
  }

  static BrokerSettings defaults() {
    return new BrokerSettings(
        1,
        Map.of(),
        "-Xmx256m",
        List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
        Path.of(System.getProperty("java.home")),
        Optional.empty(),
        false);
  }

  BrokerSettings with(String config, String value) {
    Map<String, String> more = new TreeMap<>(configs);
    more.put(config, value);
    return new BrokerSettings(brokerId, more, heap, jvm, javaHome, dataDirectory, grpc);
  }

  BrokerSettings withBrokerId(int id) {
    return new BrokerSettings(id, configs, heap, jvm, javaHome, dataDirectory, grpc);
  }

  BrokerSettings withDataDirectory(Path directory) {
    return new BrokerSettings(brokerId, configs, heap, jvm, javaHome, Optional.of(directory), grpc);
  }

  BrokerSettings withJavaHome(Path home) {
    return new BrokerSettings(brokerId, configs, heap, jvm, home, dataDirectory, grpc);
  }

  BrokerSettings withGrpc() {
    return new BrokerSettings(brokerId, configs, heap, jvm, javaHome, dataDirectory, true);
  }

  /** The java executable. */
  String java() {
    return javaHome.resolve("bin/java").toString();
  }
}
