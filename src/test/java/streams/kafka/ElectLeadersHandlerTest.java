package streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import actors.Outcome;
import actors.controller.Controller;
import actors.controller.Controller.PartitionResult;
import actors.controller.Controller.PartitionResults;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitionsCollection;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ElectLeadersHandlerTest extends HandlerFixture {
  private static final short NEWEST = ApiKeys.ELECT_LEADERS.latestVersion(false);

  private final ElectLeadersHandler handler = new ElectLeadersHandler();

  static List<Short> versions() {
    return versions(ApiKeys.ELECT_LEADERS);
  }

  @ParameterizedTest
  @MethodSource("versions")
  void answersForEachPartitionOnceTheImageHereIsAsNew(short version) {
    FakeExchange exchange = handle(handler, request(), version);
    Controller.ElectLeaders order = expectOrder(Controller.ElectLeaders.class);
    long next = node.metadata().version() + 1;
    order
        .replyTo()
        .tell(
            Outcome.accepted(
                new PartitionResults(
                    next,
                    List.of(
                        new PartitionResult(new TopicPartition("a", 0), Errors.NONE, ""),
                        new PartitionResult(
                            new TopicPartition("a", 1), Errors.ELECTION_NOT_NEEDED, "it leads"),
                        new PartitionResult(
                            new TopicPartition("b", 0),
                            Errors.PREFERRED_LEADER_NOT_AVAILABLE,
                            "not in sync")))));

    assertThat(exchange.isAnswered()).isFalse();
    node.shows(Images.of(Images.topic("a", 2, Map.of())));

    ElectLeadersResponseData answer = exchange.answer(ElectLeadersResponseData.class);
    assertThat(order.type()).isEqualTo(ElectionType.PREFERRED);
    assertThat(order.partitions().orElseThrow())
        .containsExactly(
            new TopicPartition("a", 0), new TopicPartition("a", 1), new TopicPartition("b", 0));
    assertThat(answer.errorCode()).isZero();
    assertThat(answer.replicaElectionResults()).extracting("topic").containsExactly("a", "b");
    ElectLeadersResponseData.PartitionResult first =
        answer.replicaElectionResults().get(0).partitionResult().get(0);
    assertThat(first.errorCode()).isZero();
    assertThat(first.errorMessage()).isNull();
    ElectLeadersResponseData.PartitionResult last =
        answer.replicaElectionResults().get(1).partitionResult().get(0);
    assertThat(last.errorCode()).isEqualTo(Errors.PREFERRED_LEADER_NOT_AVAILABLE.code());
    assertThat(last.errorMessage()).isEqualTo("not in sync");
  }

  @Test
  void asksForAllWhereNoneIsNamedAndForAnyLeaderWhereThatIsWanted() {
    handle(
        handler,
        new ElectLeadersRequestData()
            .setTopicPartitions(null)
            .setElectionType(ElectionType.UNCLEAN.value)
            .setTimeoutMs(1000),
        NEWEST);

    Controller.ElectLeaders order = expectOrder(Controller.ElectLeaders.class);
    assertThat(order.partitions()).isEmpty();
    assertThat(order.type()).isEqualTo(ElectionType.UNCLEAN);
  }

  @Test
  void refusesAnElectionTypeThatIsNone() {
    FakeExchange exchange = handle(handler, request().setElectionType((byte) 7), NEWEST);

    assertThat(exchange.answer(ElectLeadersResponseData.class).errorCode())
        .isEqualTo(Errors.INVALID_REQUEST.code());
    expectNoOrder();
  }

  @ParameterizedTest
  @MethodSource("versions")
  void saysThatTheControllerDoesNotAnswer(short version) {
    FakeExchange exchange = new FakeExchange(nodeWithoutController(), request(), version);
    handler.handle(exchange);

    ElectLeadersResponseData answer = exchange.answer(ElectLeadersResponseData.class);
    short error =
        version == 0
            ? answer.replicaElectionResults().get(0).partitionResult().get(0).errorCode()
            : answer.errorCode();
    assertThat(error).isEqualTo(Errors.REQUEST_TIMED_OUT.code());
  }

  private static ElectLeadersRequestData request() {
    TopicPartitionsCollection topics = new TopicPartitionsCollection();
    topics.add(new TopicPartitions().setTopic("a").setPartitions(List.of(0, 1)));
    topics.add(new TopicPartitions().setTopic("b").setPartitions(List.of(0)));
    return new ElectLeadersRequestData().setTopicPartitions(topics).setTimeoutMs(1000);
  }
}
