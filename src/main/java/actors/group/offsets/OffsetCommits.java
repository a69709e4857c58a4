package actors.group.offsets;

import actors.group.GroupRecord;
import actors.group.Situation;
import actors.group.TopicsView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponsePartition;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponseTopic;
import org.apache.kafka.common.protocol.Errors;

/** What an OffsetCommit by somebody who may commit comes to. */
public final class OffsetCommits {
  private OffsetCommits() {}

  /**
   * @param records for the log: of the partitions that are not refused
   */
  public record Accepted(List<GroupRecord> records, OffsetCommitResponseData response) {}

  /**
   * @param metadataBytesMax {@code offset.metadata.max.bytes}
   */
  public static Accepted accept(
      OffsetCommitRequestData request, Situation situation, int metadataBytesMax) {
    List<GroupRecord> records = new ArrayList<>();
    OffsetCommitResponseData response = new OffsetCommitResponseData();
    for (OffsetCommitRequestTopic topic : request.topics()) {
      Optional<TopicsView.Topic> known = find(topic, situation.topics());
      OffsetCommitResponseTopic answers = answersTo(topic);
      response.topics().add(answers);
      for (OffsetCommitRequestPartition partition : topic.partitions()) {
        Errors error = check(topic, partition, known, metadataBytesMax);
        answers
            .partitions()
            .add(
                new OffsetCommitResponsePartition()
                    .setPartitionIndex(partition.partitionIndex())
                    .setErrorCode(error.code()));
        if (error == Errors.NONE) {
          records.add(record(request, known.orElseThrow().name(), partition, situation));
        }
      }
    }
    return new Accepted(records, response);
  }

  /** The same error for every partition. */
  public static OffsetCommitResponseData refused(OffsetCommitRequestData request, Errors error) {
    OffsetCommitResponseData response = new OffsetCommitResponseData();
    for (OffsetCommitRequestTopic topic : request.topics()) {
      OffsetCommitResponseTopic answers = answersTo(topic);
      response.topics().add(answers);
      for (OffsetCommitRequestPartition partition : topic.partitions()) {
        answers
            .partitions()
            .add(
                new OffsetCommitResponsePartition()
                    .setPartitionIndex(partition.partitionIndex())
                    .setErrorCode(error.code()));
      }
    }
    return response;
  }

  private static OffsetCommitResponseTopic answersTo(OffsetCommitRequestTopic topic) {
    return new OffsetCommitResponseTopic().setName(topic.name()).setTopicId(topic.topicId());
  }

  private static Optional<TopicsView.Topic> find(
      OffsetCommitRequestTopic topic, TopicsView topics) {
    return isById(topic) ? topics.topic(topic.topicId()) : topics.topic(topic.name());
  }

  private static boolean isById(OffsetCommitRequestTopic topic) {
    return !Uuid.ZERO_UUID.equals(topic.topicId());
  }

  private static Errors check(
      OffsetCommitRequestTopic topic,
      OffsetCommitRequestPartition partition,
      Optional<TopicsView.Topic> known,
      int metadataBytesMax) {
    if (known.isEmpty()) {
      return isById(topic) ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION;
    }
    if (partition.partitionIndex() < 0
        || partition.partitionIndex() >= known.get().partitionCount()) {
      return Errors.UNKNOWN_TOPIC_OR_PARTITION;
    }
    String metadata = partition.committedMetadata();
    return metadata != null && metadata.length() > metadataBytesMax
        ? Errors.OFFSET_METADATA_TOO_LARGE
        : Errors.NONE;
  }

  private static OffsetRecord record(
      OffsetCommitRequestData request,
      String topic,
      OffsetCommitRequestPartition partition,
      Situation situation) {
    String metadata = partition.committedMetadata();
    return new OffsetRecord(
        request.groupId(),
        new TopicPartition(topic, partition.partitionIndex()),
        Optional.of(
            new CommittedOffset(
                partition.committedOffset(),
                partition.committedLeaderEpoch(),
                metadata == null ? "" : metadata,
                situation.nowMillis(),
                request.retentionTimeMs() < 0
                    ? OptionalLong.empty()
                    : OptionalLong.of(situation.nowMillis() + request.retentionTimeMs()))));
  }
}
