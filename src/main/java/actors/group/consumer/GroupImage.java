package actors.group.consumer;

import actors.group.consumer.ConsumerGroupRecord.GroupEpoch;
import actors.group.consumer.ConsumerGroupRecord.Resolution;
import actors.group.consumer.ConsumerGroupRecord.TargetEpoch;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

/**
 * All that the log holds of a group; immutable, changed by records alone.
 *
 * @param group its epoch
 * @param members by id
 * @param statics the ids of the members that stand for each instance id
 * @param owners who has each partition, or has to give it up still
 * @param targetEpoch the group's epoch that the target was computed for
 * @param target what each member is to have
 * @param patterns what each pattern matched
 * @param interests of its members
 */
record GroupImage(
    String id,
    GroupEpoch group,
    TreePMap<String, Member> members,
    TreePMap<String, String> statics,
    TreePMap<Partition, String> owners,
    TargetEpoch targetEpoch,
    TreePMap<String, TreePSet<Partition>> target,
    TreePMap<String, Resolution> patterns,
    Interests interests) {

  static GroupImage empty(String id) {
    return new GroupImage(
        id,
        GroupEpoch.NONE,
        TreePMap.empty(),
        TreePMap.empty(),
        TreePMap.empty(),
        TargetEpoch.NONE,
        TreePMap.empty(),
        TreePMap.empty(),
        Interests.NONE);
  }

  Optional<Member> member(String memberId) {
    return Optional.ofNullable(members.get(memberId));
  }

  Optional<Member> staticMember(String instanceId) {
    return Optional.ofNullable(statics.get(instanceId)).flatMap(this::member);
  }

  TreePSet<Partition> targetOf(String memberId) {
    return target.getOrDefault(memberId, TreePSet.empty());
  }

  boolean isHeldByAnother(Partition partition, String memberId) {
    String owner = owners.get(partition);
    return owner != null && !owner.equals(memberId);
  }

  boolean isTargetDue() {
    return group.epoch() > targetEpoch.epoch();
  }

  GroupImage withGroupEpoch(GroupEpoch next) {
    return new GroupImage(
        id, next, members, statics, owners, targetEpoch, target, patterns, interests);
  }

  GroupImage withInfo(String memberId, MemberInfo info) {
    Member before = member(memberId).orElse(Member.unknown(memberId));
    return new GroupImage(
        id,
        group,
        members.plus(memberId, before.with(info)),
        withoutStatic(before)
            .plusAll(
                info.instanceId()
                    .map(key -> TreePMap.singleton(key, memberId))
                    .orElse(TreePMap.empty())),
        owners,
        targetEpoch,
        target,
        patterns,
        interests.minus(before.info()).plus(info));
  }

  GroupImage withoutMember(String memberId) {
    Member before = members.get(memberId);
    if (before == null) {
      return this;
    }
    return new GroupImage(
        id,
        group,
        members.minus(memberId),
        withoutStatic(before),
        withoutOwner(before),
        targetEpoch,
        target,
        patterns,
        interests.minus(before.info()));
  }

  GroupImage withCurrent(String memberId, Optional<CurrentAssignment> next) {
    Member before = members.get(memberId);
    if (before == null && next.isEmpty()) {
      return this;
    }
    Member member = before == null ? Member.unknown(memberId) : before;
    CurrentAssignment current = next.orElse(CurrentAssignment.NEW);
    TreePMap<Partition, String> kept = withoutOwner(member);
    for (Partition partition : current.owned().keySet()) {
      kept = kept.plus(partition, memberId);
    }
    for (Partition partition : current.revoking().keySet()) {
      kept = kept.plus(partition, memberId);
    }
    return new GroupImage(
        id,
        group,
        members.plus(memberId, member.with(current)),
        statics,
        kept,
        targetEpoch,
        target,
        patterns,
        interests);
  }

  GroupImage withTargetEpoch(TargetEpoch next) {
    return new GroupImage(id, group, members, statics, owners, next, target, patterns, interests);
  }

  GroupImage withTarget(String memberId, Optional<TreePSet<Partition>> next) {
    return new GroupImage(
        id,
        group,
        members,
        statics,
        owners,
        targetEpoch,
        next.map(partitions -> target.plus(memberId, partitions))
            .orElseGet(() -> target.minus(memberId)),
        patterns,
        interests);
  }

  GroupImage withResolution(String pattern, Optional<Resolution> next) {
    return new GroupImage(
        id,
        group,
        members,
        statics,
        owners,
        targetEpoch,
        target,
        next.map(found -> patterns.plus(pattern, found)).orElseGet(() -> patterns.minus(pattern)),
        interests);
  }

  /** Only where it is this member that stands for the instance: another may have taken over. */
  private TreePMap<String, String> withoutStatic(Member member) {
    return member
        .info()
        .instanceId()
        .filter(key -> member.id().equals(statics.get(key)))
        .map(statics::minus)
        .orElse(statics);
  }

  private TreePMap<Partition, String> withoutOwner(Member member) {
    TreePMap<Partition, String> kept = owners;
    for (Map<Partition, Integer> held :
        List.of(member.current().owned(), member.current().revoking())) {
      for (Partition partition : held.keySet()) {
        if (member.id().equals(kept.get(partition))) {
          kept = kept.minus(partition);
        }
      }
    }
    return kept;
  }
}
