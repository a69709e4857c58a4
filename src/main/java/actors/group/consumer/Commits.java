package actors.group.consumer;

import actors.group.Group.Committer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/** Who may commit offsets, and read them. */
final class Commits {
  private Commits() {}

  /** Without members, tools and clients that assign to themselves may commit. */
  static Errors mayCommit(GroupImage image, Committer committer) {
    return committer.epoch() < 0 && image.members().isEmpty()
        ? Errors.NONE
        : knows(image, committer);
  }

  static Errors mayFetch(GroupImage image, Committer reader) {
    return reader.epoch() < 0 && reader.memberId().isEmpty() ? Errors.NONE : knows(image, reader);
  }

  private static Errors knows(GroupImage image, Committer committer) {
    Member member = image.members().get(committer.memberId());
    if (member == null) {
      return Errors.UNKNOWN_MEMBER_ID;
    }
    if (committer.epoch() == member.current().epoch()) {
      return Errors.NONE;
    }
    return member.isClassic() ? Errors.ILLEGAL_GENERATION : Errors.STALE_MEMBER_EPOCH;
  }

  static boolean hasOwnedSince(GroupImage image, Committer committer, Uuid topicId, int partition) {
    Member member = image.members().get(committer.memberId());
    if (member == null || committer.epoch() > member.current().epoch()) {
      return false;
    }
    Partition wanted = new Partition(topicId, partition);
    Integer since = member.current().owned().get(wanted);
    if (since == null) {
      since = member.current().revoking().get(wanted);
    }
    return since != null && since <= committer.epoch();
  }
}
