package streams.kafka;

import actors.Outcome;
import actors.partition.OffsetQuery;
import actors.partition.ReplicaReply.OffsetFound;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.OffsetForLeaderTopicResult;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.OffsetForLeaderTopicResultCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.OffsetsForLeaderEpochRequest;

/**
 * Where a leader epoch ended, by which a consumer notices that records which it has read are gone
 * (KIP-320).
 */
final class OffsetForLeaderEpochHandler implements ApiHandler {
  @Override
  public ApiKeys api() {
    return ApiKeys.OFFSET_FOR_LEADER_EPOCH;
  }

  @Override
  public void handle(Exchange exchange) {
    OffsetsForLeaderEpochRequest request = (OffsetsForLeaderEpochRequest) exchange.request();
    OffsetQuestions questions = new OffsetQuestions(exchange);
    Set<TopicPartition> asked = new HashSet<>();
    OffsetForLeaderTopicResultCollection topics = new OffsetForLeaderTopicResultCollection();
    for (OffsetForLeaderTopic topic : request.data().topics()) {
      List<EpochEndOffset> partitions = new ArrayList<>();
      for (OffsetForLeaderPartition partition : topic.partitions()) {
        EpochEndOffset answer = unanswered(partition.partition());
        partitions.add(answer);
        if (asked.add(new TopicPartition(topic.topic(), partition.partition()))) {
          ask(exchange, questions, topic.topic(), partition, answer);
        } else {
          answer.setErrorCode(Errors.INVALID_REQUEST.code());
        }
      }
      topics.add(
          new OffsetForLeaderTopicResult().setTopic(topic.topic()).setPartitions(partitions));
    }
    questions.whenAnswered(
        RequestLimits.OFFSET_TIMEOUT,
        () -> exchange.respond(new OffsetForLeaderEpochResponseData().setTopics(topics)));
  }

  private static void ask(
      Exchange exchange,
      OffsetQuestions questions,
      String topic,
      OffsetForLeaderPartition partition,
      EpochEndOffset answer) {
    Errors error =
        LocalLeader.of(exchange.node(), topic, partition.partition())
            .fold(
                replica -> {
                  questions.ask(
                      replica,
                      new OffsetQuery.EndOfEpoch(partition.leaderEpoch()),
                      partition.currentLeaderEpoch(),
                      found -> fill(answer, found));
                  return Errors.REQUEST_TIMED_OUT;
                },
                Outcome.Refused::error);
    answer.setErrorCode(error.code());
  }

  private static EpochEndOffset unanswered(int partition) {
    return new EpochEndOffset()
        .setPartition(partition)
        .setErrorCode(Errors.REQUEST_TIMED_OUT.code());
  }

  private static void fill(EpochEndOffset answer, OffsetFound found) {
    answer
        .setErrorCode(found.error().code())
        .setLeaderEpoch(found.leaderEpoch())
        .setEndOffset(found.offset());
  }
}
