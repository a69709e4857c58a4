package actors.group.consumer;

import actors.group.Effect;
import actors.group.GroupEvent.Caller;
import actors.group.GroupSettings;
import actors.group.TimerKey.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.pcollections.TreePSet;

/**
 * A heartbeat of a member that joins or is there: its words are noted, the target is computed if
 * that is due, and the member goes a step towards it.
 */
final class Heartbeats {
  private final Draft draft;
  private final long token;
  private final Caller caller;
  private final ConsumerGroupHeartbeatRequestData request;
  private final Optional<SortedSet<Partition>> reported;
  private final boolean joining;

  Heartbeats(Draft draft, long token, Caller caller, ConsumerGroupHeartbeatRequestData request) {
    this.draft = draft;
    this.token = token;
    this.caller = caller;
    this.request = request;
    this.reported = Optional.ofNullable(request.topicPartitions()).map(Heartbeats::partitions);
    this.joining = request.memberEpoch() == HeartbeatChecks.JOINING;
  }

  /**
   * @return why it is refused, and then what is in the draft does not count; empty: it is answered
   */
  Optional<Refusal> handle() {
    if (!joining && draft.image().group().epoch() == 0) {
      return refusal(Errors.GROUP_ID_NOT_FOUND, "Group " + request.groupId() + " does not exist.");
    }
    String memberId =
        request.memberId().isEmpty() ? draft.situation().freshIds().get() : request.memberId();
    Admission admission = new Admission(draft, memberId, request, reported);
    Optional<Refusal> refused = admission.refusal();
    if (refused.isPresent()) {
      return refused;
    }
    Member member = admission.admitted();
    return noted(member).or(() -> answered(member));
  }

  /** Writes down what the member says of itself. */
  private Optional<Refusal> noted(Member member) {
    MemberInfo before = member.info();
    MemberInfo info = updated(before);
    boolean newPattern = !info.pattern().equals(before.pattern());
    if (newPattern && !info.pattern().isEmpty()) {
      Optional<String> complaint = Patterns.complaint(info.pattern());
      if (complaint.isPresent()) {
        return refusal(Errors.INVALID_REGULAR_EXPRESSION, complaint.get());
      }
      if (!draft.image().patterns().containsKey(info.pattern())
          && draft.image().patterns().size() >= Limits.PATTERNS_MAX) {
        return refusal(
            Errors.INVALID_REQUEST,
            "The group has "
                + Limits.PATTERNS_MAX
                + " different patterns already; use one of them.");
      }
    }
    draft.expectNothing(member.id());
    Membership.note(draft, member, info);
    return Optional.empty();
  }

  private MemberInfo updated(MemberInfo before) {
    return new MemberInfo(
        Optional.ofNullable(request.instanceId()).or(before::instanceId),
        Optional.ofNullable(request.rackId()).or(before::rackId),
        caller.clientId(),
        caller.clientHost(),
        request.subscribedTopicNames() == null
            ? before.topics()
            : TreePSet.from(request.subscribedTopicNames()),
        request.subscribedTopicRegex() == null ? before.pattern() : request.subscribedTopicRegex(),
        request.rebalanceTimeoutMs() < 0 ? before.rebalanceMillis() : request.rebalanceTimeoutMs(),
        Optional.ofNullable(request.serverAssignor()).or(before::assignor),
        Optional.empty());
  }

  private Optional<Refusal> answered(Member before) {
    TargetAssignment.refresh(draft);
    Member member = draft.image().members().get(before.id());
    boolean subscriptionChanged = !member.info().subscribesLike(before.info());
    Optional<CurrentAssignment> next =
        Reconcilers.of(draft, member, subscriptionChanged, reported).next(member.current());
    if (next.isEmpty()) {
      return refusal(
          Errors.FENCED_MEMBER_EPOCH,
          "Member " + member.id() + " is in a state of a later version; it must join again.");
    }
    if (!next.get().equals(member.current())) {
      draft.writeCurrent(member.id(), next.get());
      Reconcilers.setRebalanceTimer(draft, member, next.get());
    }
    GroupSettings.Consumer settings = draft.situation().settings().consumer();
    draft.start(member.id(), Kind.SESSION, settings.sessionMillis());
    boolean tell = joining || isFull() || !next.get().owned().equals(before.current().owned());
    draft.answer(
        new Effect.Answer(
            token,
            new ConsumerGroupHeartbeatResponseData()
                .setMemberId(member.id())
                .setMemberEpoch(next.get().epoch())
                .setHeartbeatIntervalMs(settings.heartbeatMillis())
                .setAssignment(tell ? assignment(next.get()) : null)));
    return Optional.empty();
  }

  /** A client sends all fields when it is not sure any more what the coordinator knows. */
  private boolean isFull() {
    return request.rebalanceTimeoutMs() >= 0
        && (request.subscribedTopicNames() != null || request.subscribedTopicRegex() != null)
        && request.topicPartitions() != null;
  }

  private static ConsumerGroupHeartbeatResponseData.Assignment assignment(
      CurrentAssignment current) {
    TreeMap<Uuid, List<Integer>> byTopic = new TreeMap<>();
    for (Partition partition : current.owned().keySet()) {
      byTopic.computeIfAbsent(partition.topicId(), id -> new ArrayList<>()).add(partition.index());
    }
    List<ConsumerGroupHeartbeatResponseData.TopicPartitions> topics = new ArrayList<>();
    for (Map.Entry<Uuid, List<Integer>> topic : byTopic.entrySet()) {
      topics.add(
          new ConsumerGroupHeartbeatResponseData.TopicPartitions()
              .setTopicId(topic.getKey())
              .setPartitions(topic.getValue()));
    }
    return new ConsumerGroupHeartbeatResponseData.Assignment().setTopicPartitions(topics);
  }

  private static SortedSet<Partition> partitions(
      List<ConsumerGroupHeartbeatRequestData.TopicPartitions> topics) {
    TreeSet<Partition> partitions = new TreeSet<>();
    for (ConsumerGroupHeartbeatRequestData.TopicPartitions topic : topics) {
      topic.partitions().forEach(index -> partitions.add(new Partition(topic.topicId(), index)));
    }
    return partitions;
  }

  private static Optional<Refusal> refusal(Errors error, String message) {
    return Optional.of(new Refusal(error, message));
  }
}
