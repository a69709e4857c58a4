package actors.group.classic;

import actors.InvariantViolation;
import actors.group.Effect;
import actors.group.Group;
import actors.group.GroupEvent;
import actors.group.GroupProtocol;
import actors.group.GroupRecord;
import actors.group.Situation;
import actors.group.Step;
import actors.group.TimerKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.pcollections.OrderedPSet;

/**
 * A group of the classic protocol, with the rules of Kafka's coordinator. It takes {@code
 * JoinGroup}, {@code SyncGroup}, {@code Heartbeat} and {@code LeaveGroup}.
 */
public final class ClassicGroup implements Group {
  private final String id;
  private final Phase phase;
  private final Optional<InitialDelay> initialDelay;
  private final int generation;
  private final String protocolType;
  private final Optional<String> protocolName;
  private final Optional<String> leader;
  private final Roster members;
  private final OrderedPSet<String> pendingJoin;
  private final OrderedPSet<String> pendingSync;
  private final OptionalLong sinceMillis;
  private final boolean stored;

  ClassicGroup(Draft draft) {
    id = draft.groupId;
    phase = draft.phase;
    initialDelay = draft.initialDelay;
    generation = draft.generation;
    protocolType = draft.protocolType;
    protocolName = draft.protocol;
    leader = draft.leader;
    members = draft.members;
    pendingJoin = draft.pendingJoin;
    pendingSync = draft.pendingSync;
    sinceMillis = draft.sinceMillis();
    stored = draft.isStored();
  }

  private ClassicGroup(
      String id,
      int generation,
      ClassicRecord.Content content,
      OptionalLong since,
      boolean stored) {
    this.id = id;
    this.generation = generation;
    protocolType = content.protocolType();
    protocolName = content.protocol();
    members = Roster.of(content.members());
    leader =
        content
            .leader()
            .flatMap(named -> members.contains(named) ? content.leader() : members.first());
    phase = members.isEmpty() ? Phase.EMPTY : Phase.STABLE;
    initialDelay = Optional.empty();
    pendingJoin = OrderedPSet.empty();
    pendingSync = pendingJoin;
    sinceMillis = since;
    this.stored = stored;
  }

  /**
   * A group that nobody has joined and the log does not know, or knows by offsets alone.
   *
   * @param nowMillis wall clock
   */
  public static ClassicGroup fresh(String id, long nowMillis) {
    return new ClassicGroup(id, 0, ClassicRecord.Content.NOBODY, OptionalLong.of(nowMillis), false);
  }

  /**
   * The group as its last record says; {@link #resumed} starts it.
   *
   * @throws IllegalArgumentException if it is a tombstone: there is no group then
   */
  public static ClassicGroup restored(ClassicRecord record) {
    ClassicRecord.Content content =
        record
            .content()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "group " + record.groupId() + " was removed by its last record"));
    return new ClassicGroup(
        record.groupId(), content.generation(), content, content.sinceMillis(), true);
  }

  @Override
  public Step on(GroupEvent event, Situation situation) {
    if (event instanceof GroupEvent.Requested requested) {
      return on(requested, situation);
    }
    if (event instanceof GroupEvent.TimerFired fired) {
      return on(fired.timer(), situation);
    }
    return Step.stay(this);
  }

  private Step on(GroupEvent.Requested event, Situation situation) {
    ApiMessage request = event.request();
    if (request instanceof HeartbeatRequestData heartbeat) {
      return SignsOfLife.heartbeat(this, heartbeat, event.token());
    }
    Draft draft = new Draft(this, situation);
    if (request instanceof JoinGroupRequestData join) {
      Joining.on(draft, join, event.caller(), event.token());
    } else if (request instanceof SyncGroupRequestData sync) {
      Syncing.on(draft, sync, event.caller(), event.token());
    } else if (request instanceof LeaveGroupRequestData leave) {
      Leaving.on(draft, leave, event.caller(), event.token());
    } else {
      throw new InvariantViolation(
          "a classic group was given a " + request.getClass().getSimpleName());
    }
    return draft.step();
  }

  private Step on(TimerKey timer, Situation situation) {
    Draft draft = new Draft(this, situation);
    switch (timer.kind()) {
      case SESSION -> Rebalancing.sessionEnded(draft, timer.memberId());
      case JOINING -> Rebalancing.joiningEnded(draft);
      case SYNC -> Rebalancing.syncingEnded(draft);
      case REBALANCE, REFRESH -> {
        return Step.stay(this); // never started here
      }
    }
    return draft.step();
  }

  @Override
  public Step resumed(Situation situation) {
    Draft draft = new Draft(this, situation);
    draft.assumeSinceNow();
    members.all().forEach(draft::startSession);
    boolean isCarriedOver = leader.isEmpty() && !members.isEmpty();
    if (isCarriedOver || members.size() > situation.settings().membersMax()) {
      // The bound may have been lowered meanwhile: the first to join anew stay.
      Rebalancing.prepare(draft);
    }
    return draft.step();
  }

  @Override
  public Errors mayCommit(Committer committer) {
    return SignsOfLife.mayCommit(this, committer);
  }

  /** Anybody may: the requests of this protocol do not say who reads. */
  @Override
  public Errors mayFetch(Committer reader) {
    return Errors.NONE;
  }

  @Override
  public List<Effect> committed(Committer committer, Situation situation) {
    return SignsOfLife.committed(this, committer);
  }

  /**
   * While there are members, a topic counts as subscribed unless all of them are consumers whose
   * subscriptions can be read and do not name it.
   */
  @Override
  public boolean isSubscribedTo(String topic) {
    if (members.isEmpty()) {
      return false;
    }
    return !protocolType.equals(Subscriptions.CONSUMER)
        || !members.all().stream().allMatch(each -> Subscriptions.rulesOut(topic, each));
  }

  /** For DescribeGroups; what members say only of a stable group, as in Kafka. */
  public DescribedGroup described() {
    return Description.of(this);
  }

  @Override
  public List<GroupRecord> tombstones() {
    return List.of(ClassicRecord.tombstone(id));
  }

  @Override
  public OptionalLong emptySinceMillis() {
    return phase == Phase.EMPTY ? sinceMillis : OptionalLong.empty();
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public GroupProtocol protocol() {
    return GroupProtocol.CLASSIC;
  }

  @Override
  public String state() {
    return phase.kafkaName();
  }

  @Override
  public String protocolType() {
    return protocolType;
  }

  @Override
  public int memberCount() {
    return members.size();
  }

  /** Grows with each rebalance. */
  public int generation() {
    return generation;
  }

  /** The protocol that was chosen for this generation. */
  public Optional<String> protocolName() {
    return protocolName;
  }

  public Optional<String> leader() {
    return leader;
  }

  /** In the order of their coming. */
  public List<ClassicMember> members() {
    return new ArrayList<>(members.all());
  }

  Phase phase() {
    return phase;
  }

  Optional<InitialDelay> initialDelay() {
    return initialDelay;
  }

  Roster roster() {
    return members;
  }

  OrderedPSet<String> pendingJoin() {
    return pendingJoin;
  }

  OrderedPSet<String> pendingSync() {
    return pendingSync;
  }

  OptionalLong sinceMillis() {
    return sinceMillis;
  }

  boolean isStored() {
    return stored;
  }
}
