package streams.kafka;

import actors.broker.JournalQuorum;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeQuorumRequest;

/**
 * Who votes on the metadata and who leads them (KIP-595, KIP-836). The journal is no partition
 * here, but clients ask for it by the name that Kafka gives it.
 */
final class DescribeQuorumHandler implements ApiHandler {
  private static final String TOPIC = "__cluster_metadata";
  private static final long UNKNOWN = -1;

  @Override
  public ApiKeys api() {
    return ApiKeys.DESCRIBE_QUORUM;
  }

  @Override
  public void handle(Exchange exchange) {
    DescribeQuorumRequestData request = ((DescribeQuorumRequest) exchange.request()).data();
    exchange.respond(answer(request, exchange.node().journalQuorum()));
  }

  static DescribeQuorumResponseData answer(
      DescribeQuorumRequestData request, Optional<JournalQuorum> quorum) {
    if (!isOfTheJournal(request)) {
      return new DescribeQuorumResponseData()
          .setErrorCode(Errors.INVALID_REQUEST.code())
          .setErrorMessage("a quorum has only " + TOPIC + ", partition 0");
    }
    DescribeQuorumResponseData.PartitionData partition =
        quorum
            .map(DescribeQuorumHandler::partition)
            .orElseGet(
                () ->
                    new DescribeQuorumResponseData.PartitionData()
                        .setErrorCode(Errors.NOT_LEADER_OR_FOLLOWER.code())
                        .setErrorMessage("this broker is no voter of the metadata journal"));
    return new DescribeQuorumResponseData()
        .setTopics(
            List.of(
                new DescribeQuorumResponseData.TopicData()
                    .setTopicName(TOPIC)
                    .setPartitions(List.of(partition.setPartitionIndex(0)))));
  }

  private static boolean isOfTheJournal(DescribeQuorumRequestData request) {
    return request.topics().size() == 1
        && request.topics().get(0).topicName().equals(TOPIC)
        && request.topics().get(0).partitions().size() == 1
        && request.topics().get(0).partitions().get(0).partitionIndex() == 0;
  }

  private static DescribeQuorumResponseData.PartitionData partition(JournalQuorum quorum) {
    return new DescribeQuorumResponseData.PartitionData()
        .setLeaderId(quorum.leader().orElse(-1))
        .setLeaderEpoch((int) quorum.term())
        .setHighWatermark(quorum.appliedIndex())
        .setCurrentVoters(
            quorum.voters().stream()
                .map(
                    voter ->
                        new DescribeQuorumResponseData.ReplicaState()
                            .setReplicaId(voter)
                            .setLogEndOffset(UNKNOWN)
                            .setLastFetchTimestamp(UNKNOWN)
                            .setLastCaughtUpTimestamp(UNKNOWN))
                .toList());
  }
}
