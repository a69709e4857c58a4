package streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import actors.Outcome;
import actors.controller.Controller;
import actors.controller.TopicImage;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CreateTopicsHandlerTest extends HandlerFixture {
  private static final short NEWEST = ApiKeys.CREATE_TOPICS.latestVersion(false);

  private final CreateTopicsHandler handler = new CreateTopicsHandler();
  private final TopicImage orders = Images.topic("orders", 2, Map.of("retention.ms", "1000"));

  static List<Short> versions() {
    return versions(ApiKeys.CREATE_TOPICS);
  }

  @ParameterizedTest
  @MethodSource("versions")
  void answersWhenTheTopicIsVisibleHereInEveryVersion(short version) {
    CreatableTopic wanted = topic("orders", 2);
    wanted.configs().add(new CreatableTopicConfig().setName("retention.ms").setValue("1000"));
    FakeExchange exchange = handle(handler, request(wanted), version);
    Controller.CreateTopic order = expectOrder(Controller.CreateTopic.class);
    accept(order.replyTo(), orders);

    assertThat(exchange.isAnswered()).isFalse();
    node.shows(Images.of(orders));

    CreatableTopicResult result = result(exchange, "orders");
    assertThat(result.errorCode()).isZero();
    assertThat(order.spec().partitions()).isEqualTo(2);
    assertThat(order.spec().replicationFactor()).isEqualTo(1);
    assertThat(order.spec().configs()).isEqualTo(Map.of("retention.ms", "1000"));
    if (version >= 5) {
      assertThat(result.numPartitions()).isEqualTo(2);
      assertThat(result.replicationFactor()).isEqualTo((short) 2);
      assertThat(result.configs())
          .filteredOn(config -> config.name().equals("retention.ms"))
          .singleElement()
          .satisfies(config -> assertThat(config.value()).isEqualTo("1000"))
          .satisfies(config -> assertThat(config.configSource()).isEqualTo((byte) 1));
    }
    if (version >= 7) {
      assertThat(result.topicId()).isEqualTo(orders.id());
    }
  }

  @ParameterizedTest
  @MethodSource("versions")
  void passesTheRefusalOnWithItsSentence(short version) {
    FakeExchange exchange = handle(handler, request(topic("orders", 2)), version);
    expectOrder(Controller.CreateTopic.class)
        .replyTo()
        .tell(Outcome.refused(Errors.TOPIC_ALREADY_EXISTS, "there already"));

    CreatableTopicResult result = result(exchange, "orders");
    assertThat(result.errorCode()).isEqualTo(Errors.TOPIC_ALREADY_EXISTS.code());
    assertThat(result.errorMessage()).isEqualTo("there already");
    assertThat(result.topicId()).isEqualTo(Uuid.ZERO_UUID);
  }

  @Test
  void makesTheOthersWhereOneIsRefused() {
    TopicImage second = Images.topic("second", 1, Map.of());
    node.shows(Images.of(second));
    FakeExchange exchange = handle(handler, request(topic("first", 1), topic("second", 1)), NEWEST);
    expectOrder(Controller.CreateTopic.class)
        .replyTo()
        .tell(Outcome.refused(Errors.INVALID_PARTITIONS, "none"));
    accept(expectOrder(Controller.CreateTopic.class).replyTo(), second);

    assertThat(result(exchange, "first").errorCode()).isEqualTo(Errors.INVALID_PARTITIONS.code());
    assertThat(result(exchange, "second").errorCode()).isZero();
  }

  @Test
  void doesNotWaitForWhatIsOnlyValidated() {
    FakeExchange exchange =
        handle(handler, request(topic("orders", 2)).setValidateOnly(true), NEWEST);
    Controller.CreateTopic order = expectOrder(Controller.CreateTopic.class);
    accept(order.replyTo(), orders);

    assertThat(order.validateOnly()).isTrue();
    assertThat(result(exchange, "orders").errorCode()).isZero();
  }

  @Test
  void saysThatTheControllerIsAway() {
    FakeExchange exchange =
        new FakeExchange(nodeWithoutController(), request(topic("orders", 2)), NEWEST);
    handler.handle(exchange);

    assertThat(result(exchange, "orders").errorCode()).isEqualTo(Errors.REQUEST_TIMED_OUT.code());
  }

  @Test
  void passesChosenReplicasOn() {
    CreatableTopic wanted = topic("orders", -1).setReplicationFactor((short) -1);
    wanted.assignments().add(assignment(0, 2, 1));
    wanted.assignments().add(assignment(1, 3, 2));
    handle(handler, request(wanted), NEWEST);

    assertThat(expectOrder(Controller.CreateTopic.class).spec().assignments())
        .isEqualTo(Map.of(0, List.of(2, 1), 1, List.of(3, 2)));
  }

  @Nested
  class RefusesWithoutAskingTheController {
    @Test
    void aTopicThatIsNamedTwice() {
      refuses(request(topic("orders", 1), topic("orders", 2)), Errors.INVALID_REQUEST);
    }

    @Test
    void aPartitionThatIsAssignedTwice() {
      CreatableTopic wanted = topic("orders", -1).setReplicationFactor((short) -1);
      wanted.assignments().add(assignment(0, 1));
      wanted.assignments().add(assignment(0, 2));

      refuses(request(wanted), Errors.INVALID_REPLICA_ASSIGNMENT);
    }

    @Test
    void chosenReplicasBesideACount() {
      CreatableTopic wanted = topic("orders", 1);
      wanted.assignments().add(assignment(0, 1));

      refuses(request(wanted), Errors.INVALID_REQUEST);
    }

    @Test
    void aSettingWithoutValue() {
      CreatableTopic wanted = topic("orders", 1);
      wanted.configs().add(new CreatableTopicConfig().setName("retention.ms").setValue(null));

      refuses(request(wanted), Errors.INVALID_CONFIG);
    }

    private void refuses(CreateTopicsRequestData request, Errors error) {
      FakeExchange exchange = handle(handler, request, NEWEST);

      assertThat(result(exchange, "orders").errorCode()).isEqualTo(error.code());
      assertThat(result(exchange, "orders").errorMessage()).isNotBlank();
      expectNoOrder();
    }
  }

  @Test
  void refusesWhatPassesTheBoundOfOneRequest() {
    CreatableTopic[] many =
        IntStream.rangeClosed(1, RequestLimits.CHANGES_MAX + 1)
            .mapToObj(i -> topic("topic-" + i, 1))
            .toArray(CreatableTopic[]::new);
    Map<String, ?> wishes = CreateTopicsHandler.wishes(request(many)).bySubject();

    assertThat(wishes.values())
        .filteredOn(wish -> wish instanceof Outcome.Refused<?>)
        .singleElement()
        .isEqualTo(wishes.get("topic-" + (RequestLimits.CHANGES_MAX + 1)))
        .extracting("error")
        .isEqualTo(Errors.POLICY_VIOLATION);
  }

  private static CreatableTopicResult result(FakeExchange exchange, String topic) {
    return exchange.answer(CreateTopicsResponseData.class).topics().find(topic);
  }

  private static CreateTopicsRequestData request(CreatableTopic... topics) {
    CreateTopicsRequestData request = new CreateTopicsRequestData().setTimeoutMs(30_000);
    for (CreatableTopic topic : topics) {
      request.topics().add(topic);
    }
    return request;
  }

  private static CreatableTopic topic(String name, int partitions) {
    return new CreatableTopic()
        .setName(name)
        .setNumPartitions(partitions)
        .setReplicationFactor((short) 1);
  }

  private static CreatableReplicaAssignment assignment(int partition, Integer... brokers) {
    return new CreatableReplicaAssignment()
        .setPartitionIndex(partition)
        .setBrokerIds(List.of(brokers));
  }
}
