package streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import actors.broker.JournalQuorum;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class DescribeQuorumHandlerTest {
  private static DescribeQuorumRequestData asking(String topic) {
    return new DescribeQuorumRequestData()
        .setTopics(
            List.of(
                new DescribeQuorumRequestData.TopicData()
                    .setTopicName(topic)
                    .setPartitions(List.of(new DescribeQuorumRequestData.PartitionData()))));
  }

  private static DescribeQuorumResponseData.PartitionData only(DescribeQuorumResponseData answer) {
    return answer.topics().get(0).partitions().get(0);
  }

  @Test
  void tellsTheVotersAndWhoLeadsThem() {
    JournalQuorum quorum = new JournalQuorum(OptionalInt.of(2), 7, 42, List.of(1, 2, 3));

    DescribeQuorumResponseData.PartitionData answer =
        only(DescribeQuorumHandler.answer(asking("__cluster_metadata"), Optional.of(quorum)));

    assertThat(answer.leaderId()).isEqualTo(2);
    assertThat(answer.leaderEpoch()).isEqualTo(7);
    assertThat(answer.highWatermark()).isEqualTo(42);
    assertThat(answer.currentVoters())
        .extracting(DescribeQuorumResponseData.ReplicaState::replicaId)
        .containsExactly(1, 2, 3);
  }

  @Test
  void saysThatNobodyLeadsDuringAnElection() {
    JournalQuorum quorum = new JournalQuorum(OptionalInt.empty(), 8, 42, List.of(1, 2, 3));

    assertThat(
            only(DescribeQuorumHandler.answer(asking("__cluster_metadata"), Optional.of(quorum)))
                .leaderId())
        .isEqualTo(-1);
  }

  @Test
  void sendsTheClientOnWhereNoJournalIsKept() {
    assertThat(
            only(DescribeQuorumHandler.answer(asking("__cluster_metadata"), Optional.empty()))
                .errorCode())
        .isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER.code());
  }

  @Test
  void knowsNoOtherQuorum() {
    assertThat(DescribeQuorumHandler.answer(asking("orders"), Optional.empty()).errorCode())
        .isEqualTo(Errors.INVALID_REQUEST.code());
  }
}
