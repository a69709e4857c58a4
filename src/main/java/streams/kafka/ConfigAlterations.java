package streams.kafka;

import actors.Outcome;
import actors.config.BrokerConfigs;
import actors.config.EffectiveSetting;
import actors.config.EffectiveTopicConfig;
import actors.controller.ClusterMetadata;
import actors.controller.TopicImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.protocol.Errors;

/**
 * What the operations of IncrementalAlterConfigs come to: a new value, or none, for each setting.
 * Adding to a list and taking from it start from the list in force in this broker's image.
 */
final class ConfigAlterations {
  private final ClusterMetadata image;
  private final BrokerConfigs brokerConfigs;

  ConfigAlterations(ClusterMetadata image, BrokerConfigs brokerConfigs) {
    this.image = image;
    this.brokerConfigs = brokerConfigs;
  }

  /**
   * The changes by setting, an empty value for "back to the default"; whether they fit is for the
   * controller to say.
   */
  Outcome<Map<String, Optional<String>>> changes(AlterConfigsResource resource) {
    if (resource.resourceType() != ConfigResource.Type.TOPIC.id()) {
      return Outcome.refused(
          Errors.INVALID_REQUEST,
          "resources of type %s have no settings here",
          ConfigResource.Type.forId(resource.resourceType()));
    }
    Map<String, Optional<String>> changes = new TreeMap<>();
    for (AlterableConfig config : resource.configs()) {
      if (changes.containsKey(config.name())) {
        return Outcome.refused(Errors.INVALID_REQUEST, "%s is changed twice", config.name());
      }
      Outcome<Optional<String>> change = change(resource.resourceName(), config);
      if (change instanceof Outcome.Refused<Optional<String>> refused) {
        return new Outcome.Refused<>(refused.error(), refused.message());
      }
      changes.put(config.name(), change.fold(value -> value, refused -> Optional.empty()));
    }
    return Outcome.accepted(changes);
  }

  private Outcome<Optional<String>> change(String topic, AlterableConfig config) {
    OpType operation = OpType.forId(config.configOperation());
    if (operation == null) {
      return Outcome.refused(
          Errors.INVALID_REQUEST, "there is no operation %d", config.configOperation());
    }
    if (operation == OpType.DELETE) {
      return Outcome.accepted(Optional.empty());
    }
    if (config.value() == null) {
      return Outcome.refused(Errors.INVALID_REQUEST, "%s has no value", config.name());
    }
    return operation == OpType.SET
        ? Outcome.accepted(Optional.of(config.value()))
        : list(topic, config, operation);
  }

  private Outcome<Optional<String>> list(String topic, AlterableConfig config, OpType operation) {
    Optional<TopicImage> known = image.topic(topic);
    if (known.isEmpty()) {
      return Outcome.refused(Errors.UNKNOWN_TOPIC_OR_PARTITION, "there is no topic %s", topic);
    }
    EffectiveSetting inForce =
        EffectiveTopicConfig.of(known.get().configs(), brokerConfigs).setting(config.name());
    if (inForce == null || inForce.type() != ConfigDef.Type.LIST) {
      return Outcome.refused(Errors.INVALID_CONFIG, "%s is no list; set it instead", config.name());
    }
    List<String> members = new ArrayList<>(members(inForce.value()));
    if (operation == OpType.SUBTRACT) {
      members.removeAll(members(config.value()));
    } else {
      members(config.value()).stream()
          .filter(member -> !members.contains(member))
          .forEach(members::add);
    }
    return Outcome.accepted(Optional.of(String.join(",", members)));
  }

  private static List<String> members(String list) {
    return ((List<?>) ConfigDef.parseType("list", list, ConfigDef.Type.LIST))
        .stream().map(String.class::cast).toList();
  }
}
