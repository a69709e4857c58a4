package streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import actors.Outcome;
import actors.config.TopicConfigs;
import actors.controller.Controller;
import actors.controller.TopicImage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.AlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AlterConfigsHandlerTest extends HandlerFixture {
  private static final short NEWEST = ApiKeys.ALTER_CONFIGS.latestVersion(false);

  private final AlterConfigsHandler handler = new AlterConfigsHandler();
  private final TopicImage before = Images.topic("orders", 1, Map.of("retention.ms", "1000"));
  private final TopicImage after =
      new TopicImage(
          before.id(), "orders", Map.of("cleanup.policy", "compact"), before.partitions());

  static List<Short> versions() {
    return versions(ApiKeys.ALTER_CONFIGS);
  }

  @BeforeEach
  void haveATopic() {
    node.shows(Images.of(before));
  }

  @ParameterizedTest
  @MethodSource("versions")
  void putsEverySettingThatIsNotGivenBackToItsDefaultInEveryVersion(short version) {
    FakeExchange exchange =
        handle(handler, request(ConfigResource.Type.TOPIC, "cleanup.policy", "compact"), version);
    Controller.AlterTopicConfig order = expectOrder(Controller.AlterTopicConfig.class);
    accept(order.replyTo(), after);

    assertThat(exchange.isAnswered()).isFalse();
    node.shows(Images.of(after));

    assertThat(only(exchange).errorCode()).isZero();
    assertThat(only(exchange).resourceName()).isEqualTo("orders");
    assertThat(order.changes())
        .containsOnlyKeys(TopicConfigs.names())
        .containsEntry("cleanup.policy", Optional.of("compact"))
        .containsEntry("retention.ms", Optional.empty());
  }

  @Test
  void passesTheRefusalOnWithItsSentence() {
    FakeExchange exchange =
        handle(handler, request(ConfigResource.Type.TOPIC, "retention.ms", "soon"), NEWEST);
    expectOrder(Controller.AlterTopicConfig.class)
        .replyTo()
        .tell(Outcome.refused(Errors.INVALID_CONFIG, "no number"));

    assertThat(only(exchange).errorCode()).isEqualTo(Errors.INVALID_CONFIG.code());
    assertThat(only(exchange).errorMessage()).isEqualTo("no number");
  }

  @Test
  void refusesASettingWithoutAValueAndOneThatIsGivenTwice() {
    assertRefused(request(ConfigResource.Type.TOPIC, "retention.ms", null), "retention.ms");
    AlterConfigsRequestData twice = request(ConfigResource.Type.TOPIC, "retention.ms", "1");
    AlterConfigsResource resource = twice.resources().iterator().next();
    resource.setConfigs(resource.configs().duplicate());
    resource.configs().mustAdd(new AlterableConfig().setName("retention.ms").setValue("2"));
    assertRefused(twice, "twice");
  }

  @Test
  void refusesToChangeBrokers() {
    assertRefused(request(ConfigResource.Type.BROKER, "num.partitions", "3"), "cluster.conf");
  }

  private void assertRefused(AlterConfigsRequestData request, String words) {
    FakeExchange exchange = handle(handler, request, NEWEST);

    assertThat(only(exchange).errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
    assertThat(only(exchange).errorMessage()).contains(words);
    expectNoOrder();
  }

  private static AlterConfigsResourceResponse only(FakeExchange exchange) {
    List<AlterConfigsResourceResponse> responses =
        exchange.answer(AlterConfigsResponseData.class).responses();
    assertThat(responses).hasSize(1);
    return responses.get(0);
  }

  private static AlterConfigsRequestData request(
      ConfigResource.Type type, String name, String value) {
    AlterConfigsResource resource =
        new AlterConfigsResource().setResourceType(type.id()).setResourceName("orders");
    resource.configs().add(new AlterableConfig().setName(name).setValue(value));
    AlterConfigsRequestData request = new AlterConfigsRequestData();
    request.resources().add(resource);
    return request;
  }
}
