package actors.group.classic;

import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;

/** Who is who among the members. */
final class Members {
  private Members() {}

  /**
   * Whether somebody is the member that it says it is. A static member whose instance has come back
   * under another id is fenced.
   *
   * @param instanceId null: a dynamic member
   */
  static Errors check(Roster members, String memberId, String instanceId) {
    if (instanceId != null) {
      Optional<String> current = members.ofInstance(instanceId);
      if (current.isEmpty()) {
        return Errors.UNKNOWN_MEMBER_ID;
      }
      return current.get().equals(memberId) ? Errors.NONE : Errors.FENCED_INSTANCE_ID;
    }
    return members.contains(memberId) ? Errors.NONE : Errors.UNKNOWN_MEMBER_ID;
  }
}
