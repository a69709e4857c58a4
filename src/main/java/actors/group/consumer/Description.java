package actors.group.consumer;

import actors.group.TopicsView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.Assignment;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.TopicPartitions;

/** What tools are shown of a group. */
final class Description {
  private static final byte CLASSIC = 0;
  private static final byte CONSUMER = 1;

  private Description() {}

  static DescribedGroup of(
      GroupImage image, String state, TopicsView topics, List<String> assignors) {
    DescribedGroup group =
        new DescribedGroup()
            .setGroupId(image.id())
            .setGroupState(state)
            .setGroupEpoch(image.group().epoch())
            .setAssignmentEpoch(image.targetEpoch().epoch())
            .setAssignorName(TargetAssignment.assignorName(image, assignors));
    image.members().values().forEach(each -> group.members().add(member(image, each, topics)));
    return group;
  }

  private static org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.Member member(
      GroupImage image, Member member, TopicsView topics) {
    MemberInfo info = member.info();
    return new org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.Member()
        .setMemberId(member.id())
        .setInstanceId(info.instanceId().orElse(null))
        .setRackId(info.rackId().orElse(null))
        .setMemberEpoch(member.current().epoch())
        .setClientId(info.clientId())
        .setClientHost(info.clientHost())
        .setSubscribedTopicNames(List.copyOf(info.topics()))
        .setSubscribedTopicRegex(info.pattern().isEmpty() ? null : info.pattern())
        .setAssignment(assignment(member.current().owned().keySet(), topics))
        .setTargetAssignment(assignment(image.targetOf(member.id()), topics))
        .setMemberType(info.classic().isPresent() ? CLASSIC : CONSUMER);
  }

  private static Assignment assignment(Collection<Partition> partitions, TopicsView topics) {
    TreeMap<Uuid, List<Integer>> byTopic = new TreeMap<>();
    partitions.forEach(
        partition ->
            byTopic
                .computeIfAbsent(partition.topicId(), id -> new ArrayList<>())
                .add(partition.index()));
    List<TopicPartitions> shown = new ArrayList<>();
    byTopic.forEach(
        (id, indexes) ->
            topics
                .topic(id)
                .ifPresent(
                    topic ->
                        shown.add(
                            new TopicPartitions()
                                .setTopicId(id)
                                .setTopicName(topic.name())
                                .setPartitions(indexes))));
    return new Assignment().setTopicPartitions(shown);
  }
}
