package actors.group;

import actors.group.Group.Committer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData.TopicPartitions;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;

/** A consumer of KIP-848 as Kafka's own: it gives up before it takes, and says so. */
final class MixedConsumer extends MixedMember {
  private static final int INTERVAL_MILLIS = 4_000;
  private static final int PATIENCE_MILLIS = 9_000;

  private int epoch;
  private boolean unsure = true;
  private boolean waiting;
  private boolean reconciling;
  private long life;
  private Set<TopicPartition> assigned = new TreeSet<>(ORDER);
  private Set<TopicPartition> reported = new TreeSet<>(ORDER);

  MixedConsumer(MixedWorld world, String name, Optional<String> instanceId) {
    super(world, name, instanceId);
    clock.after(clock.below(1_000), this::beat);
  }

  @Override
  Committer committer() {
    return new Committer(name, instanceId, epoch);
  }

  @Override
  boolean isClassic() {
    return false;
  }

  @Override
  void sayGoodBye() {
    if (epoch > 0) {
      send(request(-1), 1, PATIENCE_MILLIS, answer -> {}, () -> {});
    }
  }

  private ConsumerGroupHeartbeatRequestData request(int memberEpoch) {
    return new ConsumerGroupHeartbeatRequestData()
        .setGroupId("g")
        .setMemberId(name)
        .setMemberEpoch(memberEpoch)
        .setInstanceId(instanceId.orElse(null));
  }

  private void beat() {
    if (isDead()) {
      return;
    }
    awake(this::heartbeat);
    clock.after(INTERVAL_MILLIS - 200 + clock.below(400), this::beat);
  }

  private void heartbeat() {
    if (waiting) {
      return;
    }
    ConsumerGroupHeartbeatRequestData request = request(epoch);
    boolean full = unsure || epoch == 0;
    if (full) {
      request
          .setRebalanceTimeoutMs(MixedWorld.REBALANCE_MILLIS)
          .setSubscribedTopicNames(world.topics());
    }
    if (full || !reported.equals(owned())) {
      reported = new TreeSet<>(ORDER);
      reported.addAll(owned());
      request.setTopicPartitions(byId(reported));
    }
    unsure = false;
    waiting = true;
    long its = life;
    send(
        request,
        1,
        PATIENCE_MILLIS,
        answer -> {
          if (its == life) {
            waiting = false;
            answered((ConsumerGroupHeartbeatResponseData) answer);
          }
        },
        () -> {
          if (its == life) {
            waiting = false;
            unsure = true;
            heartbeat();
          }
        });
  }

  private List<TopicPartitions> byId(Set<TopicPartition> partitions) {
    Map<Uuid, List<Integer>> byTopic = new TreeMap<>();
    for (TopicPartition each : partitions) {
      Uuid id = world.coordinator.topics().topic(each.topic()).orElseThrow().id();
      byTopic.computeIfAbsent(id, first -> new ArrayList<>()).add(each.partition());
    }
    List<TopicPartitions> topics = new ArrayList<>();
    byTopic.forEach(
        (id, indexes) -> topics.add(new TopicPartitions().setTopicId(id).setPartitions(indexes)));
    return topics;
  }

  private void answered(ConsumerGroupHeartbeatResponseData answer) {
    switch (Errors.forCode(answer.errorCode())) {
      case NONE -> granted(answer);
      case FENCED_MEMBER_EPOCH, UNKNOWN_MEMBER_ID -> {
        life++;
        waiting = false;
        loseAll();
        assigned = new TreeSet<>(ORDER);
        reconciling = false;
        epoch = 0;
        unsure = true;
      }
      case FENCED_INSTANCE_ID -> die();
      case UNRELEASED_INSTANCE_ID -> waitOrGiveUp();
      case COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR -> unsure = true;
      default -> throw new AssertionError(name + " was told " + answer);
    }
  }

  /** For its predecessor's session to end; of two at a time under one name one is not to be. */
  private void waitOrGiveUp() {
    unsure = true;
    if (world.living().stream()
        .anyMatch(other -> other != this && other.instanceId.equals(instanceId))) {
      die();
    }
  }

  private void granted(ConsumerGroupHeartbeatResponseData answer) {
    if (answer.memberEpoch() < epoch) {
      throw new AssertionError(name + " is at epoch " + epoch + " and was told " + answer);
    }
    epoch = answer.memberEpoch();
    if (answer.assignment() != null) {
      assigned = new TreeSet<>(ORDER);
      answer
          .assignment()
          .topicPartitions()
          .forEach(
              topic -> {
                String named =
                    world.coordinator.topics().topic(topic.topicId()).orElseThrow().name();
                topic.partitions().forEach(index -> assigned.add(new TopicPartition(named, index)));
              });
    }
    reconcile();
  }

  private void reconcile() {
    if (reconciling || assigned.equals(owned())) {
      return;
    }
    reconciling = true;
    long its = life;
    Set<TopicPartition> goal = new TreeSet<>(ORDER);
    goal.addAll(assigned);
    List<TopicPartition> given = new ArrayList<>(owned());
    given.removeAll(goal);
    // Now and then the application takes longer to let go than it is given.
    long millis = given.isEmpty() ? 0 : clock.below(clock.chance(0.03) ? 60_000 : 2_000);
    commit(
        given,
        () ->
            clock.after(
                millis,
                () ->
                    awake(
                        () -> {
                          if (its == life) {
                            reconciled(goal, given);
                          }
                        })));
  }

  private void reconciled(Set<TopicPartition> goal, List<TopicPartition> given) {
    reconciling = false;
    disown(given);
    goal.retainAll(assigned);
    goal.removeAll(owned());
    own(goal);
    heartbeat();
    reconcile();
  }
}
