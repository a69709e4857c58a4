package actors.group.consumer;

import actors.group.TimerKey.Kind;
import actors.group.TopicsView;
import actors.group.consumer.ConsumerGroupRecord.CurrentMember;
import actors.group.consumer.ConsumerGroupRecord.GroupEpoch;
import actors.group.consumer.ConsumerGroupRecord.GroupMetadata;
import actors.group.consumer.ConsumerGroupRecord.MemberMetadata;
import actors.group.consumer.ConsumerGroupRecord.RegularExpression;
import actors.group.consumer.ConsumerGroupRecord.Resolution;
import actors.group.consumer.ConsumerGroupRecord.TargetMember;
import java.util.List;
import java.util.Optional;
import org.pcollections.TreePSet;

/** Who is in the group and what they subscribe to: the records of members coming and going. */
final class Membership {
  private static final List<Kind> TIMERS = List.of(Kind.SESSION, Kind.REBALANCE);

  private Membership() {}

  /** Removes a member; the target is computed anew at the next heartbeat of somebody. */
  static void remove(Draft draft, Member member) {
    forget(draft, member);
    dropPattern(draft, member.info().pattern());
    bumpEpoch(draft);
  }

  /**
   * Puts a new member in the place of a static one: it gets its partitions and its target.
   *
   * @return the new member
   */
  static Member replace(Draft draft, Member old, String newId) {
    String group = draft.image().id();
    TreePSet<Partition> target = draft.image().targetOf(old.id());
    forget(draft, old);
    draft.write(new MemberMetadata(group, newId, Optional.of(old.info())));
    draft.write(new TargetMember(group, newId, Optional.of(target)));
    draft.writeCurrent(newId, old.current().takenOver());
    return draft.image().members().get(newId);
  }

  private static void forget(Draft draft, Member member) {
    String group = draft.image().id();
    draft.write(new CurrentMember(group, member.id(), Optional.empty()));
    draft.write(new TargetMember(group, member.id(), Optional.empty()));
    draft.write(new MemberMetadata(group, member.id(), Optional.empty()));
    draft.expectNothing(member.id());
    TIMERS.forEach(kind -> draft.stop(member.id(), kind));
  }

  /**
   * Writes down what a member says of itself, if that is new; the epoch is bumped if it wants other
   * topics.
   */
  static void note(Draft draft, Member before, MemberInfo info) {
    if (!info.equals(before.info()) || draft.image().member(before.id()).isEmpty()) {
      draft.write(new MemberMetadata(draft.image().id(), before.id(), Optional.of(info)));
    }
    if (!info.pattern().equals(before.info().pattern())) {
      dropPattern(draft, before.info().pattern());
      addPattern(draft, info.pattern());
    }
    if (draft.image().group().epoch() == 0 || !info.subscribesLike(before.info())) {
      bumpEpoch(draft);
    }
  }

  static void bumpEpoch(Draft draft) {
    GroupImage image = draft.image();
    long hash = Subscriptions.hash(image, draft.situation().topics());
    draft.write(
        new GroupMetadata(
            image.id(), Optional.of(new GroupEpoch(image.group().epoch() + 1, hash))));
  }

  /** Removes what a pattern matched once nobody has it any more. */
  static void dropPattern(Draft draft, String pattern) {
    if (draft.image().patterns().containsKey(pattern)
        && !Subscriptions.isPatternInUse(draft.image(), pattern)) {
      draft.write(new RegularExpression(draft.image().id(), pattern, Optional.empty()));
    }
  }

  /** Looks which topics a pattern matches, if nobody had it before. */
  private static void addPattern(Draft draft, String pattern) {
    if (!pattern.isEmpty() && !draft.image().patterns().containsKey(pattern)) {
      resolve(draft, pattern);
    }
  }

  /** Looks at the topics again; bumps the epoch if any that the group reads has changed. */
  static void refreshTopics(Draft draft) {
    if (draft.image().members().isEmpty()) {
      return;
    }
    boolean changed = false;
    TreePSet<String> patterns = draft.image().patterns().keySet();
    for (String pattern : patterns) {
      TreePSet<String> before = draft.image().patterns().get(pattern).topics();
      if (!Patterns.matching(pattern, draft.situation().topics().names()).equals(before)) {
        resolve(draft, pattern);
        changed = true;
      }
    }
    long hash = Subscriptions.hash(draft.image(), draft.situation().topics());
    if (changed || hash != draft.image().group().topicsHash()) {
      bumpEpoch(draft);
    }
  }

  private static void resolve(Draft draft, String pattern) {
    TopicsView topics = draft.situation().topics();
    Resolution resolution =
        new Resolution(
            Patterns.matching(pattern, topics.names()),
            topics.version(),
            draft.situation().nowMillis());
    draft.write(new RegularExpression(draft.image().id(), pattern, Optional.of(resolution)));
  }
}
