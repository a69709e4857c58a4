package streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import actors.controller.TopicImage;
import actors.partition.Replica;
import actors.partition.ReplicaReply;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import storage.record.Batches;

class ProduceHandlerTest extends HandlerFixture {
  private static final short ACKS_ALL = -1;

  /** Broker 2 leads both partitions; a replica of the second one runs here. */
  @Nested
  class WhenAnotherBrokerLeads {
    private final TopicImage orders =
        Images.topic("orders", Images.partition(0, 2, 2, 3), Images.partition(1, 2, 1, 2));
    private final TestProbe<Replica.Command> replica = probe(Replica.Command.class);

    @BeforeEach
    void follow() {
      node.shows(Images.of(orders)).runs("orders", 1, replica.ref());
    }

    private FakeExchange produce(int partition, int version) {
      ProduceRequestData.TopicProduceData topic =
          new ProduceRequestData.TopicProduceData()
              .setPartitionData(
                  List.of(
                      new ProduceRequestData.PartitionProduceData()
                          .setIndex(partition)
                          .setRecords(MemoryRecords.readableRecords(Batches.of(1, 1_000)))));
      if (version >= 13) {
        topic.setTopicId(orders.id());
      } else {
        topic.setName("orders");
      }
      ProduceRequestData request = new ProduceRequestData().setAcks(ACKS_ALL).setTimeoutMs(1_000);
      request.topicData().add(topic);
      return handle(new ProduceHandler(), request, version);
    }

    private static ProduceResponseData.PartitionProduceResponse only(ProduceResponseData answer) {
      return answer.responses().iterator().next().partitionResponses().get(0);
    }

    @Test
    void namesTheLeaderAndItsAddress() {
      for (int version : List.of(10, 12, 13)) {
        ProduceResponseData answer = produce(0, version).answer(ProduceResponseData.class);

        assertThat(only(answer).errorCode()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER.code());
        assertThat(only(answer).currentLeader())
            .isEqualTo(new ProduceResponseData.LeaderIdAndEpoch().setLeaderId(2).setLeaderEpoch(5));
        assertThat(answer.nodeEndpoints())
            .containsExactly(
                new ProduceResponseData.NodeEndpoint()
                    .setNodeId(2)
                    .setHost("host-2")
                    .setPort(9094)
                    .setRack("rack-2"));
      }
    }

    @Test
    void namesItAsWellWhenTheReplicaRefuses() {
      FakeExchange exchange = produce(1, 13);
      Replica.Append append = replica.expectMessageClass(Replica.Append.class);
      append
          .replyTo()
          .tell(
              new ReplicaReply.Appended(
                  append.correlation(),
                  Errors.NOT_LEADER_OR_FOLLOWER,
                  -1,
                  -1,
                  -1,
                  Optional.empty()));
      exchange.takeReply();

      assertThat(only(exchange.answer(ProduceResponseData.class)).currentLeader().leaderId())
          .isEqualTo(2);
    }

    @Test
    void answersOlderClientsWithoutIt() {
      ProduceResponseData answer = produce(0, 9).answer(ProduceResponseData.class);

      assertThat(only(answer).errorCode()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER.code());
      assertThat(only(answer).currentLeader().leaderId()).isEqualTo(-1);
    }
  }
}
