package streams.kafka;

import actors.Outcome;
import actors.broker.Node;
import actors.config.EffectiveTopicConfig;
import actors.partition.Replica;
import actors.partition.ReplicaReply.RecordsDeleted;
import java.time.Duration;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DeleteRecordsRequest;
import org.apache.kafka.common.requests.DeleteRecordsResponse;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Deletes what partitions have before an offset (KIP-107); all leaders are asked at once, and each
 * answers when no replica will bring it back.
 */
final class DeleteRecordsHandler implements ApiHandler {
  @Override
  public ApiKeys api() {
    return ApiKeys.DELETE_RECORDS;
  }

  @Override
  public void handle(Exchange exchange) {
    DeleteRecordsRequestData request = ((DeleteRecordsRequest) exchange.request()).data();
    long partitions = request.topics().stream().mapToLong(topic -> topic.partitions().size()).sum();
    if (partitions > RequestLimits.PARTITIONS_MAX) {
      exchange.refuse(
          Errors.INVALID_REQUEST,
          "at most " + RequestLimits.PARTITIONS_MAX + " partitions in one request");
      return;
    }
    Duration timeout = RequestLimits.changeTimeout(request.timeoutMs());
    ReplicaQuestions<RecordsDeleted> questions =
        new ReplicaQuestions<>(exchange, RecordsDeleted.class);
    DeleteRecordsResponseData response = new DeleteRecordsResponseData();
    for (DeleteRecordsTopic topic : request.topics()) {
      DeleteRecordsTopicResult answers = resultOf(response, topic.name());
      for (DeleteRecordsPartition partition : topic.partitions()) {
        DeleteRecordsPartitionResult answer = unanswered(partition.partitionIndex());
        answers.partitions().add(answer);
        leader(exchange.node(), topic.name(), partition.partitionIndex())
            .fold(
                leader -> ask(exchange, questions, leader, partition, timeout, answer),
                refused -> answer.setErrorCode(refused.error().code()));
      }
    }
    questions.whenAnswered(timeout, () -> exchange.respond(response));
  }

  /** A topic that is named twice has one place in the answer. */
  private static DeleteRecordsTopicResult resultOf(
      DeleteRecordsResponseData response, String topic) {
    DeleteRecordsTopicResult known = response.topics().find(topic);
    if (known != null) {
      return known;
    }
    DeleteRecordsTopicResult added = new DeleteRecordsTopicResult().setName(topic);
    response.topics().add(added);
    return added;
  }

  /** Who may be asked to delete; refused where what is there must stay. */
  private static Outcome<ActorRef<Replica.Command>> leader(Node node, String topic, int partition) {
    if (ClusterView.isInternal(topic)) {
      return Outcome.refused(
          Errors.INVALID_TOPIC_EXCEPTION, "%s is the brokers' own, nobody may delete in it", topic);
    }
    Outcome<ActorRef<Replica.Command>> leader = LocalLeader.of(node, topic, partition);
    return leader instanceof Outcome.Accepted && isOnlyCompacted(node, topic)
        ? Outcome.refused(
            Errors.POLICY_VIOLATION, "topic %s is compacted, and not to be deleted from", topic)
        : leader;
  }

  private static boolean isOnlyCompacted(Node node, String topic) {
    return node.metadata()
        .topic(topic)
        .map(image -> EffectiveTopicConfig.of(image.configs(), node.configs()))
        .filter(config -> config.compacts() && !config.deletesOldSegments())
        .isPresent();
  }

  private static DeleteRecordsPartitionResult ask(
      Exchange exchange,
      ReplicaQuestions<RecordsDeleted> questions,
      ActorRef<Replica.Command> leader,
      DeleteRecordsPartition partition,
      Duration timeout,
      DeleteRecordsPartitionResult answer) {
    questions.ask(
        leader,
        correlation ->
            new Replica.DeleteRecords(
                correlation, partition.offset(), (int) timeout.toMillis(), exchange.replies()),
        deleted ->
            answer.setErrorCode(deleted.error().code()).setLowWatermark(deleted.lowWatermark()));
    return answer;
  }

  /** What stands in the answer until the replica has spoken. */
  private static DeleteRecordsPartitionResult unanswered(int partition) {
    return new DeleteRecordsPartitionResult()
        .setPartitionIndex(partition)
        .setErrorCode(Errors.REQUEST_TIMED_OUT.code())
        .setLowWatermark(DeleteRecordsResponse.INVALID_LOW_WATERMARK);
  }
}
