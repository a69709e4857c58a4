package streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import actors.partition.OffsetQuery;
import actors.partition.Replica.FindOffset;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ListOffsetsHandlerTest extends OffsetHandlersFixture {
  private static final short NEWEST = ApiKeys.LIST_OFFSETS.latestVersion(false);
  private static final long LATEST = -1;

  private final ListOffsetsHandler handler = new ListOffsetsHandler();

  static List<Short> versions() {
    return versions(ApiKeys.LIST_OFFSETS);
  }

  @ParameterizedTest
  @MethodSource("versions")
  void tellsWhatTheReplicaFoundInEveryVersion(short version) {
    FakeExchange exchange = handle(handler, partitions(at(0, 1_000)), version);
    FindOffset question = question(zero);
    assertThat(question.query()).isEqualTo(new OffsetQuery.ByTimestamp(1_000));
    found(exchange, question, 17, 1_005, 3);

    ListOffsetsPartitionResponse answer = answers(exchange).get(0);
    assertThat(answer.errorCode()).isZero();
    assertThat(answer.offset()).isEqualTo(17);
    assertThat(answer.timestamp()).isEqualTo(1_005);
    assertThat(answer.leaderEpoch()).isEqualTo(version >= 4 ? 3 : -1);
    assertNothingLeft(exchange);
  }

  @Test
  void asksAllReplicasAtOnceAndAnswersWhenTheLastHas() {
    FakeExchange exchange = handle(handler, partitions(at(0, LATEST), at(1, LATEST)), NEWEST);
    FindOffset first = question(zero);
    FindOffset second = question(one);

    found(exchange, second, 200, -1, 5);
    assertThat(exchange.isAnswered()).isFalse();
    found(exchange, first, 100, -1, 5);

    assertThat(answers(exchange)).extracting("partitionIndex").containsExactly(0, 1);
    assertThat(answers(exchange)).extracting("offset").containsExactly(100L, 200L);
    assertNothingLeft(exchange);
  }

  @Test
  void passesTheLeaderEpochOnForTheReplicaToCompare() {
    handle(handler, partitions(at(0, LATEST).setCurrentLeaderEpoch(4), at(1, LATEST)), NEWEST);

    assertThat(question(zero).leaderEpoch()).hasValue(4);
    assertThat(question(one).leaderEpoch()).isEqualTo(OptionalInt.empty());
  }

  @Test
  void passesOnWhyTheReplicaRefused() {
    FakeExchange exchange = handle(handler, partitions(at(0, LATEST)), NEWEST);
    refused(exchange, question(zero), Errors.FENCED_LEADER_EPOCH);

    assertThat(answers(exchange).get(0).errorCode()).isEqualTo(Errors.FENCED_LEADER_EPOCH.code());
  }

  @Test
  void sendsTheClientOnWhereThisBrokerDoesNotLead() {
    FakeExchange exchange =
        handle(handler, partitions(at(2, LATEST), at(3, LATEST), at(9, LATEST)), NEWEST);

    assertThat(answers(exchange))
        .extracting("errorCode")
        .containsExactly(
            Errors.NOT_LEADER_OR_FOLLOWER.code(),
            Errors.NOT_LEADER_OR_FOLLOWER.code(),
            Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
    assertNothingLeft(exchange);
  }

  @Test
  void refusesAPartitionThatIsNamedTwiceAndAnswersTheOthers() {
    FakeExchange exchange =
        handle(handler, partitions(at(0, LATEST), at(0, 5), at(1, LATEST)), NEWEST);
    found(exchange, question(one), 8, -1, 5);

    assertThat(answers(exchange))
        .extracting("errorCode")
        .containsExactly(
            Errors.INVALID_REQUEST.code(), Errors.INVALID_REQUEST.code(), Errors.NONE.code());
  }

  @Test
  void givesUpOnAReplicaThatDoesNotAnswer() {
    FakeExchange exchange = handle(handler, partitions(at(0, LATEST), at(1, LATEST)), NEWEST);
    found(exchange, question(one), 200, -1, 5);
    exchange.runTimers();

    assertThat(answers(exchange))
        .extracting("errorCode")
        .containsExactly(Errors.REQUEST_TIMED_OUT.code(), Errors.NONE.code());
    assertThat(exchange.openListeners()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"0, false", "1, true"})
  void readsTheEndThatTheIsolationLevelSees(byte isolation, boolean committedOnly) {
    handle(handler, partitions(at(0, LATEST)).setIsolationLevel(isolation), NEWEST);

    assertThat(question(zero).query()).isEqualTo(new OffsetQuery.Latest(committedOnly));
  }

  @Test
  void refusesAnUnknownIsolationLevel() {
    FakeExchange exchange =
        handle(handler, partitions(at(0, LATEST)).setIsolationLevel((byte) 2), NEWEST);

    assertThat(answers(exchange).get(0).errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
  }

  @Test
  void knowsTheNamedTimestamps() {
    handle(handler, partitions(at(0, -2)), NEWEST);
    assertThat(question(zero).query()).isEqualTo(new OffsetQuery.Earliest());
    handle(handler, partitions(at(0, -3)), NEWEST);
    assertThat(question(zero).query()).isEqualTo(new OffsetQuery.MaxTimestamp());
    handle(handler, partitions(at(0, -4)), NEWEST);
    assertThat(question(zero).query()).isEqualTo(new OffsetQuery.Earliest());
  }

  @ParameterizedTest
  @CsvSource({"-5", "-6"})
  void findsNothingInTieredStorage(long timestamp) {
    ListOffsetsPartitionResponse answer =
        answers(handle(handler, partitions(at(0, timestamp)), NEWEST)).get(0);

    assertThat(answer.errorCode()).isZero();
    assertThat(answer.offset()).isEqualTo(-1);
  }

  @ParameterizedTest
  @CsvSource({"-3, 6", "-4, 7", "-5, 8", "-6, 10", "-7, 11", "-9223372036854775808, 11"})
  void refusesANamedTimestampThatTheVersionDoesNotKnow(long timestamp, short version) {
    assertThat(answers(handle(handler, partitions(at(0, timestamp)), version)).get(0).errorCode())
        .isEqualTo(Errors.UNSUPPORTED_VERSION.code());
  }

  private static List<ListOffsetsPartitionResponse> answers(FakeExchange exchange) {
    return exchange.answer(ListOffsetsResponseData.class).topics().get(0).partitions();
  }

  private static ListOffsetsRequestData partitions(ListOffsetsPartition... partitions) {
    return new ListOffsetsRequestData()
        .setReplicaId(-1)
        .setTopics(
            List.of(
                new ListOffsetsTopic().setName("orders").setPartitions(Arrays.asList(partitions))));
  }

  private static ListOffsetsPartition at(int partition, long timestamp) {
    return new ListOffsetsPartition().setPartitionIndex(partition).setTimestamp(timestamp);
  }
}
