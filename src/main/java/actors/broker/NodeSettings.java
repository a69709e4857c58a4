package actors.broker;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What cluster.conf (or the embedded defaults) says of this node.
 *
 * @param brokerConfigs broker-wide settings by Kafka's names, such as {@code
 *     auto.create.topics.enable}, {@code num.partitions}, {@code log.retention.ms}, {@code
 *     message.max.bytes}; checked against {@code actors.config.BrokerConfigs}
 */
public record NodeSettings(
    int brokerId,
    String host,
    int remotingPort,
    int kafkaPort,
    String advertisedHost,
    Optional<String> rack,
    Path dataDirectory,
    Map<String, String> brokerConfigs) {

  /** Where the partitions' directories are, in Kafka's layout. */
  public Path logDirectory() {
    return dataDirectory.resolve("logs");
  }

  /** Where this node's share of the metadata journal is. */
  public Path journalDirectory() {
    return dataDirectory.resolve("journal");
  }
}
