package actors.group.consumer;

import actors.group.GroupSettings;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.protocol.Errors;

/** What a heartbeat must be like, whatever the group is. */
final class HeartbeatChecks {
  /** From this version on a client makes up its own member id. */
  static final short CLIENT_MAKES_ID_VERSION = 1;

  static final int JOINING = 0;
  static final int LEAVING = -1;
  static final int LEAVING_FOR_A_WHILE = -2;

  private HeartbeatChecks() {}

  static Optional<Refusal> complaint(
      ConsumerGroupHeartbeatRequestData request, short version, GroupSettings settings) {
    return malformed(request, version)
        .map(message -> new Refusal(Errors.INVALID_REQUEST, message))
        .or(() -> unknownAssignor(request, settings.consumer().assignors()));
  }

  private static Optional<String> malformed(
      ConsumerGroupHeartbeatRequestData request, short version) {
    int epoch = request.memberEpoch();
    boolean needsId = version >= CLIENT_MAKES_ID_VERSION || epoch > 0 || epoch == LEAVING;
    if (needsId && request.memberId().isBlank()) {
      return Optional.of("MemberId must not be empty.");
    }
    if (request.groupId().isBlank()) {
      return Optional.of("GroupId must not be empty.");
    }
    if (request.instanceId() != null && request.instanceId().isBlank()) {
      return Optional.of("InstanceId must not be empty; leave it out for a dynamic member.");
    }
    if (request.rackId() != null && request.rackId().isBlank()) {
      return Optional.of("RackId must not be empty; leave it out where there are no racks.");
    }
    if (epoch < LEAVING_FOR_A_WHILE) {
      return Optional.of("MemberEpoch " + epoch + " is not one; the least is -2.");
    }
    if (epoch == LEAVING_FOR_A_WHILE && request.instanceId() == null) {
      return Optional.of("InstanceId must be given with MemberEpoch -2.");
    }
    if (request.subscribedTopicNames() != null
        && request.subscribedTopicNames().size() > Limits.SUBSCRIBED_NAMES_MAX) {
      return Optional.of(
          "SubscribedTopicNames has "
              + request.subscribedTopicNames().size()
              + " names; at most "
              + Limits.SUBSCRIBED_NAMES_MAX
              + " are allowed.");
    }
    return epoch == JOINING ? malformedJoin(request) : Optional.empty();
  }

  private static Optional<String> malformedJoin(ConsumerGroupHeartbeatRequestData request) {
    if (request.rebalanceTimeoutMs() < 0) {
      return Optional.of("RebalanceTimeoutMs must be given when joining.");
    }
    if (request.topicPartitions() == null || !request.topicPartitions().isEmpty()) {
      return Optional.of("TopicPartitions must be given, and empty, when joining.");
    }
    if (request.subscribedTopicNames() == null && request.subscribedTopicRegex() == null) {
      return Optional.of(
          "SubscribedTopicNames or SubscribedTopicRegex must be given when joining.");
    }
    return Optional.empty();
  }

  private static Optional<Refusal> unknownAssignor(
      ConsumerGroupHeartbeatRequestData request, List<String> available) {
    String assignor = request.serverAssignor();
    return assignor == null || available.contains(assignor)
        ? Optional.empty()
        : Optional.of(
            new Refusal(
                Errors.UNSUPPORTED_ASSIGNOR,
                "ServerAssignor " + assignor + " is not known; known are " + available + "."));
  }

  /**
   * Whether a member that names this epoch is the one that the group knows.
   *
   * @param reported what it says it owns; empty: it has not said
   */
  static Optional<Refusal> staleEpoch(
      Member member, int epoch, Optional<SortedSet<Partition>> reported) {
    CurrentAssignment current = member.current();
    if (epoch == current.epoch()) {
      return Optional.empty();
    }
    // The answer with the new epoch may have been lost. Then it owns nothing that it had not
    // before.
    boolean lostAnswer =
        epoch < current.epoch()
            && epoch == current.previousEpoch()
            && reported.filter(owned -> current.owned().keySet().containsAll(owned)).isPresent();
    return lostAnswer
        ? Optional.empty()
        : Optional.of(
            new Refusal(
                Errors.FENCED_MEMBER_EPOCH,
                "Member "
                    + member.id()
                    + " is at epoch "
                    + current.epoch()
                    + ", not "
                    + epoch
                    + ". It must give up its partitions and join again."));
  }
}
