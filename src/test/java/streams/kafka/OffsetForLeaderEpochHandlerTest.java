package streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import actors.partition.OffsetQuery;
import actors.partition.Replica.FindOffset;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopicCollection;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OffsetForLeaderEpochHandlerTest extends OffsetHandlersFixture {
  private static final short NEWEST = ApiKeys.OFFSET_FOR_LEADER_EPOCH.latestVersion(false);

  private final OffsetForLeaderEpochHandler handler = new OffsetForLeaderEpochHandler();

  static List<Short> versions() {
    return versions(ApiKeys.OFFSET_FOR_LEADER_EPOCH);
  }

  @ParameterizedTest
  @MethodSource("versions")
  void tellsWhereAnEpochEndedInEveryVersion(short version) {
    FakeExchange exchange = handle(handler, partitions(of(0, 4)), version);
    FindOffset question = question(zero);
    assertThat(question.query()).isEqualTo(new OffsetQuery.EndOfEpoch(4));
    assertThat(question.leaderEpoch()).hasValue(7);
    found(exchange, question, 100, -1, 3);

    EpochEndOffset answer = answers(exchange).get(0);
    assertThat(answer.errorCode()).isZero();
    assertThat(answer.endOffset()).isEqualTo(100);
    assertThat(answer.leaderEpoch()).isEqualTo(3);
    assertNothingLeft(exchange);
  }

  @Test
  void answersEachPartitionForItself() {
    FakeExchange exchange =
        handle(handler, partitions(of(0, 4), of(0, 5), of(1, 4), of(2, 4), of(9, 4)), NEWEST);
    found(exchange, question(zero), 100, -1, 4);
    refused(exchange, question(one), Errors.UNKNOWN_LEADER_EPOCH);

    assertThat(answers(exchange))
        .extracting("errorCode")
        .containsExactly(
            Errors.NONE.code(),
            Errors.INVALID_REQUEST.code(),
            Errors.UNKNOWN_LEADER_EPOCH.code(),
            Errors.NOT_LEADER_OR_FOLLOWER.code(),
            Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
    assertThat(answers(exchange)).extracting("endOffset").containsExactly(100L, -1L, -1L, -1L, -1L);
  }

  @Test
  void givesUpOnAReplicaThatDoesNotAnswer() {
    FakeExchange exchange = handle(handler, partitions(of(0, 4)), NEWEST);
    exchange.runTimers();

    assertThat(answers(exchange).get(0).errorCode()).isEqualTo(Errors.REQUEST_TIMED_OUT.code());
    assertThat(exchange.openListeners()).isZero();
  }

  private static List<EpochEndOffset> answers(FakeExchange exchange) {
    return exchange
        .answer(OffsetForLeaderEpochResponseData.class)
        .topics()
        .iterator()
        .next()
        .partitions();
  }

  private static OffsetForLeaderEpochRequestData partitions(
      OffsetForLeaderPartition... partitions) {
    OffsetForLeaderTopicCollection topics = new OffsetForLeaderTopicCollection();
    topics.add(
        new OffsetForLeaderTopic().setTopic("orders").setPartitions(Arrays.asList(partitions)));
    return new OffsetForLeaderEpochRequestData().setTopics(topics);
  }

  private static OffsetForLeaderPartition of(int partition, int epoch) {
    return new OffsetForLeaderPartition()
        .setPartition(partition)
        .setCurrentLeaderEpoch(7)
        .setLeaderEpoch(epoch);
  }
}
