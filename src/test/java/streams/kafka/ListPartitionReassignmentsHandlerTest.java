package streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import actors.LeaderEpoch;
import actors.controller.PartitionImage;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData.ListPartitionReassignmentsTopics;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData.OngoingPartitionReassignment;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData.OngoingTopicReassignment;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ListPartitionReassignmentsHandlerTest extends HandlerFixture {
  private final ListPartitionReassignmentsHandler handler = new ListPartitionReassignmentsHandler();

  @BeforeEach
  void haveReplicasOnTheMove() {
    node.shows(
        Images.of(
            Images.topic("a", Images.partition(0, 1, 1, 2), moving(1)),
            Images.topic("b", Images.partition(0, 1, 1, 2)),
            Images.topic("c", moving(0))));
  }

  @Test
  void showsAllThatMoveToWhoNamesNone() {
    ListPartitionReassignmentsResponseData answer =
        ask(new ListPartitionReassignmentsRequestData().setTopics(null));

    assertThat(shown(answer)).containsExactly("a-1", "c-0");
    OngoingPartitionReassignment move = answer.topics().get(0).partitions().get(0);
    assertThat(move.replicas()).containsExactly(1, 3, 2);
    assertThat(move.addingReplicas()).containsExactly(3);
    assertThat(move.removingReplicas()).containsExactly(2);
    assertThat(answer.errorCode()).isZero();
    assertThat(answer.errorMessage()).isNull();
  }

  @Test
  void leavesOutWhatIsNotThereOrStays() {
    ListPartitionReassignmentsRequestData request = new ListPartitionReassignmentsRequestData();
    request.setTopics(
        List.of(topic("a", 0, 1, 1, 7, -1), topic("b", 0), topic("unknown", 0), topic("a", 1)));

    assertThat(shown(ask(request))).containsExactly("a-1");
  }

  private ListPartitionReassignmentsResponseData ask(
      ListPartitionReassignmentsRequestData request) {
    return handle(handler, request, 0).answer(ListPartitionReassignmentsResponseData.class);
  }

  private static List<String> shown(ListPartitionReassignmentsResponseData answer) {
    List<String> shown = new ArrayList<>();
    for (OngoingTopicReassignment topic : answer.topics()) {
      topic.partitions().forEach(p -> shown.add(topic.name() + "-" + p.partitionIndex()));
    }
    return shown;
  }

  private static ListPartitionReassignmentsTopics topic(String name, Integer... partitions) {
    return new ListPartitionReassignmentsTopics()
        .setName(name)
        .setPartitionIndexes(List.of(partitions));
  }

  private static PartitionImage moving(int index) {
    return new PartitionImage(
        index,
        List.of(1, 3, 2),
        List.of(1, 2),
        List.of(),
        1,
        new LeaderEpoch(5),
        9,
        List.of(3),
        List.of(2));
  }
}
