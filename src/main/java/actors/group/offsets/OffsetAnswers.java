package actors.group.offsets;

import actors.group.TopicsView;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.Errors;

/** Answers to those who ask what a group has committed. */
public final class OffsetAnswers {
  private OffsetAnswers() {}

  /**
   * @param byId topics are named by id in the request and in the answer
   */
  public static OffsetFetchResponseGroup answer(
      OffsetFetchRequestGroup request, OffsetBook book, TopicsView topics, boolean byId) {
    OffsetFetchResponseGroup answer = new OffsetFetchResponseGroup().setGroupId(request.groupId());
    answer.setTopics(
        request.topics() == null
            ? all(book, topics, byId)
            : request.topics().stream()
                .map(topic -> byId ? ofId(topic, book, topics) : ofName(topic, book))
                .collect(Collectors.toList()));
    return answer;
  }

  /** The whole request is refused. */
  public static OffsetFetchResponseGroup refused(OffsetFetchRequestGroup request, Errors error) {
    return new OffsetFetchResponseGroup().setGroupId(request.groupId()).setErrorCode(error.code());
  }

  private static List<OffsetFetchResponseTopics> all(
      OffsetBook book, TopicsView topics, boolean byId) {
    return book.all().entrySet().stream()
        .flatMap(
            topic -> {
              Optional<Uuid> id = topics.topic(topic.getKey()).map(TopicsView.Topic::id);
              return byId && id.isEmpty()
                  ? Stream.empty()
                  : Stream.of(
                      committed(topic.getValue())
                          .setName(topic.getKey())
                          .setTopicId(id.filter(known -> byId).orElse(Uuid.ZERO_UUID)));
            })
        .collect(Collectors.toList());
  }

  private static OffsetFetchResponseTopics committed(
      NavigableMap<Integer, CommittedOffset> offsets) {
    OffsetFetchResponseTopics answer = new OffsetFetchResponseTopics();
    for (Map.Entry<Integer, CommittedOffset> offset : offsets.entrySet()) {
      answer.partitions().add(answer(offset.getKey(), Optional.of(offset.getValue())));
    }
    return answer;
  }

  private static OffsetFetchResponseTopics ofName(OffsetFetchRequestTopics topic, OffsetBook book) {
    return ofPartitions(topic, topic.name(), book).setName(topic.name());
  }

  private static OffsetFetchResponseTopics ofId(
      OffsetFetchRequestTopics topic, OffsetBook book, TopicsView topics) {
    OffsetFetchResponseTopics answer =
        topics
            .topic(topic.topicId())
            .map(known -> ofPartitions(topic, known.name(), book))
            .orElseGet(() -> unknown(topic));
    return answer.setTopicId(topic.topicId());
  }

  private static OffsetFetchResponseTopics ofPartitions(
      OffsetFetchRequestTopics topic, String name, OffsetBook book) {
    OffsetFetchResponseTopics answer = new OffsetFetchResponseTopics();
    for (int partition : topic.partitionIndexes()) {
      answer.partitions().add(answer(partition, book.find(name, partition)));
    }
    return answer;
  }

  private static OffsetFetchResponseTopics unknown(OffsetFetchRequestTopics topic) {
    OffsetFetchResponseTopics answer = new OffsetFetchResponseTopics();
    for (int partition : topic.partitionIndexes()) {
      answer
          .partitions()
          .add(answer(partition, Optional.empty()).setErrorCode(Errors.UNKNOWN_TOPIC_ID.code()));
    }
    return answer;
  }

  private static OffsetFetchResponsePartitions answer(
      int partition, Optional<CommittedOffset> offset) {
    return new OffsetFetchResponsePartitions()
        .setPartitionIndex(partition)
        .setCommittedOffset(offset.map(CommittedOffset::offset).orElse(CommittedOffset.NONE))
        .setCommittedLeaderEpoch(offset.map(CommittedOffset::leaderEpoch).orElse(-1))
        .setMetadata(offset.map(CommittedOffset::metadata).orElse(""));
  }
}
