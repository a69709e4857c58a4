package actors.group;

import actors.group.GroupEvent.Caller;
import actors.group.GroupEvent.Requested;
import actors.group.classic.ClassicGroup;
import actors.group.consumer.ConsumerGroup;
import actors.group.migration.Downgrade;
import actors.group.migration.Upgrade;
import actors.group.offsets.OffsetBook;
import actors.group.offsets.OffsetSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.Message;

/**
 * Who decides about a request to a group: the group itself, in the protocol that the request
 * speaks, or the {@link OffsetDesk} and the {@link AdminDesk}. A group comes to be with its first
 * member or its first offset. Pure but for the book of offsets, which it only reads.
 */
final class GroupDesk {
  /** The epoch in the heartbeat of one that wants to join. */
  private static final int JOINING = 0;

  private final String groupId;
  private final OffsetDesk offsets;
  private final AdminDesk admin;
  private final OffsetBook book;
  private final OffsetSettings settings;

  GroupDesk(String groupId, OffsetBook book, OffsetSettings settings) {
    this.groupId = groupId;
    this.book = book;
    this.settings = settings;
    this.offsets = new OffsetDesk(book, settings);
    this.admin = new AdminDesk(book);
  }

  /**
   * @param group as it is; empty: there is none
   * @param token of the request, for its answer
   */
  Verdict decide(
      Optional<Group> group, long token, Caller caller, Message request, Situation situation) {
    if (speaksClassic(request)) {
      return classic(group, new Requested(token, caller, (ApiMessage) request), situation);
    }
    if (request instanceof ConsumerGroupHeartbeatRequestData beat) {
      return consumer(group, new Requested(token, caller, beat), situation);
    }
    return admin.concerns(request)
        ? admin.decide(group, token, caller, request, situation)
        : offsets.decide(group, token, caller, request, situation);
  }

  private static boolean speaksClassic(Message request) {
    return request instanceof JoinGroupRequestData
        || request instanceof SyncGroupRequestData
        || request instanceof HeartbeatRequestData
        || request instanceof LeaveGroupRequestData;
  }

  /**
   * A group of the other protocol that is empty makes way; one that is not has room for members of
   * this one.
   */
  private Verdict classic(Optional<Group> group, Requested event, Situation situation) {
    boolean joins = event.request() instanceof JoinGroupRequestData;
    if (group.isEmpty() && joins && isKnownByName((JoinGroupRequestData) event.request())) {
      return refused(group, event, Errors.UNKNOWN_MEMBER_ID, "there is no group " + groupId);
    }
    boolean makesWay =
        joins
            && group
                .map(known -> known.protocol() != GroupProtocol.CLASSIC && known.isEmpty())
                .orElse(false);
    Group fresh = ClassicGroup.fresh(groupId, situation.nowMillis());
    return makesWay
        ? instead(group.get(), fresh, event, situation)
        : first(group, group.orElse(fresh), event, situation);
  }

  /** Of a group that was here before. */
  private static boolean isKnownByName(JoinGroupRequestData join) {
    return !join.memberId().isEmpty();
  }

  private Verdict consumer(Optional<Group> group, Requested event, Situation situation) {
    if (group.isEmpty() || group.get().protocol() == GroupProtocol.CONSUMER) {
      return first(group, group.orElseGet(() -> ConsumerGroup.empty(groupId)), event, situation);
    }
    int epoch = ((ConsumerGroupHeartbeatRequestData) event.request()).memberEpoch();
    if (epoch > JOINING && Upgrade.isAllowed(situation)) {
      // It was given up, and the group has changed since; it may join and change it back.
      return refused(
          group, event, Errors.UNKNOWN_MEMBER_ID, "the group has gone on without the member");
    }
    if (group.get().isEmpty()) {
      return instead(group.get(), ConsumerGroup.empty(groupId), event, situation);
    }
    return epoch == JOINING
        ? upgraded((ClassicGroup) group.get(), event, situation)
        : refused(
            group,
            event,
            Errors.GROUP_ID_NOT_FOUND,
            "group " + groupId + " has members of the classic protocol");
  }

  /** With its members, unless they cannot be carried over or the one who asks is not let in. */
  private static Verdict upgraded(ClassicGroup classic, Requested event, Situation situation) {
    return Upgrade.of(classic, situation)
        .fold(
            carried -> {
              Step joined = carried.next().on(event, situation);
              if (joined.next() == carried.next()) {
                return new Verdict(Optional.of(classic), List.of(), joined.effects());
              }
              List<GroupRecord> records = new ArrayList<>(carried.records());
              records.addAll(joined.records());
              List<Effect> effects = new ArrayList<>(carried.effects());
              effects.addAll(joined.effects());
              return new Verdict(Optional.of(joined.next()), records, effects);
            },
            no -> refused(Optional.of(classic), event, no.error(), no.message()));
  }

  /** A request that a group that is not there has refused does not make it be there. */
  private Verdict first(
      Optional<Group> before, Group decider, Requested event, Situation situation) {
    Step step = Downgrade.settled(decider, decider.on(event, situation), event, situation);
    boolean isNothing = before.isEmpty() && step.records().isEmpty() && isVacant(step);
    return isNothing
        ? new Verdict(Optional.empty(), step.records(), step.effects())
        : Verdict.of(step);
  }

  private static boolean isVacant(Step step) {
    return step.next().isEmpty()
        && step.effects().stream().noneMatch(Effect.StartTimer.class::isInstance);
  }

  private Verdict instead(Group before, Group next, Requested event, Situation situation) {
    Step step = next.on(event, situation);
    if (step.records().isEmpty() && isVacant(step)) {
      return new Verdict(Optional.of(before), List.of(), step.effects());
    }
    List<GroupRecord> records = new ArrayList<>(before.tombstones());
    records.addAll(step.records());
    return new Verdict(Optional.of(step.next()), records, step.effects());
  }

  private static Verdict refused(
      Optional<Group> group, Requested event, Errors error, String sentence) {
    return new Verdict(
        group,
        List.of(),
        List.of(new Effect.Answer(event.token(), Refusals.of(event.request(), error, sentence))));
  }

  /** A timer has run out, or topics have changed. */
  Verdict decide(Group group, GroupEvent event, Situation situation) {
    return Verdict.of(Downgrade.settled(group, group.on(event, situation), event, situation));
  }

  /** Offsets of topics that are gone are forgotten, so that a new topic of that name has none. */
  Verdict topicsGone(Optional<Group> group, Predicate<String> gone) {
    return new Verdict(group, List.copyOf(book.forgetTopics(gone)), List.of());
  }

  /**
   * Forgets offsets that nobody has used for too long, and the group when it has neither members
   * nor offsets (KIP-211).
   */
  Verdict housekeep(Optional<Group> group, Situation situation) {
    List<GroupRecord> records =
        new ArrayList<>(
            book.expired(
                topic -> group.map(known -> isInUse(known, topic)).orElse(false),
                group
                    .filter(GroupDesk::hasHadMembers)
                    .map(Group::emptySinceMillis)
                    .orElseGet(OptionalLong::empty),
                settings.retentionMillis(),
                situation.nowMillis()));
    boolean nothingLeft = records.size() == book.size();
    boolean vanishes = nothingLeft && group.map(Group::isEmpty).orElse(false);
    if (vanishes) {
      records.addAll(group.get().tombstones());
    }
    return new Verdict(vanishes ? Optional.empty() : group, records, List.of());
  }

  /** Else there is nothing in it but offsets. */
  private static boolean hasHadMembers(Group group) {
    return !group.protocolType().isEmpty();
  }

  private static boolean isInUse(Group group, String topic) {
    return !group.isEmpty() && group.isSubscribedTo(topic);
  }
}
