package streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import actors.Outcome;
import actors.controller.Controller;
import actors.controller.Controller.PartitionResult;
import actors.controller.Controller.PartitionResults;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignablePartitionResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AlterPartitionReassignmentsHandlerTest extends HandlerFixture {
  private static final short NEWEST = ApiKeys.ALTER_PARTITION_REASSIGNMENTS.latestVersion(false);

  private final AlterPartitionReassignmentsHandler handler =
      new AlterPartitionReassignmentsHandler();

  static List<Short> versions() {
    return versions(ApiKeys.ALTER_PARTITION_REASSIGNMENTS);
  }

  @ParameterizedTest
  @MethodSource("versions")
  void passesEachWishOnAndAnswersForEachPartition(short version) {
    FakeExchange exchange =
        handle(handler, request(partition(0, List.of(3, 1)), partition(1, null)), version);
    Controller.AlterReassignments order = expectOrder(Controller.AlterReassignments.class);
    order
        .replyTo()
        .tell(
            Outcome.accepted(
                new PartitionResults(
                    node.metadata().version(),
                    List.of(
                        new PartitionResult(new TopicPartition("t", 0), Errors.NONE, ""),
                        new PartitionResult(
                            new TopicPartition("t", 1),
                            Errors.NO_REASSIGNMENT_IN_PROGRESS,
                            "it stays")))));

    AlterPartitionReassignmentsResponseData answer =
        exchange.answer(AlterPartitionReassignmentsResponseData.class);
    assertThat(order.wishes())
        .containsEntry(new TopicPartition("t", 0), Optional.of(List.of(3, 1)))
        .containsEntry(new TopicPartition("t", 1), Optional.empty());
    assertThat(order.otherCount()).isTrue();
    assertThat(answer.errorCode()).isZero();
    List<ReassignablePartitionResponse> results = answer.responses().get(0).partitions();
    assertThat(results).extracting("partitionIndex").containsExactly(0, 1);
    assertThat(results.get(0).errorMessage()).isNull();
    assertThat(results.get(1).errorCode()).isEqualTo(Errors.NO_REASSIGNMENT_IN_PROGRESS.code());
    assertThat(results.get(1).errorMessage()).isEqualTo("it stays");
  }

  @Test
  void passesOnThatTheNumberOfReplicasStays() {
    handle(
        handler, request(partition(0, List.of(1))).setAllowReplicationFactorChange(false), NEWEST);

    assertThat(expectOrder(Controller.AlterReassignments.class).otherCount()).isFalse();
  }

  @Test
  void refusesAPartitionThatIsNamedTwice() {
    FakeExchange exchange =
        handle(handler, request(partition(0, List.of(1)), partition(0, List.of(2))), NEWEST);

    assertThat(exchange.answer(AlterPartitionReassignmentsResponseData.class).errorCode())
        .isEqualTo(Errors.INVALID_REQUEST.code());
    expectNoOrder();
  }

  @Test
  void saysThatTheControllerDoesNotAnswer() {
    FakeExchange exchange =
        new FakeExchange(nodeWithoutController(), request(partition(0, null)), NEWEST);
    handler.handle(exchange);

    assertThat(exchange.answer(AlterPartitionReassignmentsResponseData.class).errorCode())
        .isEqualTo(Errors.REQUEST_TIMED_OUT.code());
  }

  private static AlterPartitionReassignmentsRequestData request(
      ReassignablePartition... partitions) {
    return new AlterPartitionReassignmentsRequestData()
        .setTimeoutMs(1000)
        .setTopics(
            List.of(new ReassignableTopic().setName("t").setPartitions(List.of(partitions))));
  }

  private static ReassignablePartition partition(int index, List<Integer> replicas) {
    return new ReassignablePartition().setPartitionIndex(index).setReplicas(replicas);
  }
}
