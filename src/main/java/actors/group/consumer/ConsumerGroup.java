package actors.group.consumer;

import actors.group.Effect;
import actors.group.Group;
import actors.group.GroupEvent;
import actors.group.GroupEvent.Requested;
import actors.group.GroupEvent.TimerFired;
import actors.group.GroupProtocol;
import actors.group.GroupRecord;
import actors.group.Situation;
import actors.group.Step;
import actors.group.TimerKey.Kind;
import actors.group.TopicsView;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.pcollections.TreePMap;

/**
 * A group of KIP-848, driven by {@code ConsumerGroupHeartbeat}; members of the classic protocol may
 * be in it as well. An immutable value: what the log holds of it, what is waited for from those
 * members, and since when it is empty.
 */
public final class ConsumerGroup implements Group {
  private final GroupImage image;
  private final TreePMap<String, Kind> duties;
  private final OptionalLong emptySinceMillis;

  private ConsumerGroup(
      GroupImage image, TreePMap<String, Kind> duties, OptionalLong emptySinceMillis) {
    this.image = image;
    this.duties = duties;
    this.emptySinceMillis = emptySinceMillis;
  }

  private ConsumerGroup(GroupImage image, OptionalLong emptySinceMillis) {
    this(image, TreePMap.empty(), emptySinceMillis);
  }

  /** One that nobody has joined yet and of which the log holds nothing. */
  public static ConsumerGroup empty(String id) {
    return new ConsumerGroup(GroupImage.empty(id), OptionalLong.empty());
  }

  /**
   * The group after a record of its own that the log holds; {@link #resumed} comes after the last.
   */
  public ConsumerGroup replay(ConsumerGroupRecord record) {
    return new ConsumerGroup(record.applyTo(image), OptionalLong.empty());
  }

  /** Grows with each rebalance; no member's is larger. */
  public int epoch() {
    return image.group().epoch();
  }

  /** Whether the log holds nothing of it, so that it need not be kept. */
  public boolean isGone() {
    return image.equals(GroupImage.empty(image.id()));
  }

  @Override
  public Step on(GroupEvent event, Situation situation) {
    if (event instanceof Requested requested) {
      return onRequest(requested, situation);
    }
    Draft draft = draft(situation);
    if (event instanceof TimerFired fired) {
      Timers.fired(draft, fired.timer());
    } else {
      Membership.refreshTopics(draft);
    }
    return step(draft);
  }

  private Draft draft(Situation situation) {
    return new Draft(image, duties, situation);
  }

  private Step onRequest(Requested event, Situation situation) {
    Draft draft = draft(situation);
    if (!(event.request() instanceof ConsumerGroupHeartbeatRequestData heartbeat)) {
      ClassicRequests.handle(draft, event);
      return step(draft);
    }
    Optional<Refusal> refusal =
        HeartbeatChecks.complaint(heartbeat, event.caller().apiVersion(), situation.settings())
            .or(() -> handle(draft, event, heartbeat));
    return refusal.isPresent()
        ? Step.stay(this, new Effect.Answer(event.token(), refused(heartbeat, refusal.get())))
        : step(draft);
  }

  private static Optional<Refusal> handle(
      Draft draft, Requested event, ConsumerGroupHeartbeatRequestData heartbeat) {
    return heartbeat.memberEpoch() < 0
        ? Leaving.handle(draft, event.token(), heartbeat)
        : new Heartbeats(draft, event.token(), event.caller(), heartbeat).handle();
  }

  private static ConsumerGroupHeartbeatResponseData refused(
      ConsumerGroupHeartbeatRequestData request, Refusal refusal) {
    return new ConsumerGroupHeartbeatResponseData()
        .setErrorCode(refusal.error().code())
        .setErrorMessage(refusal.message())
        .setMemberId(request.memberId())
        .setMemberEpoch(request.memberEpoch());
  }

  /** What a draft of this group comes to. */
  Step step(Draft draft) {
    boolean wasEmpty = isEmpty();
    boolean isEmpty = draft.image().members().isEmpty();
    if (wasEmpty && !isEmpty) {
      draft.start("", Kind.REFRESH, Limits.REFRESH_MILLIS);
    } else if (!wasEmpty && isEmpty) {
      draft.stop("", Kind.REFRESH);
    }
    OptionalLong since =
        wasEmpty && isEmpty
            ? emptySinceMillis
            : isEmpty ? OptionalLong.of(draft.situation().nowMillis()) : OptionalLong.empty();
    return new Step(
        new ConsumerGroup(draft.image(), draft.duties(), since), draft.records(), draft.effects());
  }

  /**
   * {@inheritDoc}
   *
   * <p>Every member has a whole session from now on, for what it sent meanwhile was lost.
   */
  @Override
  public Step resumed(Situation situation) {
    if (isEmpty()) {
      return Step.stay(new ConsumerGroup(image, OptionalLong.of(situation.nowMillis())));
    }
    Draft draft = draft(situation);
    Timers.startAll(draft);
    Membership.refreshTopics(draft);
    return step(draft);
  }

  @Override
  public Errors mayCommit(Committer committer) {
    return Commits.mayCommit(image, committer);
  }

  @Override
  public boolean hasOwnedSince(Committer committer, Uuid topicId, int partition) {
    return Commits.hasOwnedSince(image, committer, topicId, partition);
  }

  @Override
  public Errors mayFetch(Committer reader) {
    return Commits.mayFetch(image, reader);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Nothing for members of this protocol, whose heartbeats go on by themselves.
   */
  @Override
  public List<Effect> committed(Committer committer, Situation situation) {
    return image.member(committer.memberId()).map(Timers::sessionAnew).orElse(List.of());
  }

  /** The same for a broker with the default assignors. */
  public DescribedGroup described(TopicsView topics) {
    return described(topics, List.of("uniform", "range"));
  }

  /**
   * For {@code ConsumerGroupDescribe}.
   *
   * @param topics for names; partitions of topics that are gone are left out
   * @param assignors of the settings, for the one in use where no member prefers any
   */
  public DescribedGroup described(TopicsView topics, List<String> assignors) {
    return Description.of(image, state(), topics, assignors);
  }

  @Override
  public String id() {
    return image.id();
  }

  @Override
  public GroupProtocol protocol() {
    return GroupProtocol.CONSUMER;
  }

  @Override
  public String state() {
    if (isEmpty()) {
      return "Empty";
    }
    if (image.isTargetDue()) {
      return "Assigning";
    }
    int epoch = image.targetEpoch().epoch();
    boolean settled =
        image.members().values().stream().allMatch(each -> each.current().isReconciledTo(epoch));
    return settled ? "Stable" : "Reconciling";
  }

  @Override
  public String protocolType() {
    return "consumer";
  }

  @Override
  public boolean isSubscribedTo(String topic) {
    return Subscriptions.wants(image, topic);
  }

  @Override
  public int memberCount() {
    return image.members().size();
  }

  /**
   * {@inheritDoc}
   *
   * <p>The log does not hold it: after a restart it counts from {@link #resumed} on. Empty as well
   * for a group that has never had anybody.
   */
  @Override
  public OptionalLong emptySinceMillis() {
    return emptySinceMillis;
  }

  @Override
  public List<GroupRecord> tombstones() {
    return Tombstones.of(image);
  }

  /** For tests and the machinery of this package. */
  GroupImage image() {
    return image;
  }

  /** By what the log holds; since when nobody is there it does not. */
  @Override
  public boolean equals(Object other) {
    return other instanceof ConsumerGroup that && image.equals(that.image);
  }

  @Override
  public int hashCode() {
    return image.hashCode();
  }

  @Override
  public String toString() {
    return "ConsumerGroup" + image;
  }
}
