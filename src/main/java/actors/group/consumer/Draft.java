package actors.group.consumer;

import actors.InvariantViolation;
import actors.group.Effect;
import actors.group.GroupRecord;
import actors.group.Situation;
import actors.group.TimerKey;
import actors.group.consumer.ConsumerGroupRecord.CurrentMember;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pcollections.TreePMap;

/** A step in the making: each record is applied as it is written. Lives for one event. */
final class Draft {
  private final Situation situation;
  private final List<GroupRecord> records = new ArrayList<>();
  private final List<Effect> effects = new ArrayList<>();
  private GroupImage image;
  private TreePMap<String, TimerKey.Kind> duties;

  /**
   * @param duties see {@link #duties}
   */
  Draft(GroupImage image, TreePMap<String, TimerKey.Kind> duties, Situation situation) {
    this.image = image;
    this.duties = duties;
    this.situation = situation;
  }

  /**
   * What is waited for from members of the classic protocol: {@code REBALANCE} for a JoinGroup,
   * {@code SYNC} for a SyncGroup. The log does not hold it; a new coordinator finds out at the
   * member's next heartbeat.
   */
  TreePMap<String, TimerKey.Kind> duties() {
    return duties;
  }

  boolean isExpected(String memberId, TimerKey.Kind kind) {
    return duties.get(memberId) == kind;
  }

  /** Gives a member of the classic protocol the time to do this, unless it is at it already. */
  void expect(Member member, TimerKey.Kind kind) {
    if (!isExpected(member.id(), kind)) {
      expectNothing(member.id());
      duties = duties.plus(member.id(), kind);
      start(member.id(), kind, member.info().rebalanceMillis());
    }
  }

  void expectNothing(String memberId) {
    TimerKey.Kind kind = duties.get(memberId);
    if (kind != null) {
      duties = duties.minus(memberId);
      stop(memberId, kind);
    }
  }

  GroupImage image() {
    return image;
  }

  Situation situation() {
    return situation;
  }

  List<GroupRecord> records() {
    return records;
  }

  List<Effect> effects() {
    return effects;
  }

  void write(ConsumerGroupRecord record) {
    records.add(record);
    image = record.applyTo(image);
  }

  /** Writes where a member is now. */
  void writeCurrent(String memberId, CurrentAssignment current) {
    for (Partition partition : current.owned().keySet()) {
      if (image.isHeldByAnother(partition, memberId)) {
        throw new InvariantViolation(
            partition
                + " is to go to "
                + memberId
                + " but is with "
                + image.owners().get(partition));
      }
    }
    write(new CurrentMember(image.id(), memberId, Optional.of(current)));
  }

  void answer(Effect.Answer answer) {
    effects.add(answer);
  }

  void start(String memberId, TimerKey.Kind kind, long millis) {
    effects.add(new Effect.StartTimer(new TimerKey(memberId, kind), millis));
  }

  void stop(String memberId, TimerKey.Kind kind) {
    effects.add(new Effect.StopTimer(new TimerKey(memberId, kind)));
  }
}
