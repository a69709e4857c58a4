package actors.group.offsets;

import actors.group.GroupRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponsePartition;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponseTopic;
import org.apache.kafka.common.protocol.Errors;

/** What an OffsetDelete comes to (KIP-496). */
public final class OffsetDeletions {
  private OffsetDeletions() {}

  public record Accepted(List<GroupRecord> records, OffsetDeleteResponseData response) {}

  /**
   * @param subscribed topics that a member wants to read: their offsets stay
   */
  public static Accepted accept(
      OffsetDeleteRequestData request, OffsetBook book, Predicate<String> subscribed) {
    List<GroupRecord> records = new ArrayList<>();
    OffsetDeleteResponseData response = new OffsetDeleteResponseData();
    for (OffsetDeleteRequestTopic topic : request.topics()) {
      OffsetDeleteResponseTopic answers = new OffsetDeleteResponseTopic().setName(topic.name());
      boolean inUse = subscribed.test(topic.name());
      for (OffsetDeleteRequestPartition partition : topic.partitions()) {
        answers
            .partitions()
            .add(
                new OffsetDeleteResponsePartition()
                    .setPartitionIndex(partition.partitionIndex())
                    .setErrorCode((inUse ? Errors.GROUP_SUBSCRIBED_TO_TOPIC : Errors.NONE).code()));
        if (!inUse && book.find(topic.name(), partition.partitionIndex()).isPresent()) {
          records.add(
              new OffsetRecord(
                  request.groupId(),
                  new TopicPartition(topic.name(), partition.partitionIndex()),
                  Optional.empty()));
        }
      }
      response.topics().add(answers);
    }
    return new Accepted(records, response);
  }
}
