package streams.kafka;

import actors.Outcome;
import actors.broker.Node;
import actors.config.BrokerConfigs;
import actors.config.DynamicBrokerConfigs;
import actors.config.EffectiveSetting;
import actors.config.EffectiveTopicConfig;
import actors.controller.ClusterMetadata;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeConfigsRequest;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigType;

/** The settings in force for topics and for this broker, with where each comes from (KIP-226). */
final class DescribeConfigsHandler implements ApiHandler {
  @Override
  public ApiKeys api() {
    return ApiKeys.DESCRIBE_CONFIGS;
  }

  @Override
  public void handle(Exchange exchange) {
    DescribeConfigsRequestData request = ((DescribeConfigsRequest) exchange.request()).data();
    if (request.resources().size() > RequestLimits.DESCRIBED_RESOURCES_MAX) {
      exchange.refuse(
          Errors.INVALID_REQUEST,
          "at most " + RequestLimits.DESCRIBED_RESOURCES_MAX + " resources in one request");
      return;
    }
    Node node = exchange.node();
    exchange.respond(answer(node.metadata(), node.configs(), node.brokerId(), request));
  }

  private record Subject(byte type, String name) {}

  /** Each resource once, however often it is named. */
  static DescribeConfigsResponseData answer(
      ClusterMetadata image,
      BrokerConfigs brokerConfigs,
      int brokerId,
      DescribeConfigsRequestData request) {
    List<DescribeConfigsResult> results = new ArrayList<>();
    Set<Subject> described = new HashSet<>();
    for (DescribeConfigsResource resource : request.resources()) {
      if (!described.add(new Subject(resource.resourceType(), resource.resourceName()))) {
        continue;
      }
      boolean isTopic = resource.resourceType() == ConfigResource.Type.TOPIC.id();
      DescribeConfigsResult result =
          new DescribeConfigsResult()
              .setResourceType(resource.resourceType())
              .setResourceName(resource.resourceName());
      results.add(
          settings(image, brokerConfigs, brokerId, resource)
              .fold(
                  settings -> result.setConfigs(shown(settings, isTopic, resource, request)),
                  refused ->
                      result
                          .setErrorCode(refused.error().code())
                          .setErrorMessage(refused.message())));
    }
    return new DescribeConfigsResponseData().setResults(results);
  }

  private static Outcome<List<EffectiveSetting>> settings(
      ClusterMetadata image,
      BrokerConfigs brokerConfigs,
      int brokerId,
      DescribeConfigsResource resource) {
    if (resource.resourceType() == ConfigResource.Type.TOPIC.id()) {
      return ofTopic(image, brokerConfigs, resource.resourceName());
    }
    if (resource.resourceType() != ConfigResource.Type.BROKER.id()) {
      return Outcome.refused(
          Errors.INVALID_REQUEST,
          "resources of type %s have no settings here",
          ConfigResource.Type.forId(resource.resourceType()));
    }
    Map<String, String> ofAll = image.configsOf(ClusterMetadata.ALL_BROKERS);
    if (resource.resourceName().isEmpty()) {
      return Outcome.accepted(
          new DynamicBrokerConfigs(Map.of(), ofAll)
              .settings().stream().filter(setting -> ofAll.containsKey(setting.name())).toList());
    }
    return resource.resourceName().equals(Integer.toString(brokerId))
        ? Outcome.accepted(
            Stream.concat(
                    brokerConfigs.settings().stream(),
                    new DynamicBrokerConfigs(image.configsOf(brokerId), ofAll).settings().stream())
                .toList())
        : Outcome.refused(
            Errors.INVALID_REQUEST,
            "this is broker %d; ask broker %s for its settings",
            brokerId,
            resource.resourceName());
  }

  private static Outcome<List<EffectiveSetting>> ofTopic(
      ClusterMetadata image, BrokerConfigs brokerConfigs, String name) {
    if (!ClusterView.isValidName(name)) {
      return Outcome.refused(Errors.INVALID_TOPIC_EXCEPTION, "'%s' is no topic name", name);
    }
    return image
        .topic(name)
        .map(topic -> EffectiveTopicConfig.of(topic.configs(), brokerConfigs).settings())
        .map(Outcome::accepted)
        .orElseGet(
            () -> Outcome.refused(Errors.UNKNOWN_TOPIC_OR_PARTITION, "there is no topic %s", name));
  }

  /** No names at all ask for every setting. */
  private static List<DescribeConfigsResourceResult> shown(
      List<EffectiveSetting> settings,
      boolean isTopic,
      DescribeConfigsResource resource,
      DescribeConfigsRequestData request) {
    Set<String> names =
        resource.configurationKeys() == null
            ? Set.of()
            : new HashSet<>(resource.configurationKeys());
    return settings.stream()
        .filter(setting -> names.isEmpty() || names.contains(setting.name()))
        .map(setting -> shown(setting, !isTopic && !isDynamic(setting), request))
        .toList();
  }

  private static boolean isDynamic(EffectiveSetting setting) {
    return DynamicBrokerConfigs.names().contains(setting.name());
  }

  private static DescribeConfigsResourceResult shown(
      EffectiveSetting setting, boolean readOnly, DescribeConfigsRequestData request) {
    boolean secret = setting.type() == ConfigDef.Type.PASSWORD;
    DescribeConfigsResourceResult result =
        new DescribeConfigsResourceResult()
            .setName(setting.name())
            .setValue(secret ? null : setting.value())
            .setReadOnly(readOnly)
            .setIsSensitive(secret)
            .setConfigSource(setting.source().kafka().id())
            .setConfigType(ConfigType.valueOf(setting.type().name()).id())
            .setDocumentation(request.includeDocumentation() ? setting.documentation() : null);
    return request.includeSynonyms() && !secret
        ? result.setSynonyms(setting.synonyms().stream().map(s -> synonym(s)).toList())
        : result;
  }

  private static DescribeConfigsSynonym synonym(EffectiveSetting.Synonym synonym) {
    return new DescribeConfigsSynonym()
        .setName(synonym.name())
        .setValue(synonym.value())
        .setSource(synonym.source().kafka().id());
  }
}
