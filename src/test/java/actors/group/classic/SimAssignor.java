package actors.group.classic;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;

/** By range: of each topic, each subscriber a piece. Only by what the leader has been told. */
final class SimAssignor {
  private SimAssignor() {}

  static Map<String, List<TopicPartition>> assign(
      List<JoinGroupResponseMember> members, SortedMap<String, Integer> partitionCounts) {
    List<JoinGroupResponseMember> sorted = new ArrayList<>(members);
    sorted.sort(
        Comparator.comparing(
            each -> Optional.ofNullable(each.groupInstanceId()).orElse(each.memberId())));
    Map<String, List<TopicPartition>> parts = new LinkedHashMap<>();
    sorted.forEach(each -> parts.put(each.memberId(), new ArrayList<>()));
    partitionCounts.forEach(
        (topic, count) -> {
          List<String> subscribers =
              sorted.stream()
                  .filter(each -> topics(each).contains(topic))
                  .map(JoinGroupResponseMember::memberId)
                  .collect(Collectors.toList());
          for (int i = 0; i < count && !subscribers.isEmpty(); i++) {
            parts
                .get(subscribers.get(i * subscribers.size() / count))
                .add(new TopicPartition(topic, i));
          }
        });
    return parts;
  }

  private static List<String> topics(JoinGroupResponseMember member) {
    return ConsumerProtocol.deserializeSubscription(ByteBuffer.wrap(member.metadata())).topics();
  }

  static List<TopicPartition> partitions(byte[] assignment) {
    return assignment.length == 0
        ? List.of()
        : ConsumerProtocol.deserializeAssignment(ByteBuffer.wrap(assignment)).partitions();
  }

  /** Every partition of these topics. */
  static List<TopicPartition> all(Map<String, Integer> partitionCounts, Set<String> topics) {
    List<TopicPartition> partitions = new ArrayList<>();
    partitionCounts.forEach(
        (topic, count) -> {
          for (int i = 0; topics.contains(topic) && i < count; i++) {
            partitions.add(new TopicPartition(topic, i));
          }
        });
    return partitions;
  }
}
