package streams;

import actors.group.GroupChanged;
import actors.group.Groups;
import actors.group.Watcher;
import java.util.Collection;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.pekko.actor.typed.ActorRef;

/** A member's questions to its coordinator; the answers never fail. */
final class GroupCalls {
  private final Groups groups;
  private final String groupId;
  private final GroupRequests requests;
  private final Watcher watcher;

  /**
   * @param watcher is told when the group has changed
   */
  GroupCalls(
      Groups groups, String groupId, GroupRequests requests, ActorRef<GroupChanged> watcher) {
    this.groups = groups;
    this.groupId = groupId;
    this.requests = requests;
    this.watcher = Watcher.ofMember(watcher);
  }

  CompletionStage<ConsumerGroupHeartbeatResponseData> heartbeat(GroupSeat.Word word) {
    return groups
        .askCoordinator(
            groupId, requests.callerOfHeartbeat(), requests.heartbeat(word), Optional.of(watcher))
        .thenApply(ConsumerGroupHeartbeatResponseData.class::cast);
  }

  /** What the group has committed of these partitions. */
  CompletionStage<OffsetFetchResponseGroup> fetch(Collection<Slot> slots) {
    return groups
        .askCoordinator(
            groupId, requests.callerOfOffsets(), requests.fetch(slots), Optional.empty())
        .thenApply(OffsetFetchResponseGroup.class::cast);
  }

  CompletionStage<OffsetCommitResponseData> commit(
      int epoch, SortedMap<Slot, CommitBook.Position> positions) {
    return groups
        .askCoordinator(
            groupId,
            requests.callerOfOffsets(),
            requests.commit(epoch, positions),
            Optional.empty())
        .thenApply(OffsetCommitResponseData.class::cast);
  }
}
