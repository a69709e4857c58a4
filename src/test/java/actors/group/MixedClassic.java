package actors.group;

import actors.group.Group.Committer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.GroupSubscription;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.utils.Utils;

/** A consumer of the classic protocol as Kafka's own, with its real assignors. */
final class MixedClassic extends MixedMember {
  private static final int HEARTBEAT_MILLIS = 3_000;
  private static final int PATIENCE_MILLIS = 8_000;

  private final boolean cooperative;
  private final ConsumerPartitionAssignor assignor;
  private String memberId = "";
  private int generation = -1;
  private boolean stable;

  /** From JoinGroup to SyncGroup nothing is committed. */
  private boolean joining;

  private long attempt;
  private long busyUntilMillis;

  MixedClassic(MixedWorld world, String name, Optional<String> instanceId, boolean cooperative) {
    super(world, name, instanceId);
    this.cooperative = cooperative;
    this.assignor = cooperative ? new CooperativeStickyAssignor() : new RangeAssignor();
    clock.after(clock.below(1_000), () -> awake(this::join));
    clock.after(HEARTBEAT_MILLIS, this::beat);
  }

  /** The application is busy: heartbeats go on, but it does not join. */
  void busy(long millis) {
    busyUntilMillis = clock.nowMillis() + millis;
  }

  @Override
  void wake() {
    super.wake();
    busyUntilMillis = clock.nowMillis();
  }

  @Override
  boolean commits() {
    return !joining;
  }

  @Override
  Committer committer() {
    return new Committer(memberId, instanceId, generation);
  }

  @Override
  boolean isClassic() {
    return true;
  }

  @Override
  void sayGoodBye() {
    if (!memberId.isEmpty()) {
      LeaveGroupRequestData leave = new LeaveGroupRequestData().setGroupId("g");
      leave
          .members()
          .add(
              new MemberIdentity()
                  .setMemberId(memberId)
                  .setGroupInstanceId(instanceId.orElse(null)));
      send(leave, 5, PATIENCE_MILLIS, answer -> {}, () -> {});
    }
  }

  /** Whatever was under way is not of interest any more. */
  private Runnable of(long its, Runnable what) {
    return () -> {
      if (its == attempt) {
        what.run();
      }
    };
  }

  private void later(Runnable what) {
    long its = ++attempt;
    clock.after(300, () -> awake(of(its, what)));
  }

  private void join() {
    long its = ++attempt;
    if (clock.nowMillis() < busyUntilMillis) {
      clock.after(busyUntilMillis - clock.nowMillis(), () -> awake(of(its, this::join)));
      return;
    }
    boolean prepares = stable;
    stable = false;
    if (prepares) {
      commit(List.copyOf(owned()), of(its, this::sendJoin));
    } else {
      sendJoin();
    }
  }

  private void sendJoin() {
    joining = true;
    if (!cooperative) {
      loseAll();
    }
    Subscription subscription =
        new Subscription(world.topics(), null, List.copyOf(owned()), generation, Optional.empty());
    JoinGroupRequestData request =
        new JoinGroupRequestData()
            .setGroupId("g")
            .setMemberId(memberId)
            .setGroupInstanceId(instanceId.orElse(null))
            .setProtocolType("consumer")
            .setSessionTimeoutMs(MixedWorld.SESSION_MILLIS)
            .setRebalanceTimeoutMs(MixedWorld.REBALANCE_MILLIS);
    request
        .protocols()
        .add(
            new JoinGroupRequestProtocol()
                .setName(assignor.name())
                .setMetadata(Utils.toArray(ConsumerProtocol.serializeSubscription(subscription))));
    long its = ++attempt;
    send(
        request,
        9,
        MixedWorld.REBALANCE_MILLIS + 5_000,
        answer -> of(its, () -> joined((JoinGroupResponseData) answer)).run(),
        of(its, this::join));
  }

  private void joined(JoinGroupResponseData answer) {
    switch (Errors.forCode(answer.errorCode())) {
      case NONE -> {
        memberId = answer.memberId();
        generation = answer.generationId();
        sync(answer);
      }
      case MEMBER_ID_REQUIRED -> {
        memberId = answer.memberId();
        sendJoin();
      }
      case UNKNOWN_MEMBER_ID -> reset(true);
      case FENCED_INSTANCE_ID -> die();
      case REBALANCE_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR -> later(this::join);
      default -> throw new AssertionError(name + " was not let in: " + answer);
    }
  }

  private void reset(boolean withId) {
    if (withId) {
      memberId = "";
    }
    generation = -1;
    stable = false;
    loseAll();
    later(this::join);
  }

  private void sync(JoinGroupResponseData joined) {
    SyncGroupRequestData request =
        new SyncGroupRequestData()
            .setGroupId("g")
            .setMemberId(memberId)
            .setGroupInstanceId(instanceId.orElse(null))
            .setGenerationId(generation)
            .setProtocolType("consumer")
            .setProtocolName(joined.protocolName());
    if (joined.leader().equals(memberId) && !joined.skipAssignment()) {
      assignments(joined.members())
          .forEach(
              (id, assignment) ->
                  request
                      .assignments()
                      .add(
                          new SyncGroupRequestAssignment()
                              .setMemberId(id)
                              .setAssignment(assignment)));
    }
    long its = ++attempt;
    send(
        request,
        5,
        PATIENCE_MILLIS + MixedWorld.REBALANCE_MILLIS,
        answer -> of(its, () -> synced((SyncGroupResponseData) answer)).run(),
        of(its, this::join));
  }

  private Map<String, byte[]> assignments(List<JoinGroupResponseMember> members) {
    Map<String, Subscription> subscriptions = new HashMap<>();
    for (JoinGroupResponseMember member : members) {
      Subscription subscription =
          ConsumerProtocol.deserializeSubscription(ByteBuffer.wrap(member.metadata()));
      subscription.setGroupInstanceId(Optional.ofNullable(member.groupInstanceId()));
      subscriptions.put(member.memberId(), subscription);
    }
    Map<String, byte[]> assignments = new HashMap<>();
    assignor
        .assign(world.cluster(), new GroupSubscription(subscriptions))
        .groupAssignment()
        .forEach(
            (id, part) ->
                assignments.put(id, Utils.toArray(ConsumerProtocol.serializeAssignment(part))));
    return assignments;
  }

  private void synced(SyncGroupResponseData answer) {
    switch (Errors.forCode(answer.errorCode())) {
      case NONE -> assigned(answer.assignment());
      case REBALANCE_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR -> later(this::join);
      case UNKNOWN_MEMBER_ID -> reset(true);
      case ILLEGAL_GENERATION -> reset(false);
      case FENCED_INSTANCE_ID -> die();
      default -> throw new AssertionError(name + " was not let sync: " + answer);
    }
  }

  private void assigned(byte[] bytes) {
    Set<TopicPartition> assigned = new TreeSet<>(ORDER);
    if (bytes.length > 0) {
      assigned.addAll(ConsumerProtocol.deserializeAssignment(ByteBuffer.wrap(bytes)).partitions());
    }
    stable = true;
    joining = false;
    List<TopicPartition> given = new ArrayList<>(owned());
    given.removeAll(assigned);
    List<TopicPartition> taken = new ArrayList<>(assigned);
    taken.removeAll(owned());
    if (given.isEmpty()) {
      own(taken);
      return;
    }
    long its = ++attempt;
    commit(
        given,
        of(
            its,
            () -> {
              disown(given);
              own(taken);
              join();
            }));
  }

  private void beat() {
    if (isDead()) {
      return;
    }
    awake(this::heartbeat);
    clock.after(HEARTBEAT_MILLIS, this::beat);
  }

  private void heartbeat() {
    if (generation < 0 || memberId.isEmpty()) {
      return;
    }
    HeartbeatRequestData request =
        new HeartbeatRequestData()
            .setGroupId("g")
            .setMemberId(memberId)
            .setGroupInstanceId(instanceId.orElse(null))
            .setGenerationId(generation);
    long its = attempt;
    send(
        request,
        4,
        HEARTBEAT_MILLIS,
        answer -> of(its, () -> beaten((HeartbeatResponseData) answer)).run(),
        () -> {});
  }

  private void beaten(HeartbeatResponseData answer) {
    switch (Errors.forCode(answer.errorCode())) {
      case NONE, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR -> {}
      case REBALANCE_IN_PROGRESS -> {
        if (stable) {
          join();
        }
      }
      case UNKNOWN_MEMBER_ID -> reset(true);
      case ILLEGAL_GENERATION -> reset(false);
      case FENCED_INSTANCE_ID -> die();
      default -> throw new AssertionError(name + " sent a wrong heartbeat: " + answer);
    }
  }
}
