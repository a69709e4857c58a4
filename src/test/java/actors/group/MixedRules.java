package actors.group;

import static org.assertj.core.api.Assertions.assertThat;

import actors.group.classic.ClassicGroup;
import actors.group.consumer.ConsumerGroup;
import actors.group.offsets.OffsetBook;
import actors.group.offsets.OffsetRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.Member;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.Message;

/** What must hold after every event, and in the end. */
final class MixedRules {
  /** Beyond what a member may take, for what waits for the log or is asked again. */
  private static final int SLACK_MILLIS = 10_000;

  /** Dear looks are not taken after every event. */
  private static final int LOOK_MILLIS = 500;

  private static final int READS = 8;

  private final MixedWorld world;

  /** Who was given a partition, by generation or epoch: an instance, or a member without one. */
  private final Map<Integer, Map<TopicPartition, String>> grants = new TreeMap<>();

  private final Map<TopicPartition, Long> processedEnds = new TreeMap<>(MixedMember.ORDER);
  private final Map<TopicPartition, Long> committed = new TreeMap<>(MixedMember.ORDER);
  private final Map<String, Long> lastJoin = new TreeMap<>();
  private final Map<String, Long> behindSince = new TreeMap<>();
  private int changes;
  private boolean changed;
  private long written;
  private long nextLook;
  private Optional<GroupProtocol> protocol = Optional.empty();

  MixedRules(MixedWorld world) {
    this.world = world;
  }

  /** How often the group has changed its protocol with members in it. */
  int changes() {
    return changes;
  }

  void heard(Message request) {
    if (request instanceof JoinGroupRequestData join) {
      lastJoin.put(join.memberId(), world.clock.nowMillis());
    }
  }

  void answered(Message request, Message response) {
    if (response instanceof SyncGroupResponseData synced
        && synced.errorCode() == Errors.NONE.code()
        && synced.assignment().length > 0) {
      SyncGroupRequestData sync = (SyncGroupRequestData) request;
      String owner = Optional.ofNullable(sync.groupInstanceId()).orElse(sync.memberId());
      granted(
          sync.generationId(),
          owner,
          ConsumerProtocol.deserializeAssignment(ByteBuffer.wrap(synced.assignment()))
              .partitions());
    } else if (response instanceof ConsumerGroupHeartbeatResponseData beaten
        && beaten.assignment() != null) {
      ConsumerGroupHeartbeatRequestData beat = (ConsumerGroupHeartbeatRequestData) request;
      List<TopicPartition> partitions = new ArrayList<>();
      beaten
          .assignment()
          .topicPartitions()
          .forEach(
              topic -> {
                String name =
                    world.coordinator.topics().topic(topic.topicId()).orElseThrow().name();
                topic.partitions().forEach(i -> partitions.add(new TopicPartition(name, i)));
              });
      String owner = Optional.ofNullable(beat.instanceId()).orElse(beat.memberId());
      granted(beaten.memberEpoch(), owner, partitions);
    } else if (response instanceof OffsetFetchResponseGroup fetched
        && fetched.errorCode() == Errors.NONE.code()) {
      fetched
          .topics()
          .forEach(
              topic ->
                  topic
                      .partitions()
                      .forEach(
                          each ->
                              told(
                                  new TopicPartition(topic.name(), each.partitionIndex()),
                                  each.committedOffset())));
    }
  }

  private void granted(int epoch, String owner, List<TopicPartition> partitions) {
    Map<TopicPartition, String> ofEpoch =
        grants.computeIfAbsent(epoch, first -> new TreeMap<>(MixedMember.ORDER));
    for (TopicPartition partition : partitions) {
      String other = ofEpoch.putIfAbsent(partition, owner);
      if (other != null && !other.equals(owner)) {
        throw new AssertionError(
            partition + " is given to " + other + " and to " + owner + " in epoch " + epoch);
      }
    }
  }

  private void told(TopicPartition partition, long offset) {
    assertThat(offset)
        .as("offset of %s that a new owner is told", partition)
        .isEqualTo(committed.getOrDefault(partition, -1L));
  }

  /** A commit has reached the log. */
  void committed(OffsetRecord record, OffsetBook before) {
    TopicPartition partition = record.partition();
    long offset = record.committed().orElseThrow().offset();
    assertThat(offset)
        .as("commit of %s", partition)
        .isLessThanOrEqualTo(processedEnds.getOrDefault(partition, 0L))
        .isGreaterThanOrEqualTo(committed.getOrDefault(partition, 0L));
    committed.put(partition, offset);
  }

  /** The same, of one that is not answered since the coordinator has died. */
  void surviving(List<GroupRecord> records, OffsetBook before) {
    for (GroupRecord record : records) {
      if (record instanceof OffsetRecord offset) {
        committed(offset, before);
      }
    }
  }

  void processed(TopicPartition partition, long from, long end) {
    assertThat(from)
        .as("where an owner of %s goes on, and what is processed", partition)
        .isLessThanOrEqualTo(processedEnds.getOrDefault(partition, 0L));
    processedEnds.merge(partition, end, Math::max);
  }

  void check() {
    MixedCoordinator coordinator = world.coordinator;
    if (!coordinator.isUp()) {
      behindSince.clear();
      return;
    }
    Optional<Group> group = coordinator.group();
    if (group.map(Group::isEmpty).orElse(true)) {
      grants.clear(); // whoever comes next may begin with the first epoch again
    }
    noTwoMayCommit(group);
    Optional<GroupProtocol> now = group.map(Group::protocol);
    if (protocol.isPresent()
        && now.isPresent()
        && !protocol.equals(now)
        && !group.get().isEmpty()) {
      changes++;
      changed = true;
    }
    protocol = now;
    if (world.clock.nowMillis() >= nextLook) {
      nextLook = world.clock.nowMillis() + LOOK_MILLIS;
      group
          .filter(ConsumerGroup.class::isInstance)
          .ifPresent(consumers -> nobodyIsLate((ConsumerGroup) consumers));
    }
    assertThat(world.clock.nowMillis() - coordinator.oldestWaitsSince())
        .as("how long a request waits")
        .isLessThan(2 * MixedWorld.REBALANCE_MILLIS + SLACK_MILLIS);
    boolean isNew = coordinator.hasWritten();
    if (isNew && (changed || ++written % READS == 0)) {
      changed = false;
      isWhatTheLogHolds(group, coordinator.restored().group());
    }
  }

  private void noTwoMayCommit(Optional<Group> group) {
    if (group.isEmpty()) {
      return;
    }
    Map<TopicPartition, MixedMember> committers = new TreeMap<>(MixedMember.ORDER);
    for (MixedMember member : world.members) {
      for (TopicPartition partition : member.owned()) {
        if (!mayCommit(group.get(), member, partition)) {
          continue;
        }
        MixedMember other = committers.putIfAbsent(partition, member);
        if (other != null) {
          throw new AssertionError(
              other + " and " + member + " may both commit " + partition + " in " + group.get());
        }
      }
    }
  }

  private boolean mayCommit(Group group, MixedMember member, TopicPartition partition) {
    if (!member.commits()) {
      return false;
    }
    Errors error = group.mayCommit(member.committer());
    return error == Errors.NONE
        || (error == Errors.STALE_MEMBER_EPOCH
            && group.hasOwnedSince(
                member.committer(),
                world.coordinator.topics().topic(partition.topic()).orElseThrow().id(),
                partition.partition()));
  }

  /** A classic member that does not join though it has to is given up. */
  private void nobodyIsLate(ConsumerGroup group) {
    DescribedGroup described = group.described(world.coordinator.topics());
    long now = world.clock.nowMillis();
    TreeSet<String> behind = new TreeSet<>();
    for (Member member : described.members()) {
      if (member.memberType() == 0 && member.memberEpoch() < described.groupEpoch()) {
        behind.add(member.memberId());
        behindSince.putIfAbsent(member.memberId(), now);
        long since =
            Math.max(
                behindSince.get(member.memberId()),
                Math.max(
                    lastJoin.getOrDefault(member.memberId(), 0L),
                    world.coordinator.upSinceMillis()));
        assertThat(now - since)
            .as("how long %s is behind", member)
            .isLessThan(MixedWorld.SESSION_MILLIS + MixedWorld.REBALANCE_MILLIS + SLACK_MILLIS);
      }
    }
    behindSince.keySet().retainAll(behind);
  }

  /** A coordinator that begins now finds the same. */
  private static void isWhatTheLogHolds(Optional<Group> group, Optional<Group> restored) {
    if (group.isEmpty() || group.get() instanceof ConsumerGroup) {
      assertThat(restored).as("what the log holds").isEqualTo(group);
      return;
    }
    ClassicGroup now = (ClassicGroup) group.get();
    assertThat(restored.orElseThrow()).isInstanceOf(ClassicGroup.class);
    ClassicGroup then = (ClassicGroup) restored.orElseThrow();
    if (now.state().equals("Stable")) {
      assertThat(then.generation()).isEqualTo(now.generation());
      assertThat(then.memberCount()).isEqualTo(now.memberCount());
    }
  }

  /** Why not all is as it should be with members that stay; empty: it is. */
  Optional<String> complaint() {
    List<MixedMember> living = world.living();
    Optional<Group> group = world.coordinator.group();
    if (!world.coordinator.isUp() || group.isEmpty()) {
      return Optional.of("there is no group");
    }
    if (group.get().memberCount() != living.size()) {
      return Optional.of("there are others than " + living + " in " + describe(group.get()));
    }
    boolean allClassic = living.stream().allMatch(MixedMember::isClassic);
    GroupProtocol fitting =
        allClassic && world.policy.allowsDowngrade()
            ? GroupProtocol.CLASSIC
            : GroupProtocol.CONSUMER;
    boolean mayBeEither = allClassic && !world.policy.allowsDowngrade();
    if (!living.isEmpty() && !mayBeEither && group.get().protocol() != fitting) {
      return Optional.of("the group is " + group.get().protocol() + " with " + living);
    }
    if (!living.isEmpty() && !group.get().state().equals("Stable")) {
      return Optional.of("the group is " + group.get().state() + ": " + living);
    }
    List<TopicPartition> owned = new ArrayList<>();
    living.forEach(member -> owned.addAll(member.owned()));
    boolean complete =
        owned.size() == world.partitions().size() && owned.containsAll(world.partitions());
    return living.isEmpty() || complete
        ? Optional.empty()
        : Optional.of("not everything is owned once by " + living);
  }

  private static String describe(Group group) {
    return group.protocol() + " " + group.state() + " of " + group.memberCount();
  }

  /** What is committed of each partition. */
  Map<TopicPartition, Long> committed() {
    Map<TopicPartition, Long> copy = new TreeMap<>(MixedMember.ORDER);
    copy.putAll(committed);
    return copy;
  }
}
