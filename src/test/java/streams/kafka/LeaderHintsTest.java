package streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import actors.controller.ClusterMetadata;
import actors.controller.TopicImage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/** Broker 1 answers; broker 2 leads partition 0, broker 1 leads partition 1, in epoch 5. */
class LeaderHintsTest {
  private static final int SELF = 1;
  private static final short VERSION = 16;

  private final TopicImage orders =
      Images.topic("orders", Images.partition(0, 2, 1, 2), Images.partition(1, 1, 1, 2));

  private FetchResponseData answer(
      ClusterMetadata image, int partition, Errors error, int believed, short version) {
    LeaderHints hints = new LeaderHints(image, SELF, version);
    FetchResponseData.PartitionData data =
        new FetchResponseData.PartitionData()
            .setPartitionIndex(partition)
            .setErrorCode(error.code());
    hints.addTo(data, new FetchSessions.Key("", orders.id(), partition), believed);
    FetchResponseData response = new FetchResponseData();
    response
        .responses()
        .add(
            new FetchResponseData.FetchableTopicResponse()
                .setTopicId(orders.id())
                .setPartitions(java.util.List.of(data)));
    return hints.complete(response);
  }

  private FetchResponseData answer(int partition, Errors error, int believed) {
    return answer(Images.of(orders), partition, error, believed, VERSION);
  }

  private static int leader(FetchResponseData answer) {
    return answer.responses().get(0).partitions().get(0).currentLeader().leaderId();
  }

  @Test
  void namesTheLeaderAndItsAddress() {
    FetchResponseData answer = answer(0, Errors.NOT_LEADER_OR_FOLLOWER, 4);

    assertThat(answer.responses().get(0).partitions().get(0).currentLeader())
        .isEqualTo(new FetchResponseData.LeaderIdAndEpoch().setLeaderId(2).setLeaderEpoch(5));
    assertThat(answer.nodeEndpoints())
        .containsExactly(
            new FetchResponseData.NodeEndpoint()
                .setNodeId(2)
                .setHost("host-2")
                .setPort(9094)
                .setRack("rack-2"));
  }

  @Test
  void namesItselfToAClientOfAnEarlierEpoch() {
    assertThat(leader(answer(1, Errors.FENCED_LEADER_EPOCH, 4))).isEqualTo(SELF);
  }

  @Test
  void namesNobodyWhomTheClientKnows() {
    assertThat(answer(0, Errors.NOT_LEADER_OR_FOLLOWER, 5)).satisfies(this::saysNothing);
    assertThat(answer(0, Errors.NOT_LEADER_OR_FOLLOWER, 6)).satisfies(this::saysNothing);
  }

  @Test
  void namesToAClientThatDoesNotSayItsEpochAnyOtherBroker() {
    assertThat(leader(answer(0, Errors.NOT_LEADER_OR_FOLLOWER, LeaderHints.NO_EPOCH))).isEqualTo(2);
    assertThat(answer(1, Errors.NOT_LEADER_OR_FOLLOWER, LeaderHints.NO_EPOCH))
        .satisfies(this::saysNothing);
  }

  @Test
  void namesNobodyWhoIsNotLive() {
    assertThat(
            answer(
                Images.fenced(2, Images.of(orders)), 0, Errors.NOT_LEADER_OR_FOLLOWER, 4, VERSION))
        .satisfies(this::saysNothing);
  }

  @Test
  void hasNothingToSayOfOtherErrorsAndToOlderClients() {
    assertThat(answer(0, Errors.OFFSET_OUT_OF_RANGE, 4)).satisfies(this::saysNothing);
    assertThat(
            answer(Images.of(orders), 0, Errors.NOT_LEADER_OR_FOLLOWER, 4, (short) (VERSION - 1)))
        .satisfies(this::saysNothing);
  }

  @Test
  void hasNothingToSayOfATopicThatIsGone() {
    LeaderHints hints = new LeaderHints(Images.BROKERS, SELF, VERSION);
    FetchResponseData.PartitionData data =
        new FetchResponseData.PartitionData().setErrorCode(Errors.NOT_LEADER_OR_FOLLOWER.code());

    hints.addTo(data, new FetchSessions.Key("", Uuid.randomUuid(), 0), 4);

    assertThat(data.currentLeader().leaderId()).isEqualTo(-1);
  }

  private void saysNothing(FetchResponseData answer) {
    assertThat(leader(answer)).isEqualTo(-1);
    assertThat(answer.nodeEndpoints()).isEmpty();
  }
}
