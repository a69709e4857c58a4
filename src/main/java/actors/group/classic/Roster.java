package actors.group.classic;

import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.pcollections.HashPMap;
import org.pcollections.HashTreePMap;
import org.pcollections.OrderedPMap;

/**
 * The members of a group in the order of their coming, which settles what is otherwise a draw; and
 * what is asked of all of them at every join, kept so that thousands may join at once. Immutable: a
 * change shares what it leaves as it was.
 */
final class Roster {
  static final Roster EMPTY =
      new Roster(OrderedPMap.empty(), HashTreePMap.empty(), HashTreePMap.empty(), 0);

  private final OrderedPMap<String, ClassicMember> byId;
  private final HashPMap<String, String> instances;
  private final HashPMap<String, Integer> knowing;
  private final int joinedCount;

  /**
   * @param instances the ids of static members by their instance ids
   * @param knowing how many know each protocol
   */
  private Roster(
      OrderedPMap<String, ClassicMember> byId,
      HashPMap<String, String> instances,
      HashPMap<String, Integer> knowing,
      int joinedCount) {
    this.byId = byId;
    this.instances = instances;
    this.knowing = knowing;
    this.joinedCount = joinedCount;
  }

  static Roster of(Collection<ClassicMember> members) {
    Roster roster = EMPTY;
    for (ClassicMember member : members) {
      roster = roster.with(member);
    }
    return roster;
  }

  /** One that is there already keeps its place. */
  Roster with(ClassicMember member) {
    ClassicMember before = byId.get(member.id());
    return new Roster(
        byId.plus(member.id(), member),
        withoutInstance(before)
            .plusAll(
                member
                    .instanceId()
                    .map(instance -> HashTreePMap.singleton(instance, member.id()))
                    .orElse(HashTreePMap.empty())),
        counted(counted(knowing, before, -1), member, 1),
        joinedCount - joined(before) + joined(member));
  }

  /** The same if there is no such member. */
  Roster without(String memberId) {
    ClassicMember before = byId.get(memberId);
    return before == null
        ? this
        : new Roster(
            byId.minus(memberId),
            withoutInstance(before),
            counted(knowing, before, -1),
            joinedCount - joined(before));
  }

  private HashPMap<String, String> withoutInstance(ClassicMember member) {
    return Optional.ofNullable(member)
        .flatMap(ClassicMember::instanceId)
        .filter(instance -> member.id().equals(instances.get(instance)))
        .map(instances::minus)
        .orElse(instances);
  }

  private static HashPMap<String, Integer> counted(
      HashPMap<String, Integer> counts, ClassicMember member, int change) {
    if (member == null) {
      return counts;
    }
    HashPMap<String, Integer> changed = counts;
    Set<String> names = new HashSet<>();
    for (ClassicProtocol protocol : member.protocols()) {
      if (names.add(protocol.name())) {
        int count = changed.getOrDefault(protocol.name(), 0) + change;
        changed =
            count == 0 ? changed.minus(protocol.name()) : changed.plus(protocol.name(), count);
      }
    }
    return changed;
  }

  private static int joined(ClassicMember member) {
    return member != null && member.awaitsJoin() ? 1 : 0;
  }

  /** Null: there is none. */
  ClassicMember get(String memberId) {
    return byId.get(memberId);
  }

  boolean contains(String memberId) {
    return byId.containsKey(memberId);
  }

  boolean isEmpty() {
    return byId.isEmpty();
  }

  int size() {
    return byId.size();
  }

  /** As they are now, whatever becomes of the group meanwhile. */
  Collection<ClassicMember> all() {
    return byId.values();
  }

  /** The one who has been there longest. */
  Optional<String> first() {
    return isEmpty() ? Optional.empty() : Optional.of(byId.keySet().iterator().next());
  }

  Optional<String> ofInstance(String instanceId) {
    return Optional.ofNullable(instances.get(instanceId));
  }

  /** How many wait for the answer to a join. */
  int joinedCount() {
    return joinedCount;
  }

  boolean allKnow(String protocol) {
    return knowing.getOrDefault(protocol, 0) == byId.size();
  }
}
