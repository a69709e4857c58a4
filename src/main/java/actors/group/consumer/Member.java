package actors.group.consumer;

/** A member: what it says, and what it has. */
public record Member(String id, MemberInfo info, CurrentAssignment current) {
  static Member unknown(String id) {
    return new Member(id, MemberInfo.UNKNOWN, CurrentAssignment.NEW);
  }

  /** Whether it speaks the classic protocol. */
  boolean isClassic() {
    return info.classic().isPresent();
  }

  Member with(MemberInfo next) {
    return new Member(id, next, current);
  }

  Member with(CurrentAssignment next) {
    return new Member(id, info, next);
  }
}
