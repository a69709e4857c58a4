package actors.group.classic;

import actors.group.Effect;
import actors.group.GroupRecord;
import actors.group.Situation;
import actors.group.Step;
import actors.group.TimerKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.pcollections.OrderedPSet;

/** A group in the middle of one step: a copy to write on, and what the step yields. */
final class Draft {
  final String groupId;
  final Situation situation;
  Phase phase;
  Optional<InitialDelay> initialDelay;
  int generation;
  String protocolType;
  Optional<String> protocol;
  Optional<String> leader;

  Roster members;

  /** Ids given out to clients that have not joined with them yet. */
  OrderedPSet<String> pendingJoin;

  /** Members of this generation that have not synced yet. */
  OrderedPSet<String> pendingSync;

  private OptionalLong sinceMillis;
  private boolean stored;
  private final List<GroupRecord> records = new ArrayList<>();
  private final List<Effect> effects = new ArrayList<>();

  Draft(ClassicGroup group, Situation situation) {
    this.situation = situation;
    groupId = group.id();
    phase = group.phase();
    initialDelay = group.initialDelay();
    generation = group.generation();
    protocolType = group.protocolType();
    protocol = group.protocolName();
    leader = group.leader();
    members = group.roster();
    pendingJoin = group.pendingJoin();
    pendingSync = group.pendingSync();
    sinceMillis = group.sinceMillis();
    stored = group.isStored();
  }

  OptionalLong sinceMillis() {
    return sinceMillis;
  }

  boolean isStored() {
    return stored;
  }

  Step step() {
    return new Step(new ClassicGroup(this), records, effects);
  }

  void enter(Phase next) {
    phase = next;
    sinceMillis = OptionalLong.of(situation.nowMillis());
    if (next != Phase.PREPARING_REBALANCE) {
      initialDelay = Optional.empty();
    }
  }

  /** Of a group that a log of an old format holds: it is not known since when it is empty. */
  void assumeSinceNow() {
    if (sinceMillis.isEmpty()) {
      sinceMillis = OptionalLong.of(situation.nowMillis());
    }
  }

  void store() {
    stored = true;
    records.add(ClassicRecord.of(this));
  }

  boolean isLeader(String memberId) {
    return leader.equals(Optional.of(memberId));
  }

  Optional<String> memberOfInstance(String instanceId) {
    return members.ofInstance(instanceId);
  }

  void put(ClassicMember member) {
    members = members.with(member);
  }

  /** A new member, which may be the first, and then leads. */
  void add(ClassicMember member, String itsProtocolType) {
    if (members.isEmpty()) {
      protocolType = itsProtocolType;
    }
    if (leader.isEmpty()) {
      leader = Optional.of(member.id());
    }
    put(member);
    pendingJoin = pendingJoin.minus(member.id());
  }

  /**
   * Takes somebody out, member or not yet; what it waits for is answered with an unknown member.
   */
  void remove(String memberId) {
    ClassicMember removed = members.get(memberId);
    members = members.without(memberId);
    if (removed != null) {
      removed.join().ifPresent(join -> answer(join, Answers.joinRefused(Errors.UNKNOWN_MEMBER_ID)));
      removed.sync().ifPresent(sync -> answer(sync, Answers.syncRefused(Errors.UNKNOWN_MEMBER_ID)));
    }
    if (isLeader(memberId)) {
      leader = members.first();
    }
    pendingJoin = pendingJoin.minus(memberId);
    pendingSync = pendingSync.minus(memberId);
    stop(session(memberId));
  }

  /** One request at a time waits; a client that repeats it no longer listens to the older one. */
  ClassicMember awaitJoin(ClassicMember member, Waiting join) {
    member.join().ifPresent(old -> answer(old, Answers.joinRefused(Errors.REBALANCE_IN_PROGRESS)));
    ClassicMember waits = member.withJoin(Optional.of(join));
    put(waits);
    return waits;
  }

  void awaitSync(ClassicMember member, Waiting sync) {
    member.sync().ifPresent(old -> answer(old, Answers.syncRefused(Errors.REBALANCE_IN_PROGRESS)));
    put(member.withSync(Optional.of(sync)));
  }

  boolean allHaveJoined() {
    return pendingJoin.isEmpty() && members.joinedCount() == members.size();
  }

  /** The longest that a member asks for. */
  int rebalanceMillis() {
    return members.all().stream().mapToInt(ClassicMember::rebalanceMillis).max().orElse(0);
  }

  void answer(Waiting request, ApiMessage response) {
    answer(request.token(), response);
  }

  void answer(long token, ApiMessage response) {
    effects.add(new Effect.Answer(token, response));
  }

  void start(TimerKey timer, long millis) {
    effects.add(new Effect.StartTimer(timer, millis));
  }

  void startSession(ClassicMember member) {
    start(session(member.id()), member.sessionMillis());
  }

  void stop(TimerKey timer) {
    effects.add(new Effect.StopTimer(timer));
  }

  static TimerKey session(String memberId) {
    return new TimerKey(memberId, TimerKey.Kind.SESSION);
  }

  static TimerKey joining() {
    return TimerKey.ofGroup(TimerKey.Kind.JOINING);
  }

  static TimerKey syncing() {
    return TimerKey.ofGroup(TimerKey.Kind.SYNC);
  }
}
