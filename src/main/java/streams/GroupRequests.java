package streams;

import actors.group.GroupEvent.Caller;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData.TopicPartitions;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.protocol.Errors;

/** What a member says to its coordinator and hears from it, in Kafka's messages. Pure. */
final class GroupRequests {
  private static final short HEARTBEAT_VERSION = 1;

  /** From this version on both name topics by id. */
  private static final short OFFSETS_VERSION = 10;

  private final GroupTuning tuning;
  private final GroupSubscription subscription;
  private final String memberId;
  private final String host;

  GroupRequests(GroupTuning tuning, GroupSubscription subscription, String memberId, String host) {
    this.tuning = tuning;
    this.subscription = subscription;
    this.memberId = memberId;
    this.host = host;
  }

  Caller callerOfHeartbeat() {
    return new Caller(tuning.clientId(), host, HEARTBEAT_VERSION);
  }

  Caller callerOfOffsets() {
    return new Caller(tuning.clientId(), host, OFFSETS_VERSION);
  }

  ConsumerGroupHeartbeatRequestData heartbeat(GroupSeat.Word word) {
    ConsumerGroupHeartbeatRequestData request =
        new ConsumerGroupHeartbeatRequestData()
            .setGroupId(tuning.groupId())
            .setMemberId(memberId)
            .setMemberEpoch(word.epoch());
    if (word.epoch() == GroupSeat.LEAVING) {
      return request;
    }
    request.setTopicPartitions(held(word.held()));
    if (word.whole()) {
      request.setRebalanceTimeoutMs(
          (int)
              Math.min(
                  Integer.MAX_VALUE, tuning.drainTimeout().plus(Limits.REVOKE_MARGIN).toMillis()));
      request.setSubscribedTopicNames(List.copyOf(subscription.topics()));
      request.setSubscribedTopicRegex(subscription.pattern().orElse(null));
      request.setServerAssignor(tuning.assignor().isEmpty() ? null : tuning.assignor());
    }
    return request;
  }

  private static List<TopicPartitions> held(SortedSet<Slot> slots) {
    List<TopicPartitions> topics = new ArrayList<>();
    byTopic(slots)
        .forEach(
            (id, indexes) ->
                topics.add(new TopicPartitions().setTopicId(id).setPartitions(indexes)));
    return topics;
  }

  private static SortedMap<Uuid, List<Integer>> byTopic(Iterable<Slot> slots) {
    SortedMap<Uuid, List<Integer>> topics = new TreeMap<>();
    slots.forEach(
        slot -> topics.computeIfAbsent(slot.topicId(), id -> new ArrayList<>()).add(slot.index()));
    return topics;
  }

  /** The partitions that the member is to have; empty: as before. */
  static Optional<SortedSet<Slot>> assigned(ConsumerGroupHeartbeatResponseData answer) {
    if (answer.assignment() == null) {
      return Optional.empty();
    }
    SortedSet<Slot> slots = new TreeSet<>();
    answer
        .assignment()
        .topicPartitions()
        .forEach(
            topic ->
                topic.partitions().forEach(index -> slots.add(new Slot(topic.topicId(), index))));
    return Optional.of(slots);
  }

  OffsetCommitRequestData commit(int epoch, SortedMap<Slot, CommitBook.Position> positions) {
    OffsetCommitRequestData request =
        new OffsetCommitRequestData()
            .setGroupId(tuning.groupId())
            .setMemberId(memberId)
            .setGenerationIdOrMemberEpoch(epoch);
    SortedMap<Uuid, OffsetCommitRequestTopic> topics = new TreeMap<>();
    positions.forEach(
        (slot, position) ->
            topics
                .computeIfAbsent(
                    slot.topicId(), id -> new OffsetCommitRequestTopic().setTopicId(id))
                .partitions()
                .add(
                    new OffsetCommitRequestPartition()
                        .setPartitionIndex(slot.index())
                        .setCommittedOffset(position.offset())
                        .setCommittedLeaderEpoch(position.leaderEpoch())
                        .setCommittedMetadata(position.metadata())));
    return request.setTopics(List.copyOf(topics.values()));
  }

  static Map<Slot, Errors> errors(OffsetCommitResponseData answer) {
    Map<Slot, Errors> errors = new TreeMap<>();
    answer
        .topics()
        .forEach(
            topic ->
                topic
                    .partitions()
                    .forEach(
                        one ->
                            errors.put(
                                new Slot(topic.topicId(), one.partitionIndex()),
                                Errors.forCode(one.errorCode()))));
    return errors;
  }

  OffsetFetchRequestGroup fetch(Iterable<Slot> slots) {
    List<OffsetFetchRequestTopics> topics = new ArrayList<>();
    byTopic(slots)
        .forEach(
            (id, indexes) ->
                topics.add(
                    new OffsetFetchRequestTopics().setTopicId(id).setPartitionIndexes(indexes)));
    return new OffsetFetchRequestGroup().setGroupId(tuning.groupId()).setTopics(topics);
  }

  /** What the group has committed of each partition. */
  static void eachFetched(
      OffsetFetchResponseGroup answer, BiConsumer<Slot, OffsetFetchResponsePartitions> each) {
    answer
        .topics()
        .forEach(
            topic ->
                topic
                    .partitions()
                    .forEach(
                        one -> each.accept(new Slot(topic.topicId(), one.partitionIndex()), one)));
  }
}
