package actors.group;

import actors.group.GroupEvent.Caller;
import actors.group.consumer.FakeTopics;
import actors.group.offsets.OffsetBook;
import actors.group.offsets.OffsetRecord;
import actors.group.offsets.OffsetSettings;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.utils.Utils;

/** Drives one group through its desk by hand; what is decided is committed at once. */
final class DeskBench {
  static final int SESSION_MILLIS = 10_000;
  static final int REBALANCE_MILLIS = 60_000;
  private static final OffsetSettings OFFSETS = new OffsetSettings(4_096, 1_000_000, 1_000_000);

  final FakeTopics topics = FakeTopics.NONE.with("t", 4);
  final Map<TimerKey, Long> timers = new LinkedHashMap<>();
  final List<GroupRecord> log = new ArrayList<>();
  final Map<Long, Message> answers = new LinkedHashMap<>();
  GroupSettings.Migration policy = GroupSettings.Migration.BIDIRECTIONAL;
  Optional<Group> group = Optional.empty();
  private OffsetBook book = new OffsetBook("g");
  private GroupDesk desk = new GroupDesk("g", book, OFFSETS);
  private long token;
  private int ids;

  Situation situation() {
    return new Situation(
        5_000,
        new GroupSettings(
            6_000,
            1_800_000,
            0,
            100,
            new GroupSettings.Consumer(45_000, 5_000, 100, List.of("uniform", "range"), policy)),
        topics,
        () -> "id" + ++ids);
  }

  /**
   * @return its token
   */
  long ask(Message request, int version) {
    long asked = ++token;
    take(
        desk.decide(
            group, asked, new Caller("client", "/host", (short) version), request, situation()));
    return asked;
  }

  Message send(Message request, int version) {
    return answers.get(ask(request, version));
  }

  void fire(TimerKey timer) {
    if (timers.remove(timer) == null) {
      throw new AssertionError(timer + " does not run; these do: " + timers);
    }
    take(desk.decide(group.orElseThrow(), new GroupEvent.TimerFired(timer), situation()));
  }

  private void take(Verdict verdict) {
    group = verdict.group();
    log.addAll(verdict.records());
    verdict.records().stream()
        .filter(OffsetRecord.class::isInstance)
        .forEach(record -> book.apply((OffsetRecord) record));
    for (Effect effect : verdict.effects()) {
      if (effect instanceof Effect.Answer answer) {
        if (answers.put(answer.token(), answer.response()) != null) {
          throw new AssertionError("answered twice: " + answer);
        }
      } else if (effect instanceof Effect.StartTimer start) {
        timers.put(start.timer(), start.millis());
      } else if (effect instanceof Effect.StopTimer stop) {
        timers.remove(stop.timer());
      }
    }
  }

  /** The next coordinator, which knows nothing but the log. */
  void restart() {
    Restored restored = new Restored("g");
    for (GroupRecord record : log) {
      GroupRecords.read(ByteBuffer.wrap(record.key()), record.value().map(ByteBuffer::wrap))
          .ifPresent(restored::replay);
    }
    group = restored.group();
    book = restored.offsets();
    desk = new GroupDesk("g", book, OFFSETS);
    timers.clear();
    group.ifPresent(known -> take(Verdict.of(known.resumed(situation()))));
  }

  static List<TopicPartition> t(int... partitions) {
    List<TopicPartition> named = new ArrayList<>();
    for (int partition : partitions) {
      named.add(new TopicPartition("t", partition));
    }
    return named;
  }

  static JoinGroupRequestData join(
      String memberId, String instanceId, int generation, List<TopicPartition> owned) {
    JoinGroupRequestData join =
        new JoinGroupRequestData()
            .setGroupId("g")
            .setMemberId(memberId)
            .setGroupInstanceId(instanceId)
            .setProtocolType("consumer")
            .setSessionTimeoutMs(SESSION_MILLIS)
            .setRebalanceTimeoutMs(REBALANCE_MILLIS);
    Subscription subscription =
        new Subscription(List.of("t"), null, owned, generation, Optional.empty());
    join.protocols()
        .add(
            new JoinGroupRequestProtocol()
                .setName("cooperative-sticky")
                .setMetadata(Utils.toArray(ConsumerProtocol.serializeSubscription(subscription))));
    return join;
  }

  JoinGroupResponseData joined(
      String memberId, String instanceId, int generation, List<TopicPartition> owned) {
    return (JoinGroupResponseData) send(join(memberId, instanceId, generation, owned), 9);
  }

  static SyncGroupRequestData sync(String memberId, String instanceId, int generation) {
    return new SyncGroupRequestData()
        .setGroupId("g")
        .setMemberId(memberId)
        .setGroupInstanceId(instanceId)
        .setGenerationId(generation)
        .setProtocolType("consumer")
        .setProtocolName("cooperative-sticky");
  }

  static SyncGroupRequestAssignment part(String memberId, List<TopicPartition> partitions) {
    return new SyncGroupRequestAssignment()
        .setMemberId(memberId)
        .setAssignment(
            Utils.toArray(ConsumerProtocol.serializeAssignment(new Assignment(partitions))));
  }

  SyncGroupResponseData synced(String memberId, int generation) {
    return (SyncGroupResponseData) send(sync(memberId, null, generation), 5);
  }

  static List<TopicPartition> partitions(SyncGroupResponseData answer) {
    if (answer.errorCode() != Errors.NONE.code()) {
      throw new AssertionError("no assignment: " + Errors.forCode(answer.errorCode()));
    }
    return ConsumerProtocol.deserializeAssignment(ByteBuffer.wrap(answer.assignment()))
        .partitions();
  }

  Errors beaten(String memberId, String instanceId, int generation) {
    HeartbeatRequestData beat =
        new HeartbeatRequestData()
            .setGroupId("g")
            .setMemberId(memberId)
            .setGroupInstanceId(instanceId)
            .setGenerationId(generation);
    return Errors.forCode(((HeartbeatResponseData) send(beat, 4)).errorCode());
  }

  Errors left(String memberId) {
    LeaveGroupRequestData leave = new LeaveGroupRequestData().setGroupId("g");
    leave.members().add(new MemberIdentity().setMemberId(memberId));
    return Errors.forCode(((LeaveGroupResponseData) send(leave, 5)).members().get(0).errorCode());
  }

  static ConsumerGroupHeartbeatRequestData beat(String memberId, int epoch) {
    return new ConsumerGroupHeartbeatRequestData()
        .setGroupId("g")
        .setMemberId(memberId)
        .setMemberEpoch(epoch);
  }

  static ConsumerGroupHeartbeatRequestData first(String memberId) {
    return beat(memberId, 0)
        .setRebalanceTimeoutMs(REBALANCE_MILLIS)
        .setSubscribedTopicNames(List.of("t"))
        .setTopicPartitions(List.of());
  }

  ConsumerGroupHeartbeatResponseData sendBeat(ConsumerGroupHeartbeatRequestData beat) {
    return (ConsumerGroupHeartbeatResponseData) send(beat, 1);
  }
}
