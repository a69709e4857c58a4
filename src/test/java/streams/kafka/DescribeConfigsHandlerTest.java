package streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import actors.config.TopicConfigs;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class DescribeConfigsHandlerTest extends HandlerFixture {
  private static final short NEWEST = ApiKeys.DESCRIBE_CONFIGS.latestVersion(false);

  private final DescribeConfigsHandler handler = new DescribeConfigsHandler();

  static List<Short> versions() {
    return versions(ApiKeys.DESCRIBE_CONFIGS);
  }

  @BeforeEach
  void haveATopic() {
    node.configured(Map.of("log.retention.ms", "5000", "num.partitions", "3"))
        .shows(Images.of(Images.topic("orders", 1, Map.of("retention.ms", "1000"))));
  }

  @ParameterizedTest
  @MethodSource("versions")
  void showsWhatIsInForceForATopicInEveryVersion(short version) {
    DescribeConfigsResult result =
        only(
            ask(
                request(topic("orders"))
                    .setIncludeSynonyms(true)
                    .setIncludeDocumentation(version >= 3),
                version));

    assertThat(result.errorCode()).isZero();
    assertThat(result.configs()).hasSize(TopicConfigs.names().size());
    DescribeConfigsResourceResult retention = setting(result, "retention.ms");
    assertThat(retention.value()).isEqualTo("1000");
    assertThat(retention.readOnly()).isFalse();
    assertThat(retention.configSource()).isEqualTo(ConfigSource.TOPIC_CONFIG.id());
    assertThat(retention.synonyms().get(0).value()).isEqualTo("1000");
    assertThat(retention.synonyms().get(1).name()).isEqualTo("log.retention.ms");
    if (version >= 3) {
      assertThat(retention.configType()).isEqualTo(ConfigType.LONG.id());
      assertThat(retention.documentation()).isNotBlank();
    }
  }

  @Test
  void showsOnlyTheSettingsThatAreNamed() {
    DescribeConfigsResult result =
        only(
            ask(
                request(
                    topic("orders")
                        .setConfigurationKeys(List.of("cleanup.policy", "no.such.setting"))),
                NEWEST));

    assertThat(result.configs()).extracting("name").containsExactly("cleanup.policy");
    assertThat(result.configs().get(0).configSource()).isEqualTo(ConfigSource.DEFAULT_CONFIG.id());
    assertThat(result.configs().get(0).synonyms()).isEmpty();
    assertThat(result.configs().get(0).documentation()).isNull();
  }

  @Test
  void showsAllSettingsToWhoNamesNone() {
    DescribeConfigsResult result =
        only(ask(request(topic("orders").setConfigurationKeys(List.of())), NEWEST));

    assertThat(result.configs()).hasSize(TopicConfigs.names().size());
  }

  @ParameterizedTest
  @MethodSource("versions")
  void showsThisBrokersSettingsAsReadOnly(short version) {
    DescribeConfigsResult result =
        only(ask(request(resource(ConfigResource.Type.BROKER, "1")), version));

    DescribeConfigsResourceResult partitions = setting(result, "num.partitions");
    assertThat(partitions.value()).isEqualTo("3");
    assertThat(partitions.readOnly()).isTrue();
    assertThat(partitions.configSource()).isEqualTo(ConfigSource.STATIC_BROKER_CONFIG.id());
  }

  @Test
  void showsWhatWasSetForRunningBrokers() {
    node.shows(
        Images.withBrokerConfigs(
            Map.of(
                1,
                Map.of("leader.replication.throttled.rate", "1000"),
                -1,
                Map.of(
                    "leader.replication.throttled.rate",
                    "5",
                    "follower.replication.throttled.rate",
                    "7"))));

    DescribeConfigsResult own =
        only(
            ask(
                request(resource(ConfigResource.Type.BROKER, "1")).setIncludeSynonyms(true),
                NEWEST));
    DescribeConfigsResult ofAll =
        only(ask(request(resource(ConfigResource.Type.BROKER, "")), NEWEST));

    DescribeConfigsResourceResult leader = setting(own, "leader.replication.throttled.rate");
    assertThat(leader.value()).isEqualTo("1000");
    assertThat(leader.configSource()).isEqualTo(ConfigSource.DYNAMIC_BROKER_CONFIG.id());
    assertThat(leader.readOnly()).isFalse();
    assertThat(leader.synonyms()).extracting("value").startsWith("1000", "5");
    DescribeConfigsResourceResult follower = setting(own, "follower.replication.throttled.rate");
    assertThat(follower.value()).isEqualTo("7");
    assertThat(follower.configSource()).isEqualTo(ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG.id());
    assertThat(ofAll.configs()).hasSize(2);
    assertThat(setting(ofAll, "leader.replication.throttled.rate").value()).isEqualTo("5");
  }

  @Test
  void knowsNoDefaultsForAllBrokers() {
    DescribeConfigsResult result =
        only(ask(request(resource(ConfigResource.Type.BROKER, "")), NEWEST));

    assertThat(result.errorCode()).isZero();
    assertThat(result.configs()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "TOPIC, absent, UNKNOWN_TOPIC_OR_PARTITION",
    "TOPIC, a b, INVALID_TOPIC_EXCEPTION",
    "BROKER, 2, INVALID_REQUEST",
    "BROKER, x, INVALID_REQUEST",
    "BROKER_LOGGER, 1, INVALID_REQUEST",
    "GROUP, readers, INVALID_REQUEST",
    "UNKNOWN, it, INVALID_REQUEST"
  })
  void saysWhatItCannotShow(ConfigResource.Type type, String name, Errors error) {
    DescribeConfigsResult result = only(ask(request(resource(type, name)), NEWEST));

    assertThat(result.errorCode()).isEqualTo(error.code());
    assertThat(result.errorMessage()).isNotBlank();
    assertThat(result.configs()).isEmpty();
  }

  @Test
  void showsAResourceOnceHoweverOftenItIsNamed() {
    assertThat(ask(request(topic("orders"), topic("orders")), NEWEST).results()).hasSize(1);
  }

  private DescribeConfigsResponseData ask(DescribeConfigsRequestData request, short version) {
    return handle(handler, request, version).answer(DescribeConfigsResponseData.class);
  }

  private static DescribeConfigsResult only(DescribeConfigsResponseData answer) {
    assertThat(answer.results()).hasSize(1);
    return answer.results().get(0);
  }

  private static DescribeConfigsResourceResult setting(DescribeConfigsResult result, String name) {
    return result.configs().stream()
        .filter(config -> config.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static DescribeConfigsRequestData request(DescribeConfigsResource... resources) {
    return new DescribeConfigsRequestData().setResources(List.of(resources));
  }

  private static DescribeConfigsResource topic(String name) {
    return resource(ConfigResource.Type.TOPIC, name);
  }

  private static DescribeConfigsResource resource(ConfigResource.Type type, String name) {
    return new DescribeConfigsResource()
        .setResourceType(type.id())
        .setResourceName(name)
        .setConfigurationKeys(null);
  }
}
