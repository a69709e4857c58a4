package streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import actors.LeaderEpoch;
import actors.broker.JournalQuorum;
import actors.partition.Replica;
import actors.partition.ReplicaReply.Described;
import actors.partition.ReplicaReply.PartitionState;
import actors.partition.ReplicaReply.ReplicaState;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class DescribeQuorumHandlerTest extends OffsetHandlersFixture {
  private static final int VERSION = 2;

  private static DescribeQuorumRequestData asking(String topic, Integer... partitions) {
    return new DescribeQuorumRequestData()
        .setTopics(
            List.of(
                new DescribeQuorumRequestData.TopicData()
                    .setTopicName(topic)
                    .setPartitions(
                        Arrays.stream(partitions)
                            .map(
                                partition ->
                                    new DescribeQuorumRequestData.PartitionData()
                                        .setPartitionIndex(partition))
                            .toList())));
  }

  private static DescribeQuorumResponseData answer(FakeExchange exchange) {
    return exchange.answer(DescribeQuorumResponseData.class);
  }

  private FakeExchange ask(String topic, Integer... partitions) {
    return handle(new DescribeQuorumHandler(), asking(topic, partitions), VERSION);
  }

  @Nested
  class OfTheJournal {
    private static PartitionData only(DescribeQuorumResponseData answer) {
      return answer.topics().get(0).partitions().get(0);
    }

    private static DescribeQuorumResponseData of(Optional<JournalQuorum> quorum) {
      return DescribeQuorumHandler.ofTheJournal(asking("__cluster_metadata", 0), quorum);
    }

    @Test
    void tellsTheVotersAndWhoLeadsThem() {
      JournalQuorum quorum = new JournalQuorum(OptionalInt.of(2), 7, 42, List.of(1, 2, 3));

      PartitionData answer = only(of(Optional.of(quorum)));

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

      assertThat(only(of(Optional.of(quorum))).leaderId()).isEqualTo(-1);
    }

    @Test
    void sendsTheClientOnWhereNoJournalIsKept() {
      assertThat(only(of(Optional.empty())).errorCode())
          .isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER.code());
    }

    @Test
    void knowsOnlyItsOnePartition() {
      assertThat(answer(ask("__cluster_metadata", 1)).errorCode())
          .isEqualTo(Errors.INVALID_REQUEST.code());
    }
  }

  @Nested
  class OfPartitions {
    private static void reply(
        FakeExchange exchange, TestProbe<Replica.Command> replica, Optional<PartitionState> state) {
      Replica.Describe question = replica.expectMessageClass(Replica.Describe.class);
      question
          .replyTo()
          .tell(new Described(question.correlation(), Errors.NONE, 4096, 20, 0, state));
      exchange.takeReply();
    }

    @Test
    void tellsWhatTheLeaderKnowsOfEveryReplica() {
      FakeExchange exchange = ask("orders", 0);

      reply(
          exchange,
          zero,
          Optional.of(
              new PartitionState(
                  1,
                  new LeaderEpoch(5),
                  17,
                  List.of(new ReplicaState(1, 20, 9_000, 9_000)),
                  List.of(new ReplicaState(2, 11, 8_000, 7_000)))));

      PartitionData answer = answer(exchange).topics().get(0).partitions().get(0);
      assertThat(answer.errorCode()).isEqualTo(Errors.NONE.code());
      assertThat(answer.leaderId()).isEqualTo(1);
      assertThat(answer.leaderEpoch()).isEqualTo(5);
      assertThat(answer.highWatermark()).isEqualTo(17);
      assertThat(answer.currentVoters())
          .extracting(DescribeQuorumResponseData.ReplicaState::logEndOffset)
          .containsExactly(20L);
      assertThat(answer.observers())
          .containsExactly(
              new DescribeQuorumResponseData.ReplicaState()
                  .setReplicaId(2)
                  .setLogEndOffset(11)
                  .setLastFetchTimestamp(8_000)
                  .setLastCaughtUpTimestamp(7_000));
      assertNothingLeft(exchange);
    }

    @Test
    void leavesToTheLeaderWhatItLeads() {
      assertThat(answer(ask("orders", 2, 3)).topics().get(0).partitions())
          .allSatisfy(
              partition ->
                  assertThat(partition.errorCode())
                      .isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER.code()));
    }

    @Test
    void saysSoWhenTheReplicaHasStoppedLeading() {
      FakeExchange exchange = ask("orders", 1);

      reply(exchange, one, Optional.empty());

      assertThat(answer(exchange).topics().get(0).partitions().get(0).errorCode())
          .isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER.code());
    }

    @Test
    void knowsWhichPartitionsThereAre() {
      assertThat(answer(ask("orders", 9)).topics().get(0).partitions().get(0).errorCode())
          .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
      assertThat(answer(ask("never-was", 0)).topics().get(0).partitions().get(0).errorCode())
          .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
    }

    @Test
    void doesNotWaitForAReplicaForEver() {
      FakeExchange exchange = ask("orders", 0, 0);

      exchange.runTimers();

      assertThat(answer(exchange).topics().get(0).partitions())
          .extracting(PartitionData::errorCode)
          .containsExactly(Errors.REQUEST_TIMED_OUT.code(), Errors.INVALID_REQUEST.code());
    }
  }
}
