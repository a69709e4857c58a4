package actors.group.classic;

import actors.group.Effect;
import actors.group.GroupEvent;
import actors.group.GroupEvent.Caller;
import actors.group.GroupRecord;
import actors.group.GroupSettings;
import actors.group.Situation;
import actors.group.Step;
import actors.group.TimerKey;
import actors.group.TopicsView;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
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
import org.apache.kafka.common.protocol.ApiMessage;

/** One group, its answers, its running timers and its records, all of which commit at once. */
final class Stage {
  static final int INITIAL_DELAY = 3_000;
  static final int SESSION = 10_000;
  static final int REBALANCE = 60_000;
  static final short NEWEST_JOIN = 9;

  static final TopicsView NO_TOPICS =
      new TopicsView() {
        @Override
        public long version() {
          return 0;
        }

        @Override
        public Optional<Topic> topic(String name) {
          return Optional.empty();
        }

        @Override
        public Optional<Topic> topic(Uuid id) {
          return Optional.empty();
        }

        @Override
        public SortedSet<String> names() {
          return new TreeSet<>();
        }
      };

  ClassicGroup group = ClassicGroup.fresh("g", 0);
  final Map<Long, ApiMessage> answers = new LinkedHashMap<>();
  final Map<TimerKey, Long> timers = new LinkedHashMap<>();
  final List<GroupRecord> records = new ArrayList<>();
  int membersMax = Integer.MAX_VALUE;
  long nowMillis = 1_000;
  short joinVersion = NEWEST_JOIN;
  private long nextToken;
  private int nextId;

  static GroupSettings settings(int membersMax) {
    return new GroupSettings(
        6_000,
        1_800_000,
        INITIAL_DELAY,
        membersMax,
        new GroupSettings.Consumer(
            45_000,
            5_000,
            Integer.MAX_VALUE,
            List.of("uniform", "range"),
            GroupSettings.Migration.BIDIRECTIONAL));
  }

  Situation situation() {
    return new Situation(nowMillis, settings(membersMax), NO_TOPICS, () -> "id" + nextId++);
  }

  /** Sends a request, and gives its token. */
  long send(ApiMessage request, int version) {
    long token = nextToken++;
    carryOut(
        group.on(
            new GroupEvent.Requested(
                token, new Caller("client", "/host", (short) version), request),
            situation()));
    return token;
  }

  void carryOut(Step step) {
    group = (ClassicGroup) step.next();
    records.addAll(step.records());
    for (Effect effect : step.effects()) {
      if (effect instanceof Effect.Answer answer) {
        if (answers.putIfAbsent(answer.token(), (ApiMessage) answer.response()) != null) {
          throw new AssertionError("answered twice: " + answer.token());
        }
      } else if (effect instanceof Effect.StartTimer start) {
        timers.put(start.timer(), start.millis());
      } else if (effect instanceof Effect.StopTimer stop) {
        timers.remove(stop.timer());
      }
    }
  }

  /** Lets a timer run out; it has to run. */
  void fire(TimerKey timer) {
    if (timers.remove(timer) == null) {
      throw new AssertionError(timer + " does not run; these do: " + timers);
    }
    carryOut(group.on(new GroupEvent.TimerFired(timer), situation()));
  }

  void fireJoining() {
    fire(Draft.joining());
  }

  void fireSession(String memberId) {
    fire(Draft.session(memberId));
  }

  /** A new coordinator that knows the last record only. */
  void restart() {
    answers.clear();
    timers.clear();
    group = ClassicGroup.restored(reread((ClassicRecord) records.get(records.size() - 1)));
    carryOut(group.resumed(situation()));
  }

  static ClassicRecord reread(ClassicRecord record) {
    ByteBuffer key = ByteBuffer.wrap(record.key());
    key.getShort();
    return ClassicRecord.decode(key, record.value().map(ByteBuffer::wrap));
  }

  ClassicRecord lastRecord() {
    return (ClassicRecord) records.get(records.size() - 1);
  }

  static JoinGroupRequestData join(String memberId, String... protocols) {
    JoinGroupRequestData request =
        new JoinGroupRequestData()
            .setGroupId("g")
            .setMemberId(memberId)
            .setProtocolType("consumer")
            .setSessionTimeoutMs(SESSION)
            .setRebalanceTimeoutMs(REBALANCE);
    for (String protocol : protocols) {
      request
          .protocols()
          .add(new JoinGroupRequestProtocol().setName(protocol).setMetadata(bytes(protocol)));
    }
    return request;
  }

  static JoinGroupRequestData staticJoin(String memberId, String instanceId) {
    return join(memberId, "range").setGroupInstanceId(instanceId);
  }

  /** Joins as a new dynamic member, in the two steps of today's clients. */
  String joinNew(String... protocols) {
    JoinGroupResponseData given =
        (JoinGroupResponseData) answers.get(send(join("", protocols), joinVersion));
    send(join(given.memberId(), protocols), joinVersion);
    return given.memberId();
  }

  long join(JoinGroupRequestData request) {
    return send(request, joinVersion);
  }

  long sync(String memberId, Map<String, byte[]> assignment) {
    return send(syncRequest(memberId, assignment), 5);
  }

  SyncGroupRequestData syncRequest(String memberId, Map<String, byte[]> assignment) {
    SyncGroupRequestData request =
        new SyncGroupRequestData()
            .setGroupId("g")
            .setMemberId(memberId)
            .setGenerationId(group.generation())
            .setProtocolType("consumer")
            .setProtocolName(group.protocolName().orElse("range"));
    assignment.forEach(
        (id, part) ->
            request
                .assignments()
                .add(new SyncGroupRequestAssignment().setMemberId(id).setAssignment(part)));
    return request;
  }

  long heartbeat(String memberId) {
    return send(heartbeatRequest(memberId), 4);
  }

  HeartbeatRequestData heartbeatRequest(String memberId) {
    return new HeartbeatRequestData()
        .setGroupId("g")
        .setMemberId(memberId)
        .setGenerationId(group.generation());
  }

  long leave(String... memberIds) {
    LeaveGroupRequestData request = new LeaveGroupRequestData().setGroupId("g");
    for (String id : memberIds) {
      request.members().add(new MemberIdentity().setMemberId(id));
    }
    return send(request, 5);
  }

  /** A stable group of so many dynamic members; the first leads. */
  List<String> stable(int count) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(joinNew("range"));
    }
    fireInitialDelay();
    syncAll(ids);
    return ids;
  }

  void fireInitialDelay() {
    while (group.state().equals("PreparingRebalance")) {
      fireJoining();
    }
  }

  void syncAll(List<String> ids) {
    Map<String, byte[]> assignment = new LinkedHashMap<>();
    ids.forEach(id -> assignment.put(id, bytes("part of " + id)));
    for (String id : ids) {
      sync(id, group.leader().equals(Optional.of(id)) ? assignment : new LinkedHashMap<>());
    }
  }

  boolean isAnswered(long token) {
    return answers.containsKey(token);
  }

  JoinGroupResponseData joined(long token) {
    return (JoinGroupResponseData) answers.get(token);
  }

  SyncGroupResponseData synced(long token) {
    return (SyncGroupResponseData) answers.get(token);
  }

  short heartbeatError(long token) {
    return ((HeartbeatResponseData) answers.get(token)).errorCode();
  }

  LeaveGroupResponseData left(long token) {
    return (LeaveGroupResponseData) answers.get(token);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
