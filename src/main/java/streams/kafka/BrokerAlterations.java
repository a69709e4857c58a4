package streams.kafka;

import actors.Outcome;
import actors.config.DynamicBrokerConfigs;
import actors.controller.ClusterMetadata;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.protocol.Errors;

/** What IncrementalAlterConfigs asks for of running brokers. */
final class BrokerAlterations {
  private BrokerAlterations() {}

  /**
   * @param brokerId or {@link ClusterMetadata#ALL_BROKERS}
   * @param changes by setting; an empty value takes it off
   */
  record Alteration(int brokerId, Map<String, Optional<String>> changes) {}

  /** Refuses at once what no broker can change; the rest is for the controller to say. */
  static Outcome<Alteration> of(AlterConfigsResource resource) {
    Map<String, Optional<String>> changes = new TreeMap<>();
    for (AlterableConfig config : resource.configs()) {
      boolean sets = config.configOperation() == OpType.SET.id();
      if (!sets && config.configOperation() != OpType.DELETE.id()) {
        return Outcome.refused(
            Errors.INVALID_REQUEST, "%s is no list: set it, or delete it", config.name());
      }
      if (sets && config.value() == null) {
        return Outcome.refused(Errors.INVALID_REQUEST, "%s has no value", config.name());
      }
      if (changes.put(config.name(), sets ? Optional.of(config.value()) : Optional.empty())
          != null) {
        return Outcome.refused(Errors.INVALID_REQUEST, "%s is changed twice", config.name());
      }
    }
    return DynamicBrokerConfigs.changed(Map.of(), changes)
        .fold(
            fitting -> brokerId(resource.resourceName()),
            refused -> new Outcome.Refused<Integer>(refused.error(), refused.message()))
        .fold(
            brokerId -> Outcome.accepted(new Alteration(brokerId, changes)),
            refused -> new Outcome.Refused<>(refused.error(), refused.message()));
  }

  private static Outcome<Integer> brokerId(String name) {
    if (name.isEmpty()) {
      return Outcome.accepted(ClusterMetadata.ALL_BROKERS);
    }
    return name.matches("[0-9]{1,9}")
        ? Outcome.accepted(Integer.parseInt(name))
        : Outcome.refused(Errors.INVALID_REQUEST, "'%s' is no broker id", name);
  }
}
