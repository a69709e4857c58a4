package actors.group.consumer;

import java.util.Optional;
import org.pcollections.TreePSet;

/**
 * What a member has said about itself.
 *
 * @param instanceId of a static member
 * @param clientHost with a leading slash
 * @param topics that it names
 * @param pattern of RE2 that topics are to match, in addition; empty text: none
 * @param rebalanceMillis how long it may take to give partitions up
 * @param assignor that it prefers
 * @param classic present: it speaks the classic protocol
 */
public record MemberInfo(
    Optional<String> instanceId,
    Optional<String> rackId,
    String clientId,
    String clientHost,
    TreePSet<String> topics,
    String pattern,
    int rebalanceMillis,
    Optional<String> assignor,
    Optional<ClassicClient> classic) {

  /** Of somebody who has said nothing yet. */
  static final MemberInfo UNKNOWN =
      new MemberInfo(
          Optional.empty(),
          Optional.empty(),
          "",
          "",
          TreePSet.empty(),
          "",
          -1,
          Optional.empty(),
          Optional.empty());

  boolean subscribesLike(MemberInfo other) {
    return topics.equals(other.topics) && pattern.equals(other.pattern);
  }
}
