package actors.group.consumer;

import java.util.Optional;
import java.util.SortedSet;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.protocol.Errors;

/** Finds the member that a heartbeat is from, or lets it in. */
final class Admission {
  private final Draft draft;
  private final String memberId;
  private final int epoch;
  private final Optional<String> instanceId;
  private final Optional<SortedSet<Partition>> reported;
  private final Optional<Member> known;
  private final Optional<Member> standsForInstance;

  Admission(
      Draft draft,
      String memberId,
      ConsumerGroupHeartbeatRequestData request,
      Optional<SortedSet<Partition>> reported) {
    this.draft = draft;
    this.memberId = memberId;
    this.epoch = request.memberEpoch();
    this.instanceId = Optional.ofNullable(request.instanceId());
    this.reported = reported;
    this.known = draft.image().member(memberId);
    this.standsForInstance = instanceId.flatMap(draft.image()::staticMember);
  }

  /** Why it may not go on; empty: it may. */
  Optional<Refusal> refusal() {
    boolean joining = epoch == HeartbeatChecks.JOINING;
    if (joining && known.isEmpty() && standsForInstance.isEmpty()) {
      return fullGroup();
    }
    if (instanceId.isEmpty()) {
      return known
          .map(member -> HeartbeatChecks.staleEpoch(member, epoch, reported))
          .orElseGet(() -> refusal(Errors.UNKNOWN_MEMBER_ID, unknownMember()));
    }
    return joining ? refusalOfStaticJoin() : refusalOfStatic();
  }

  private Optional<Refusal> refusalOfStaticJoin() {
    if (standsForInstance.isEmpty()) {
      return known.flatMap(member -> HeartbeatChecks.staleEpoch(member, epoch, reported));
    }
    Member standing = standsForInstance.get();
    if (makesWay(standing)) {
      return Optional.empty();
    }
    if (standing.id().equals(memberId)) {
      return HeartbeatChecks.staleEpoch(standing, epoch, reported);
    }
    return refusal(
        Errors.UNRELEASED_INSTANCE_ID,
        "Instance " + instanceId.get() + " is still in use by member " + standing.id() + ".");
  }

  private Optional<Refusal> refusalOfStatic() {
    if (standsForInstance.isEmpty()) {
      return refusal(
          Errors.UNKNOWN_MEMBER_ID, "Instance " + instanceId.get() + " is not in the group.");
    }
    Member standing = standsForInstance.get();
    return standing.id().equals(memberId)
        ? HeartbeatChecks.staleEpoch(standing, epoch, reported)
        : refusal(
            Errors.FENCED_INSTANCE_ID,
            "Instance " + instanceId.get() + " is in use by member " + standing.id() + " now.");
  }

  private Optional<Refusal> fullGroup() {
    int max = draft.situation().settings().consumer().membersMax();
    return draft.image().members().size() >= max
        ? refusal(
            Errors.GROUP_MAX_SIZE_REACHED, "The group has the " + max + " members it may have.")
        : Optional.empty();
  }

  /** Only where there is no refusal. */
  Member admitted() {
    Optional<Member> replaced = standsForInstance.filter(this::makesWay);
    if (replaced.isPresent()) {
      return Membership.replace(draft, replaced.get(), memberId);
    }
    return known.orElseGet(() -> Member.unknown(memberId));
  }

  /** One that has said that it will be back, or the same instance before its upgrade. */
  private boolean makesWay(Member standing) {
    return standing.current().epoch() == CurrentAssignment.LEFT_FOR_A_WHILE
        || (standing.isClassic() && !standing.id().equals(memberId));
  }

  private String unknownMember() {
    return "Member " + memberId + " is not in the group.";
  }

  private static Optional<Refusal> refusal(Errors error, String message) {
    return Optional.of(new Refusal(error, message));
  }
}
