package streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import actors.Outcome;
import actors.controller.Controller;
import actors.controller.TopicImage;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class DeleteTopicsHandlerTest extends HandlerFixture {
  private static final short NEWEST = ApiKeys.DELETE_TOPICS.latestVersion(false);

  private final DeleteTopicsHandler handler = new DeleteTopicsHandler();
  private final TopicImage orders = Images.topic("orders", 2, Map.of());

  static List<Short> versions() {
    return versions(ApiKeys.DELETE_TOPICS);
  }

  @ParameterizedTest
  @MethodSource("versions")
  void answersWhenTheTopicIsGoneFromHereInEveryVersion(short version) {
    node.shows(Images.of(orders));
    FakeExchange exchange = handle(handler, names(version, "orders"), version);
    Controller.DeleteTopic order = expectOrder(Controller.DeleteTopic.class);
    accept(order.replyTo(), orders);

    assertThat(exchange.isAnswered()).isFalse();
    node.shows(Images.BROKERS);

    assertThat(order.name()).hasValue("orders");
    assertThat(order.id()).isEmpty();
    assertThat(only(exchange).errorCode()).isZero();
    assertThat(only(exchange).name()).isEqualTo("orders");
  }

  @ParameterizedTest
  @MethodSource("versions")
  void passesTheRefusalOn(short version) {
    FakeExchange exchange = handle(handler, names(version, "orders"), version);
    expectOrder(Controller.DeleteTopic.class)
        .replyTo()
        .tell(Outcome.refused(Errors.UNKNOWN_TOPIC_OR_PARTITION, "no such topic"));

    assertThat(only(exchange).errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
  }

  @Test
  void deletesById() {
    FakeExchange exchange = handle(handler, states(state(null, orders.id())), NEWEST);
    Controller.DeleteTopic order = expectOrder(Controller.DeleteTopic.class);
    accept(order.replyTo(), orders);

    assertThat(order.name()).isEmpty();
    assertThat(order.id()).hasValue(orders.id());
    assertThat(only(exchange).name()).isEqualTo("orders");
    assertThat(only(exchange).topicId()).isEqualTo(orders.id());
  }

  @Test
  void leavesTheNameOfAnUnknownIdOut() {
    FakeExchange exchange = handle(handler, states(state(null, orders.id())), NEWEST);
    expectOrder(Controller.DeleteTopic.class)
        .replyTo()
        .tell(Outcome.refused(Errors.UNKNOWN_TOPIC_ID, "no such id"));

    assertThat(only(exchange).name()).isNull();
    assertThat(only(exchange).topicId()).isEqualTo(orders.id());
    assertThat(only(exchange).errorMessage()).isEqualTo("no such id");
  }

  @Test
  void refusesATopicWithoutOrWithBothOfItsNames() {
    FakeExchange exchange =
        handle(handler, states(state(null, Uuid.ZERO_UUID), state("orders", orders.id())), NEWEST);

    assertThat(exchange.answer(DeleteTopicsResponseData.class).responses())
        .hasSize(2)
        .allSatisfy(
            result -> assertThat(result.errorCode()).isEqualTo(Errors.INVALID_REQUEST.code()));
    expectNoOrder();
  }

  @Test
  void refusesATopicThatIsNamedTwice() {
    FakeExchange exchange = handle(handler, names(NEWEST, "orders", "orders"), NEWEST);

    assertThat(only(exchange).errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
    expectNoOrder();
  }

  @ParameterizedTest
  @CsvSource({"1, INVALID_REQUEST", "2, INVALID_REQUEST", "3, TOPIC_DELETION_DISABLED"})
  void deletesNothingWhereThatIsSwitchedOff(short version, Errors error) {
    node.configured(Map.of("delete.topic.enable", "false"));
    FakeExchange exchange = handle(handler, names(version, "orders"), version);

    assertThat(only(exchange).errorCode()).isEqualTo(error.code());
    expectNoOrder();
  }

  private static DeletableTopicResult only(FakeExchange exchange) {
    DeleteTopicsResponseData answer = exchange.answer(DeleteTopicsResponseData.class);
    assertThat(answer.responses()).hasSize(1);
    return answer.responses().iterator().next();
  }

  private static DeleteTopicsRequestData names(short version, String... names) {
    return version >= 6
        ? states(
            Arrays.stream(names)
                .map(name -> state(name, Uuid.ZERO_UUID))
                .toArray(DeleteTopicState[]::new))
        : new DeleteTopicsRequestData().setTimeoutMs(30_000).setTopicNames(List.of(names));
  }

  private static DeleteTopicsRequestData states(DeleteTopicState... topics) {
    return new DeleteTopicsRequestData().setTimeoutMs(30_000).setTopics(List.of(topics));
  }

  private static DeleteTopicState state(String name, Uuid id) {
    return new DeleteTopicState().setName(name).setTopicId(id);
  }
}
