package actors.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import actors.group.Effect;
import actors.group.GroupEvent;
import actors.group.GroupEvent.Caller;
import actors.group.GroupEvent.Requested;
import actors.group.GroupEvent.TimerFired;
import actors.group.GroupRecord;
import actors.group.GroupSettings;
import actors.group.GroupSettings.Migration;
import actors.group.Situation;
import actors.group.Step;
import actors.group.TimerKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData.TopicPartitions;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/** Drives one group by hand and keeps what it has written, started and answered. */
final class GroupBench {
  static final int SESSION_MILLIS = 45_000;
  static final int REBALANCE_MILLIS = 300_000;

  final List<GroupRecord> log = new ArrayList<>();
  final Map<TimerKey, Long> timers = new LinkedHashMap<>();
  ConsumerGroup group = ConsumerGroup.empty("g");
  FakeTopics topics = FakeTopics.NONE;
  int membersMax = 100;
  long nowMillis = 1_000_000;
  short version = 1;
  private long tokens;
  private int ids;

  static GroupSettings settings(int membersMax) {
    return new GroupSettings(
        6_000,
        1_800_000,
        3_000,
        membersMax,
        new GroupSettings.Consumer(
            SESSION_MILLIS, 5_000, membersMax, List.of("uniform", "range"), Migration.DISABLED));
  }

  Situation situation() {
    return new Situation(nowMillis, settings(membersMax), topics, () -> "fresh-" + ++ids);
  }

  Step on(GroupEvent event) {
    Step step = group.on(event, situation());
    take(step);
    return step;
  }

  void take(Step step) {
    group = (ConsumerGroup) step.next();
    log.addAll(step.records());
    for (Effect effect : step.effects()) {
      if (effect instanceof Effect.StartTimer start) {
        timers.put(start.timer(), start.millis());
      } else if (effect instanceof Effect.StopTimer stop) {
        timers.remove(stop.timer());
      }
    }
  }

  ConsumerGroupHeartbeatResponseData send(ConsumerGroupHeartbeatRequestData request) {
    long token = ++tokens;
    Step step = on(new Requested(token, new Caller("client", "/127.0.0.1", version), request));
    return (ConsumerGroupHeartbeatResponseData) answer(step, token);
  }

  static ApiMessage answer(Step step, long token) {
    List<Effect.Answer> answers =
        step.effects().stream()
            .filter(Effect.Answer.class::isInstance)
            .map(Effect.Answer.class::cast)
            .toList();
    assertThat(answers).hasSize(1);
    assertThat(answers.get(0).token()).isEqualTo(token);
    return (org.apache.kafka.common.protocol.ApiMessage) answers.get(0).response();
  }

  void fire(String memberId, TimerKey.Kind kind) {
    TimerKey key = new TimerKey(memberId, kind);
    assertThat(timers).containsKey(key);
    timers.remove(key);
    on(new TimerFired(key));
  }

  void topicsBecome(FakeTopics next) {
    topics = next;
    on(new GroupEvent.TopicsChanged());
  }

  /** What a coordinator that has just read the log has. */
  ConsumerGroup rebuilt() {
    ConsumerGroup rebuilt = ConsumerGroup.empty("g");
    for (GroupRecord record : log) {
      rebuilt = rebuilt.replay(RecordDecoder.decode(record.key(), record.value()));
    }
    return rebuilt;
  }

  static ConsumerGroupHeartbeatRequestData join(String memberId, String... names) {
    return new ConsumerGroupHeartbeatRequestData()
        .setGroupId("g")
        .setMemberId(memberId)
        .setMemberEpoch(0)
        .setRebalanceTimeoutMs(REBALANCE_MILLIS)
        .setSubscribedTopicNames(List.of(names))
        .setTopicPartitions(List.of());
  }

  static ConsumerGroupHeartbeatRequestData beat(String memberId, int epoch) {
    return new ConsumerGroupHeartbeatRequestData()
        .setGroupId("g")
        .setMemberId(memberId)
        .setMemberEpoch(epoch);
  }

  static ConsumerGroupHeartbeatRequestData beat(
      String memberId, int epoch, Iterable<Partition> owned) {
    return beat(memberId, epoch).setTopicPartitions(reported(owned));
  }

  static List<TopicPartitions> reported(Iterable<Partition> owned) {
    Map<Uuid, List<Integer>> byTopic = new TreeMap<>();
    owned.forEach(
        partition ->
            byTopic
                .computeIfAbsent(partition.topicId(), id -> new ArrayList<>())
                .add(partition.index()));
    List<TopicPartitions> topics = new ArrayList<>();
    byTopic.forEach(
        (id, indexes) -> topics.add(new TopicPartitions().setTopicId(id).setPartitions(indexes)));
    return topics;
  }

  /** Of an answer that has an assignment. */
  static SortedSet<Partition> assigned(ConsumerGroupHeartbeatResponseData response) {
    assertThat(Errors.forCode(response.errorCode())).isEqualTo(Errors.NONE);
    assertThat(response.assignment()).isNotNull();
    TreeSet<Partition> partitions = new TreeSet<>();
    response
        .assignment()
        .topicPartitions()
        .forEach(
            topic ->
                topic
                    .partitions()
                    .forEach(index -> partitions.add(new Partition(topic.topicId(), index))));
    return partitions;
  }

  SortedSet<Partition> partitions(String topic, int... indexes) {
    TreeSet<Partition> partitions = new TreeSet<>();
    for (int index : indexes) {
      partitions.add(topics.partition(topic, index));
    }
    return partitions;
  }
}
