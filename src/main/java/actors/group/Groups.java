package actors.group;

import actors.Outcome;
import actors.group.GroupEvent.Caller;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.protocol.Message;

/** The consumer groups of this broker, for those above. Safe for any thread; nothing blocks. */
public interface Groups {
  /**
   * Asks the coordinator of the group, which must be here.
   *
   * @param request one of JoinGroup, SyncGroup, Heartbeat, LeaveGroup, ConsumerGroupHeartbeat,
   *     OffsetCommit, OffsetDelete; {@code OffsetFetchRequestGroup}; DescribeGroups,
   *     ConsumerGroupDescribe and DeleteGroups of this one group
   * @return the answer in the class that belongs to the request (of DescribeGroups and the like,
   *     what it says of that group), refusals included; such as NOT_COORDINATOR where it is not
   *     here
   */
  CompletionStage<Message> ask(String groupId, Caller caller, Message request);

  /**
   * Asks the coordinator of the group wherever it is; one to be waited for a little is made if
   * there is none at all.
   *
   * @param request one of ConsumerGroupHeartbeat, OffsetCommit and {@code OffsetFetchRequestGroup}
   * @param watcher with a heartbeat: is told from now on when the group has changed, until it ends
   *     or the coordinator moves; empty: nobody new
   * @return as {@link #ask}; a coordinator that is not reached is refused with a retriable code
   */
  CompletionStage<Message> askCoordinator(
      String groupId, Caller caller, Message request, Optional<Watcher> watcher);

  /**
   * Which broker coordinates the group.
   *
   * @return its id; refused with COORDINATOR_NOT_AVAILABLE while there is none
   */
  Outcome<Integer> coordinatorOf(String groupId);

  /**
   * Sees to it that there are coordinators at all: creates the topic that holds the groups, if it
   * is not there yet. Completes when this broker knows it, or with a retriable refusal.
   */
  CompletionStage<Outcome<Boolean>> prepare();

  /**
   * The groups that are coordinated here.
   *
   * @return refused with COORDINATOR_LOAD_IN_PROGRESS while some of them are not known yet
   */
  Outcome<Collection<Listed>> list();

  /**
   * @param state by Kafka's name, such as {@code Stable}
   */
  record Listed(String groupId, String protocolType, String state, GroupProtocol protocol) {}
}
