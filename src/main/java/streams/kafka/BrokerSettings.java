package streams.kafka;

import actors.InvariantViolation;
import actors.broker.Node;
import actors.config.BrokerConfigs;

/** The settings of this broker, typed. */
final class BrokerSettings {
  private BrokerSettings() {}

  /** They were checked when the broker started. Parses them: not for each produce or fetch. */
  static BrokerConfigs of(Node node) {
    return BrokerConfigs.of(node.settings().brokerConfigs())
        .fold(
            configs -> configs,
            refused -> {
              throw new InvariantViolation("unchecked broker settings: " + refused.message());
            });
  }
}
