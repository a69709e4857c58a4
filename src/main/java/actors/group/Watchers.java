package actors.group;

import actors.LeaderEpoch;
import actors.group.consumer.ConsumerGroupRecord.CurrentMember;
import actors.group.consumer.ConsumerGroupRecord.GroupMetadata;
import actors.group.consumer.ConsumerGroupRecord.TargetMetadata;
import actors.group.consumer.MemberState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * The members of a group who want to be told when it has changed, so that they need not wait for
 * their next heartbeat: all of them when the group's epoch or target is another; when only a member
 * has gone a step towards the target, those who wait for a partition that it may have given up.
 */
final class Watchers {
  private final String groupId;
  private final LeaderEpoch epoch;
  private final Map<ActorRef<GroupChanged>, Seat> members = new HashMap<>();

  /** As far as the records since the coordinator's start tell. */
  private final Map<String, MemberState> states = new HashMap<>();

  /**
   * @param isMember as {@link Watcher#isMember}
   */
  private record Seat(String memberId, boolean isMember) {}

  Watchers(String groupId, LeaderEpoch epoch) {
    this.groupId = groupId;
    this.epoch = epoch;
  }

  /**
   * @return whether it is a new one
   */
  boolean add(Watcher watcher, String memberId) {
    return members.put(watcher.ref(), new Seat(memberId, watcher.isMember())) == null;
  }

  /**
   * @return the member that has ended with it; empty: it has another, or was only told by this one
   */
  Optional<String> remove(ActorRef<GroupChanged> watcher) {
    Seat seat = members.remove(watcher);
    if (seat == null || isWatching(seat.memberId())) {
      return Optional.empty();
    }
    states.remove(seat.memberId());
    return seat.isMember() ? Optional.of(seat.memberId()) : Optional.empty();
  }

  private boolean isWatching(String memberId) {
    return members.values().stream().anyMatch(seat -> seat.memberId().equals(memberId));
  }

  /** These records are in the log. */
  void committed(List<GroupRecord> records) {
    boolean forAll = false;
    boolean step = false;
    for (GroupRecord record : records) {
      if (record instanceof CurrentMember current) {
        step = true;
        current
            .content()
            .ifPresentOrElse(
                now -> states.put(current.memberId(), now.state()),
                () -> states.remove(current.memberId()));
      }
      forAll |= record instanceof GroupMetadata || record instanceof TargetMetadata;
    }
    if (forAll) {
      tellAll();
    } else if (step) {
      members.forEach(
          (watcher, seat) -> {
            if (mayWait(seat.memberId())) {
              tell(watcher);
            }
          });
    }
  }

  private boolean mayWait(String memberId) {
    return Optional.ofNullable(states.get(memberId))
        .map(state -> state == MemberState.UNRELEASED_PARTITIONS)
        .orElse(true);
  }

  /** Whatever it is, or that there is nobody here any more to tell it. */
  void tellAll() {
    members.keySet().forEach(this::tell);
  }

  private void tell(ActorRef<GroupChanged> watcher) {
    watcher.tell(new GroupChanged(epoch, groupId));
  }
}
