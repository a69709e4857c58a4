package actors.group.consumer;

import actors.group.Effect;
import actors.group.Situation;
import actors.group.Step;
import actors.group.TimerKey;
import actors.group.TimerKey.Kind;
import actors.group.consumer.ConsumerGroupRecord.GroupEpoch;
import actors.group.consumer.ConsumerGroupRecord.GroupMetadata;
import actors.group.consumer.ConsumerGroupRecord.MemberMetadata;
import actors.group.consumer.ConsumerGroupRecord.TargetEpoch;
import actors.group.consumer.ConsumerGroupRecord.TargetMember;
import actors.group.consumer.ConsumerGroupRecord.TargetMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

/** Members of the classic protocol on their way into a group of this one, and out of it. */
public final class CarryingOver {
  private CarryingOver() {}

  /**
   * A group in the place of one of the classic protocol.
   *
   * @param generation the last of that group
   * @return the group with its records, which come after those that remove the other
   */
  public static Step in(
      String groupId, int generation, List<Carried> members, Situation situation) {
    Draft draft = new Draft(GroupImage.empty(groupId), TreePMap.empty(), situation);
    write(draft, generation, members);
    return ConsumerGroup.empty(groupId).step(draft);
  }

  /**
   * Each has what it had, as of the generation that they were in; then the epoch is bumped, so that
   * the next to come finds the target due.
   */
  private static void write(Draft draft, int generation, List<Carried> members) {
    String group = draft.image().id();
    for (Carried each : members) {
      draft.write(new MemberMetadata(group, each.memberId(), Optional.of(each.info())));
      draft.write(new TargetMember(group, each.memberId(), Optional.of(each.held())));
      draft.writeCurrent(each.memberId(), current(each, generation));
    }
    draft.write(
        new TargetMetadata(
            group, Optional.of(new TargetEpoch(generation, draft.situation().nowMillis()))));
    long hash = Subscriptions.hash(draft.image(), draft.situation().topics());
    draft.write(
        new GroupMetadata(group, Optional.of(new GroupEpoch(Math.addExact(generation, 1), hash))));
    draft.image().members().values().forEach(each -> ClassicRequests.startSession(draft, each));
  }

  private static CurrentAssignment current(Carried member, int generation) {
    TreeMap<Partition, Integer> since = new TreeMap<>();
    member.held().forEach(partition -> since.put(partition, generation));
    return new CurrentAssignment(
        generation,
        generation,
        MemberState.STABLE,
        TreePMap.fromSortedMap(since),
        TreePMap.empty());
  }

  /** Whether there are members, and none that speaks the protocol of the group. */
  public static boolean isDue(ConsumerGroup group) {
    return !group.isEmpty()
        && group.image().members().values().stream().allMatch(Member::isClassic);
  }

  /** The members of a group that it is due for, in the order of their ids. */
  public static List<Carried> out(ConsumerGroup group) {
    GroupImage image = group.image();
    List<Carried> members = new ArrayList<>();
    for (Member member : image.members().values()) {
      TreePSet<Partition> held =
          member.current().owned().keySet().plusAll(member.current().revoking().keySet());
      members.add(new Carried(member.id(), member.info(), held));
    }
    return members;
  }

  /** Stops every timer that may run but for the sessions. */
  public static List<Effect> stopTimers(ConsumerGroup group) {
    List<Effect> stops = new ArrayList<>();
    stops.add(new Effect.StopTimer(TimerKey.ofGroup(Kind.REFRESH)));
    for (String memberId : group.image().members().keySet()) {
      stops.add(new Effect.StopTimer(new TimerKey(memberId, Kind.REBALANCE)));
      stops.add(new Effect.StopTimer(new TimerKey(memberId, Kind.SYNC)));
    }
    return stops;
  }
}
