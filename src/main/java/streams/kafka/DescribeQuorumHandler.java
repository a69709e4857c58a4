package streams.kafka;

import actors.broker.JournalQuorum;
import actors.partition.Replica;
import actors.partition.ReplicaReply;
import actors.partition.ReplicaReply.Described;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.PartitionData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.ReplicaState;
import org.apache.kafka.common.message.DescribeQuorumResponseData.TopicData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeQuorumRequest;

/**
 * Who votes on the metadata and who leads them (KIP-595, KIP-836). The journal is no partition
 * here, but clients ask for it by the name that Kafka gives it.
 *
 * <p>Kafka knows the question for that name only. Here every partition's leader answers it: the
 * in-sync replicas are the voters, the others the observers.
 */
final class DescribeQuorumHandler implements ApiHandler {
  private static final String JOURNAL = "__cluster_metadata";
  private static final long UNKNOWN = -1;

  @Override
  public ApiKeys api() {
    return ApiKeys.DESCRIBE_QUORUM;
  }

  @Override
  public void handle(Exchange exchange) {
    DescribeQuorumRequestData request = ((DescribeQuorumRequest) exchange.request()).data();
    long partitions = request.topics().stream().mapToLong(topic -> topic.partitions().size()).sum();
    if (partitions > RequestLimits.PARTITIONS_MAX) {
      exchange.refuse(
          Errors.INVALID_REQUEST,
          "at most " + RequestLimits.PARTITIONS_MAX + " partitions in one request");
    } else if (isAboutTheJournal(request)) {
      exchange.respond(ofTheJournal(request, exchange.node().journalQuorum()));
    } else {
      ofPartitions(exchange, request);
    }
  }

  private static boolean isAboutTheJournal(DescribeQuorumRequestData request) {
    return request.topics().stream().anyMatch(topic -> topic.topicName().equals(JOURNAL));
  }

  static DescribeQuorumResponseData ofTheJournal(
      DescribeQuorumRequestData request, Optional<JournalQuorum> quorum) {
    if (!isOfTheJournalAlone(request)) {
      return new DescribeQuorumResponseData()
          .setErrorCode(Errors.INVALID_REQUEST.code())
          .setErrorMessage(JOURNAL + " has only partition 0, and is asked for alone");
    }
    PartitionData partition =
        quorum
            .map(DescribeQuorumHandler::partition)
            .orElseGet(
                () ->
                    new PartitionData()
                        .setErrorCode(Errors.NOT_LEADER_OR_FOLLOWER.code())
                        .setErrorMessage("this broker is no voter of the metadata journal"));
    return new DescribeQuorumResponseData()
        .setTopics(
            List.of(
                new TopicData()
                    .setTopicName(JOURNAL)
                    .setPartitions(List.of(partition.setPartitionIndex(0)))));
  }

  private static boolean isOfTheJournalAlone(DescribeQuorumRequestData request) {
    return request.topics().size() == 1
        && request.topics().get(0).partitions().size() == 1
        && request.topics().get(0).partitions().get(0).partitionIndex() == 0;
  }

  private static PartitionData partition(JournalQuorum quorum) {
    return new PartitionData()
        .setLeaderId(quorum.leader().orElse(-1))
        .setLeaderEpoch((int) quorum.term())
        .setHighWatermark(quorum.appliedIndex())
        .setCurrentVoters(
            quorum.voters().stream()
                .map(
                    voter ->
                        new ReplicaState()
                            .setReplicaId(voter)
                            .setLogEndOffset(UNKNOWN)
                            .setLastFetchTimestamp(UNKNOWN)
                            .setLastCaughtUpTimestamp(UNKNOWN))
                .toList());
  }

  /** All leaders are asked at once. */
  private static void ofPartitions(Exchange exchange, DescribeQuorumRequestData request) {
    ReplicaQuestions<Described> questions = new ReplicaQuestions<>(exchange, Described.class);
    Set<TopicPartition> asked = new HashSet<>();
    List<TopicData> topics = new ArrayList<>();
    for (DescribeQuorumRequestData.TopicData topic : request.topics()) {
      List<PartitionData> partitions = new ArrayList<>();
      for (DescribeQuorumRequestData.PartitionData wanted : topic.partitions()) {
        PartitionData answer = new PartitionData().setPartitionIndex(wanted.partitionIndex());
        partitions.add(refused(answer, Errors.REQUEST_TIMED_OUT, "the replica does not answer"));
        if (asked.add(new TopicPartition(topic.topicName(), wanted.partitionIndex()))) {
          ask(exchange, questions, topic.topicName(), answer);
        } else {
          refused(answer, Errors.INVALID_REQUEST, "the partition is asked for twice");
        }
      }
      topics.add(new TopicData().setTopicName(topic.topicName()).setPartitions(partitions));
    }
    questions.whenAnswered(
        RequestLimits.OFFSET_TIMEOUT,
        () -> exchange.respond(new DescribeQuorumResponseData().setTopics(topics)));
  }

  private static void ask(
      Exchange exchange,
      ReplicaQuestions<Described> questions,
      String topic,
      PartitionData answer) {
    LocalLeader.of(exchange.node(), topic, answer.partitionIndex())
        .fold(
            leader -> {
              questions.ask(
                  leader,
                  correlation -> new Replica.Describe(correlation, exchange.replies()),
                  described -> fill(answer, described));
              return answer;
            },
            refusal -> refused(answer, refusal.error(), refusal.message()));
  }

  private static PartitionData refused(PartitionData answer, Errors error, String message) {
    return answer
        .setErrorCode(error.code())
        .setErrorMessage(message)
        .setLeaderId(-1)
        .setLeaderEpoch(-1)
        .setHighWatermark(UNKNOWN);
  }

  private static void fill(PartitionData answer, Described described) {
    if (described.leading().isEmpty()) {
      Errors error =
          described.error() == Errors.NONE ? Errors.NOT_LEADER_OR_FOLLOWER : described.error();
      refused(answer, error, "the replica here does not lead at the moment");
      return;
    }
    ReplicaReply.PartitionState state = described.leading().get();
    answer
        .setErrorCode(Errors.NONE.code())
        .setErrorMessage(null)
        .setLeaderId(state.leader())
        .setLeaderEpoch(state.epoch().value())
        .setHighWatermark(state.highWatermark())
        .setCurrentVoters(states(state.inSync()))
        .setObservers(states(state.outOfSync()));
  }

  private static List<ReplicaState> states(List<ReplicaReply.ReplicaState> replicas) {
    return replicas.stream()
        .map(
            replica ->
                new ReplicaState()
                    .setReplicaId(replica.brokerId())
                    .setLogEndOffset(replica.logEndOffset())
                    .setLastFetchTimestamp(replica.fetchedMillis())
                    .setLastCaughtUpTimestamp(replica.caughtUpMillis()))
        .toList();
  }
}
