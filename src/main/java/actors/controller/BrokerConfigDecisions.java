package actors.controller;

import actors.config.DynamicBrokerConfigs;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;

/** What becomes of a wish about settings of running brokers. */
final class BrokerConfigDecisions {
  private BrokerConfigDecisions() {}

  /**
   * @param brokerId or {@link ClusterMetadata#ALL_BROKERS}
   * @param changes by name of the setting; empty takes it off
   */
  static Decision<Controller.Altered> alter(
      ClusterMetadata image, int brokerId, Map<String, Optional<String>> changes) {
    if (brokerId != ClusterMetadata.ALL_BROKERS && !image.brokers().containsKey(brokerId)) {
      return Decision.refused(
          Errors.INVALID_REQUEST, "There is no broker %d whose settings could change.", brokerId);
    }
    Map<String, String> present = image.configsOf(brokerId);
    return Decision.of(
        DynamicBrokerConfigs.changed(present, changes),
        configs ->
            configs.equals(present)
                ? Decision.alreadySo(new Controller.Altered(image.version()))
                : Decision.accepted(
                    List.of(new MetadataFact.BrokerConfigChanged(brokerId, configs)),
                    new Controller.Altered(image.version() + 1)));
  }
}
