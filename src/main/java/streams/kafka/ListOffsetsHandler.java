package streams.kafka;

import actors.Outcome;
import actors.partition.OffsetQuery;
import actors.partition.Replica;
import actors.partition.ReplicaReply.OffsetFound;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsTopicResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.apache.kafka.common.requests.ListOffsetsResponse;
import org.apache.pekko.actor.typed.ActorRef;

/** First, last or earliest-since offsets of partitions; all replicas are asked at once. */
final class ListOffsetsHandler implements ApiHandler {
  private static final short EPOCH_SINCE = 4;
  private static final short TIMEOUT_SINCE = 10;

  @Override
  public ApiKeys api() {
    return ApiKeys.LIST_OFFSETS;
  }

  @Override
  public void handle(Exchange exchange) {
    ListOffsetsRequest request = (ListOffsetsRequest) exchange.request();
    byte isolation = request.data().isolationLevel();
    if (isolation < 0 || isolation >= IsolationLevel.values().length) {
      exchange.refuse(Errors.INVALID_REQUEST, "there is no isolation level " + isolation);
      return;
    }
    OffsetQuestions questions = new OffsetQuestions(exchange);
    Set<TopicPartition> duplicates = request.duplicatePartitions();
    List<ListOffsetsTopicResponse> topics = new ArrayList<>();
    for (ListOffsetsTopic topic : request.topics()) {
      List<ListOffsetsPartitionResponse> partitions = new ArrayList<>();
      for (ListOffsetsPartition partition : topic.partitions()) {
        ListOffsetsPartitionResponse answer = unanswered(partition.partitionIndex());
        partitions.add(answer);
        if (duplicates.contains(new TopicPartition(topic.name(), partition.partitionIndex()))) {
          answer.setErrorCode(Errors.INVALID_REQUEST.code());
        } else {
          ask(exchange, questions, topic.name(), partition, answer);
        }
      }
      topics.add(new ListOffsetsTopicResponse().setName(topic.name()).setPartitions(partitions));
    }
    questions.whenAnswered(
        timeout(request), () -> exchange.respond(new ListOffsetsResponseData().setTopics(topics)));
  }

  private static void ask(
      Exchange exchange,
      OffsetQuestions questions,
      String topic,
      ListOffsetsPartition partition,
      ListOffsetsPartitionResponse answer) {
    ListOffsetsRequest request = (ListOffsetsRequest) exchange.request();
    Errors error =
        query(partition.timestamp(), request.isolationLevel(), request.version())
            .fold(
                query ->
                    LocalLeader.of(exchange.node(), topic, partition.partitionIndex())
                        .fold(
                            leader ->
                                ask(
                                    questions,
                                    leader,
                                    query,
                                    partition,
                                    found -> fill(answer, found, request.version())),
                            Outcome.Refused::error),
                Outcome.Refused::error);
    answer.setErrorCode(error.code());
  }

  /** What stands in the answer until the replica has spoken. */
  private static Errors ask(
      OffsetQuestions questions,
      ActorRef<Replica.Command> leader,
      Optional<OffsetQuery> query,
      ListOffsetsPartition partition,
      Consumer<OffsetFound> answered) {
    if (query.isEmpty()) {
      return Errors.NONE;
    }
    questions.ask(leader, query.get(), partition.currentLeaderEpoch(), answered);
    return Errors.REQUEST_TIMED_OUT;
  }

  /**
   * What a timestamp asks for; negative ones are names. Empty: the answer is known to be none,
   * since nothing is in tiered storage.
   */
  static Outcome<Optional<OffsetQuery>> query(
      long timestampMillis, IsolationLevel isolation, short version) {
    if (timestampMillis >= 0) {
      return Outcome.accepted(Optional.of(new OffsetQuery.ByTimestamp(timestampMillis)));
    }
    if (timestampMillis < ListOffsetsRequest.EARLIEST_PENDING_UPLOAD_TIMESTAMP
        || version < sinceVersion(timestampMillis)) {
      return Outcome.refused(
          Errors.UNSUPPORTED_VERSION,
          "timestamp %d means nothing in version %d",
          timestampMillis,
          version);
    }
    if (timestampMillis == ListOffsetsRequest.LATEST_TIMESTAMP) {
      return Outcome.accepted(
          Optional.of(new OffsetQuery.Latest(isolation == IsolationLevel.READ_COMMITTED)));
    }
    if (timestampMillis == ListOffsetsRequest.EARLIEST_TIMESTAMP
        || timestampMillis == ListOffsetsRequest.EARLIEST_LOCAL_TIMESTAMP) {
      return Outcome.accepted(Optional.of(new OffsetQuery.Earliest()));
    }
    return Outcome.accepted(
        timestampMillis == ListOffsetsRequest.MAX_TIMESTAMP
            ? Optional.of(new OffsetQuery.MaxTimestamp())
            : Optional.empty());
  }

  /** The version that first knew a named timestamp (KIP-734, KIP-405, KIP-1005, KIP-1023). */
  private static int sinceVersion(long namedTimestamp) {
    if (namedTimestamp >= ListOffsetsRequest.EARLIEST_TIMESTAMP) {
      return 1;
    }
    if (namedTimestamp == ListOffsetsRequest.MAX_TIMESTAMP) {
      return 7;
    }
    if (namedTimestamp == ListOffsetsRequest.EARLIEST_LOCAL_TIMESTAMP) {
      return 8;
    }
    return namedTimestamp == ListOffsetsRequest.LATEST_TIERED_TIMESTAMP ? 9 : 11;
  }

  private static ListOffsetsPartitionResponse unanswered(int partition) {
    return new ListOffsetsPartitionResponse()
        .setPartitionIndex(partition)
        .setErrorCode(Errors.REQUEST_TIMED_OUT.code())
        .setTimestamp(ListOffsetsResponse.UNKNOWN_TIMESTAMP)
        .setOffset(ListOffsetsResponse.UNKNOWN_OFFSET)
        .setLeaderEpoch(ListOffsetsResponse.UNKNOWN_EPOCH);
  }

  private static void fill(ListOffsetsPartitionResponse answer, OffsetFound found, short version) {
    answer
        .setErrorCode(found.error().code())
        .setTimestamp(found.timestampMillis())
        .setOffset(found.offset())
        .setLeaderEpoch(
            version >= EPOCH_SINCE ? found.leaderEpoch() : ListOffsetsResponse.UNKNOWN_EPOCH);
  }

  private static Duration timeout(ListOffsetsRequest request) {
    Duration wanted = Duration.ofMillis(request.timeoutMs());
    boolean shorter = wanted.compareTo(RequestLimits.OFFSET_TIMEOUT) < 0;
    return request.version() >= TIMEOUT_SINCE && request.timeoutMs() > 0 && shorter
        ? wanted
        : RequestLimits.OFFSET_TIMEOUT;
  }
}
