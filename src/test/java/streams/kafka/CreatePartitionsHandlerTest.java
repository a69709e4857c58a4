package streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import actors.Outcome;
import actors.controller.Controller;
import actors.controller.TopicImage;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsAssignment;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CreatePartitionsHandlerTest extends HandlerFixture {
  private static final short NEWEST = ApiKeys.CREATE_PARTITIONS.latestVersion(false);

  private final CreatePartitionsHandler handler = new CreatePartitionsHandler();
  private final TopicImage before = Images.topic("orders", 2, Map.of());
  private final TopicImage after =
      new TopicImage(
          before.id(), "orders", Map.of(), Images.topic("orders", 4, Map.of()).partitions());

  static List<Short> versions() {
    return versions(ApiKeys.CREATE_PARTITIONS);
  }

  @ParameterizedTest
  @MethodSource("versions")
  void answersWhenTheNewPartitionsAreVisibleHereInEveryVersion(short version) {
    node.shows(Images.of(before));
    FakeExchange exchange = handle(handler, request(topic(4)), version);
    Controller.AddPartitions order = expectOrder(Controller.AddPartitions.class);
    accept(order.replyTo(), after);

    assertThat(exchange.isAnswered()).isFalse();
    node.shows(Images.of(after));

    assertThat(order.topic()).isEqualTo("orders");
    assertThat(order.newTotal()).isEqualTo(4);
    assertThat(order.assignments()).isEmpty();
    assertThat(only(exchange).errorCode()).isZero();
  }

  @ParameterizedTest
  @MethodSource("versions")
  void passesTheRefusalOnWithItsSentence(short version) {
    FakeExchange exchange = handle(handler, request(topic(1)), version);
    expectOrder(Controller.AddPartitions.class)
        .replyTo()
        .tell(Outcome.refused(Errors.INVALID_PARTITIONS, "it has more"));

    assertThat(only(exchange).errorCode()).isEqualTo(Errors.INVALID_PARTITIONS.code());
    assertThat(only(exchange).errorMessage()).isEqualTo("it has more");
  }

  @Test
  void doesNotWaitForATopicThatIsGone() {
    FakeExchange exchange = handle(handler, request(topic(4)), NEWEST);
    accept(expectOrder(Controller.AddPartitions.class).replyTo(), after);

    assertThat(only(exchange).errorCode()).isZero();
  }

  @Test
  void passesOnWhichReplicasTheClientHasChosen() {
    CreatePartitionsTopic topic =
        topic(3)
            .setAssignments(List.of(new CreatePartitionsAssignment().setBrokerIds(List.of(1, 2))));
    handle(handler, request(topic), NEWEST);

    assertThat(expectOrder(Controller.AddPartitions.class).assignments())
        .containsExactly(List.of(1, 2));
  }

  @Test
  void refusesAnAssignmentOfNothing() {
    FakeExchange exchange = handle(handler, request(topic(3).setAssignments(List.of())), NEWEST);

    assertThat(only(exchange).errorCode()).isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT.code());
    expectNoOrder();
  }

  @Test
  void refusesATopicThatIsNamedTwice() {
    FakeExchange exchange = handle(handler, request(topic(3), topic(4)), NEWEST);

    assertThat(only(exchange).errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
    expectNoOrder();
  }

  private static CreatePartitionsTopicResult only(FakeExchange exchange) {
    List<CreatePartitionsTopicResult> results =
        exchange.answer(CreatePartitionsResponseData.class).results();
    assertThat(results).hasSize(1);
    return results.get(0);
  }

  private static CreatePartitionsRequestData request(CreatePartitionsTopic... topics) {
    CreatePartitionsRequestData request = new CreatePartitionsRequestData().setTimeoutMs(30_000);
    for (CreatePartitionsTopic topic : topics) {
      request.topics().add(topic);
    }
    return request;
  }

  private static CreatePartitionsTopic topic(int total) {
    return new CreatePartitionsTopic().setName("orders").setCount(total).setAssignments(null);
  }
}
