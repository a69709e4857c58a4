package streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import actors.Outcome;
import actors.controller.ClusterMetadata;
import actors.controller.Controller;
import actors.controller.TopicImage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class IncrementalAlterConfigsHandlerTest extends HandlerFixture {
  private static final short NEWEST = ApiKeys.INCREMENTAL_ALTER_CONFIGS.latestVersion(false);

  private final IncrementalAlterConfigsHandler handler = new IncrementalAlterConfigsHandler();
  private final TopicImage before = Images.topic("orders", 1, Map.of("retention.ms", "1000"));
  private final TopicImage after =
      new TopicImage(
          before.id(), "orders", Map.of("cleanup.policy", "compact"), before.partitions());

  static List<Short> versions() {
    return versions(ApiKeys.INCREMENTAL_ALTER_CONFIGS);
  }

  @BeforeEach
  void haveATopic() {
    node.shows(Images.of(before));
  }

  @ParameterizedTest
  @MethodSource("versions")
  void answersWhenTheChangeIsVisibleHereInEveryVersion(short version) {
    FakeExchange exchange =
        handle(
            handler,
            request(
                resource(
                    ConfigResource.Type.TOPIC,
                    change(OpType.SET, "cleanup.policy", "compact"),
                    change(OpType.DELETE, "retention.ms", null))),
            version);
    Controller.AlterTopicConfig order = expectOrder(Controller.AlterTopicConfig.class);
    accept(order.replyTo(), after);

    assertThat(exchange.isAnswered()).isFalse();
    node.shows(Images.of(after));

    assertThat(order.topic()).isEqualTo("orders");
    assertThat(order.changes())
        .isEqualTo(
            Map.of("cleanup.policy", Optional.of("compact"), "retention.ms", Optional.empty()));
    assertThat(only(exchange).errorCode()).isZero();
    assertThat(only(exchange).resourceName()).isEqualTo("orders");
  }

  @ParameterizedTest
  @MethodSource("versions")
  void passesTheRefusalOnWithItsSentence(short version) {
    FakeExchange exchange =
        handle(
            handler,
            request(
                resource(ConfigResource.Type.TOPIC, change(OpType.SET, "retention.ms", "soon"))),
            version);
    expectOrder(Controller.AlterTopicConfig.class)
        .replyTo()
        .tell(Outcome.refused(Errors.INVALID_CONFIG, "no number"));

    assertThat(only(exchange).errorCode()).isEqualTo(Errors.INVALID_CONFIG.code());
    assertThat(only(exchange).errorMessage()).isEqualTo("no number");
  }

  @Test
  void doesNotWaitForWhatIsOnlyValidated() {
    FakeExchange exchange =
        handle(
            handler,
            request(
                    resource(
                        ConfigResource.Type.TOPIC, change(OpType.SET, "cleanup.policy", "compact")))
                .setValidateOnly(true),
            NEWEST);
    Controller.AlterTopicConfig order = expectOrder(Controller.AlterTopicConfig.class);
    accept(order.replyTo(), after);

    assertThat(order.validateOnly()).isTrue();
    assertThat(only(exchange).errorCode()).isZero();
  }

  @Nested
  class OfARunningBroker {
    private static final String RATE = "leader.replication.throttled.rate";

    private AlterConfigsResource broker(String name, AlterableConfig... configs) {
      return resource(ConfigResource.Type.BROKER, configs).setResourceName(name);
    }

    @Test
    void answersWhenTheChangeIsVisibleHere() {
      FakeExchange exchange =
          handle(handler, request(broker("2", change(OpType.SET, RATE, "1000"))), NEWEST);
      Controller.AlterBrokerConfig order = expectOrder(Controller.AlterBrokerConfig.class);
      long version = node.metadata().version() + 1;
      order.replyTo().tell(Outcome.accepted(new Controller.Altered(version)));

      assertThat(exchange.isAnswered()).isFalse();
      node.shows(Images.withBrokerConfigs(Map.of(2, Map.of(RATE, "1000"))));

      assertThat(order.brokerId()).isEqualTo(2);
      assertThat(order.changes()).isEqualTo(Map.of(RATE, Optional.of("1000")));
      assertThat(only(exchange).errorCode()).isZero();
      assertThat(only(exchange).resourceName()).isEqualTo("2");
    }

    @Test
    void takesAnEmptyNameForAllBrokers() {
      handle(handler, request(broker("", change(OpType.DELETE, RATE, null))), NEWEST);

      Controller.AlterBrokerConfig order = expectOrder(Controller.AlterBrokerConfig.class);
      assertThat(order.brokerId()).isEqualTo(ClusterMetadata.ALL_BROKERS);
      assertThat(order.changes()).isEqualTo(Map.of(RATE, Optional.empty()));
    }

    @Test
    void refusesWhatDoesNotChangeOrIsNoBroker() {
      refuses(broker("1", change(OpType.SET, "num.partitions", "5")));
      refuses(broker("one", change(OpType.SET, RATE, "5")));
      refuses(broker("1", change(OpType.APPEND, RATE, "5")));
      refuses(broker("1", change(OpType.SET, RATE, null)));
    }

    private void refuses(AlterConfigsResource resource) {
      FakeExchange exchange = handle(handler, request(resource), NEWEST);

      assertThat(only(exchange).errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
      assertThat(only(exchange).errorMessage()).isNotBlank();
      expectNoOrder();
    }
  }

  @Nested
  class OfAList {
    @Test
    void addsToWhatIsInForce() {
      assertThat(changed(OpType.APPEND, "compact")).hasValue("delete,compact");
    }

    @Test
    void addsNothingThatIsThere() {
      assertThat(changed(OpType.APPEND, "delete,compact")).hasValue("delete,compact");
    }

    @Test
    void takesFromWhatIsInForce() {
      node.shows(Images.of(Images.topic("orders", 1, Map.of("cleanup.policy", "compact,delete"))));

      assertThat(changed(OpType.SUBTRACT, "delete")).hasValue("compact");
    }

    private Optional<String> changed(OpType operation, String value) {
      handle(
          handler,
          request(resource(ConfigResource.Type.TOPIC, change(operation, "cleanup.policy", value))),
          NEWEST);
      return expectOrder(Controller.AlterTopicConfig.class).changes().get("cleanup.policy");
    }
  }

  @Nested
  class RefusesWithoutAskingTheController {
    @ParameterizedTest
    @EnumSource(
        value = OpType.class,
        names = {"APPEND", "SUBTRACT"})
    void toTakeANumberForAList(OpType operation) {
      refuses(
          resource(ConfigResource.Type.TOPIC, change(operation, "retention.ms", "5")),
          Errors.INVALID_CONFIG);
    }

    @Test
    void toAddToTheListOfATopicThatIsNotThere() {
      node.shows(Images.BROKERS);

      refuses(
          resource(ConfigResource.Type.TOPIC, change(OpType.APPEND, "cleanup.policy", "compact")),
          Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @ParameterizedTest
    @EnumSource(
        value = OpType.class,
        names = {"SET", "APPEND", "SUBTRACT"})
    void aChangeWithoutValue(OpType operation) {
      refuses(
          resource(ConfigResource.Type.TOPIC, change(operation, "cleanup.policy", null)),
          Errors.INVALID_REQUEST);
    }

    @Test
    void anUnknownOperation() {
      refuses(
          resource(
              ConfigResource.Type.TOPIC,
              change(OpType.SET, "cleanup.policy", "compact").setConfigOperation((byte) 9)),
          Errors.INVALID_REQUEST);
    }

    @Test
    void twoChangesOfOneSetting() {
      refuses(
          resource(
              ConfigResource.Type.TOPIC,
              change(OpType.SET, "retention.ms", "5"),
              change(OpType.DELETE, "retention.ms", null)),
          Errors.INVALID_REQUEST);
    }

    @ParameterizedTest
    @EnumSource(
        value = ConfigResource.Type.class,
        names = {"BROKER", "BROKER_LOGGER", "GROUP", "CLIENT_METRICS", "UNKNOWN"})
    void whatIsNoTopic(ConfigResource.Type type) {
      refuses(resource(type, change(OpType.SET, "num.partitions", "5")), Errors.INVALID_REQUEST);
    }

    private void refuses(AlterConfigsResource resource, Errors error) {
      FakeExchange exchange = handle(handler, request(resource), NEWEST);

      assertThat(only(exchange).errorCode()).isEqualTo(error.code());
      assertThat(only(exchange).errorMessage()).isNotBlank();
      expectNoOrder();
    }
  }

  private static AlterConfigsResourceResponse only(FakeExchange exchange) {
    List<AlterConfigsResourceResponse> responses =
        exchange.answer(IncrementalAlterConfigsResponseData.class).responses();
    assertThat(responses).hasSize(1);
    return responses.get(0);
  }

  private static IncrementalAlterConfigsRequestData request(AlterConfigsResource resource) {
    IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
    request.resources().add(resource);
    return request;
  }

  private static AlterConfigsResource resource(
      ConfigResource.Type type, AlterableConfig... configs) {
    AlterConfigsResource resource =
        new AlterConfigsResource().setResourceType(type.id()).setResourceName("orders");
    for (AlterableConfig config : configs) {
      resource.configs().add(config);
    }
    return resource;
  }

  private static AlterableConfig change(OpType operation, String name, String value) {
    return new AlterableConfig().setName(name).setConfigOperation(operation.id()).setValue(value);
  }
}
