package streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import actors.partition.Replica;
import actors.partition.Replica.DeleteRecords;
import actors.partition.ReplicaReply.RecordsDeleted;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class DeleteRecordsHandlerTest extends OffsetHandlersFixture {
  private static final short NEWEST = ApiKeys.DELETE_RECORDS.latestVersion(false);

  private final DeleteRecordsHandler handler = new DeleteRecordsHandler();

  static List<Short> versions() {
    return versions(ApiKeys.DELETE_RECORDS);
  }

  private static DeleteRecordsTopic topic(String name, long... offsets) {
    DeleteRecordsTopic topic = new DeleteRecordsTopic().setName(name);
    for (int partition = 0; partition < offsets.length; partition++) {
      topic
          .partitions()
          .add(
              new DeleteRecordsPartition()
                  .setPartitionIndex(partition)
                  .setOffset(offsets[partition]));
    }
    return topic;
  }

  private FakeExchange ask(int version, DeleteRecordsTopic... topics) {
    return handle(
        handler,
        new DeleteRecordsRequestData().setTimeoutMs(5_000).setTopics(List.of(topics)),
        version);
  }

  private static DeleteRecords order(TestProbe<Replica.Command> replica) {
    return replica.expectMessageClass(DeleteRecords.class);
  }

  private static void deleted(
      FakeExchange exchange, DeleteRecords order, Errors error, long lowWatermark) {
    order.replyTo().tell(new RecordsDeleted(order.correlation(), error, lowWatermark));
    exchange.takeReply();
  }

  /** Of the only topic, by partition. */
  private static List<DeleteRecordsPartitionResult> results(FakeExchange exchange) {
    DeleteRecordsResponseData answer = exchange.answer(DeleteRecordsResponseData.class);
    assertThat(answer.topics()).hasSize(1);
    return new ArrayList<>(answer.topics().iterator().next().partitions());
  }

  @ParameterizedTest
  @MethodSource("versions")
  void tellsTheLowWatermarkInEveryVersion(short version) {
    FakeExchange exchange = ask(version, topic("orders", 17));
    DeleteRecords order = order(zero);
    assertThat(order.beforeOffset()).isEqualTo(17);
    assertThat(order.timeoutMillis()).isEqualTo(5_000);
    deleted(exchange, order, Errors.NONE, 18);

    assertThat(results(exchange).get(0).errorCode()).isZero();
    assertThat(results(exchange).get(0).lowWatermark()).isEqualTo(18);
    assertNothingLeft(exchange);
  }

  @Test
  void asksAllLeadersAtOnceAndAnswersWhenTheLastHas() {
    FakeExchange exchange = ask(NEWEST, topic("orders", 17, -1));
    DeleteRecords first = order(zero);
    DeleteRecords second = order(one);
    assertThat(second.beforeOffset()).isEqualTo(DeleteRecords.HIGH_WATERMARK);

    deleted(exchange, second, Errors.OFFSET_OUT_OF_RANGE, -1);
    assertThat(exchange.isAnswered()).isFalse();
    deleted(exchange, first, Errors.NONE, 17);

    assertThat(results(exchange))
        .extracting(DeleteRecordsPartitionResult::errorCode)
        .containsExactly(Errors.NONE.code(), Errors.OFFSET_OUT_OF_RANGE.code());
  }

  @Test
  void deletesInAPartitionAsOftenAsItIsNamed() {
    FakeExchange exchange = ask(NEWEST, topic("orders", 17), topic("orders", 5));
    deleted(exchange, order(zero), Errors.NONE, 17);
    deleted(exchange, order(zero), Errors.NONE, 17);

    assertThat(exchange.answer(DeleteRecordsResponseData.class).topics()).hasSize(1);
  }

  @Test
  void sendsTheClientOnWhereThisBrokerDoesNotLead() {
    FakeExchange exchange = ask(NEWEST, topic("orders", 1, 1, 1, 1, 1));
    deleted(exchange, order(zero), Errors.NONE, 1);
    deleted(exchange, order(one), Errors.NONE, 1);

    assertThat(results(exchange))
        .extracting(DeleteRecordsPartitionResult::errorCode)
        .containsExactly(
            Errors.NONE.code(),
            Errors.NONE.code(),
            Errors.NOT_LEADER_OR_FOLLOWER.code(),
            Errors.NOT_LEADER_OR_FOLLOWER.code(),
            Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
    assertThat(results(exchange).get(4).lowWatermark()).isEqualTo(-1);
  }

  @Test
  void saysThatItIsNotKnownWhereAReplicaDoesNotAnswerInTime() {
    FakeExchange exchange = ask(NEWEST, topic("orders", 17, 18));
    deleted(exchange, order(one), Errors.NONE, 18);
    exchange.runTimers();

    assertThat(results(exchange))
        .extracting(DeleteRecordsPartitionResult::errorCode)
        .containsExactly(Errors.REQUEST_TIMED_OUT.code(), Errors.NONE.code());
    assertThat(exchange.openListeners()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"compact,POLICY_VIOLATION", "'compact,delete',NONE", "delete,NONE"})
  void deletesNothingInATopicThatIsOnlyCompacted(String policy, Errors expected) {
    node.shows(Images.of(Images.topic("table", 1, Map.of("cleanup.policy", policy))));
    node.runs("table", 0, zero.ref());

    FakeExchange exchange = ask(NEWEST, topic("table", 3));
    if (expected == Errors.NONE) {
      deleted(exchange, order(zero), Errors.NONE, 3);
    }

    assertThat(results(exchange).get(0).errorCode()).isEqualTo(expected.code());
    assertNothingLeft(exchange);
  }

  @Test
  void deletesNothingInTheBrokersOwnTopics() {
    assertThat(results(ask(NEWEST, topic("__consumer_offsets", 3))).get(0).errorCode())
        .isEqualTo(Errors.INVALID_TOPIC_EXCEPTION.code());
  }
}
