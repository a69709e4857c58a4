package actors.group;

import actors.LeaderEpoch;
import actors.controller.ClusterMetadata;
import actors.controller.PartitionImage;
import actors.group.GateMessage.Answered;
import actors.group.GateMessage.Ask;
import actors.group.GroupEvent.Caller;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.Message;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;

/** The way to the coordinator of a group, on whichever broker it is. Any thread. */
final class CoordinatorAccess {
  private final ActorSystem<?> system;
  private final int brokerId;
  private final Supplier<ClusterMetadata> image;
  private final IntFunction<Optional<String>> addresses;
  private final CoordinatorDesks desks;

  /**
   * @param addresses of the brokers that can be reached, as Pekko writes them
   */
  CoordinatorAccess(
      ActorSystem<?> system,
      int brokerId,
      Supplier<ClusterMetadata> image,
      IntFunction<Optional<String>> addresses,
      CoordinatorDesks desks) {
    this.system = system;
    this.brokerId = brokerId;
    this.image = image;
    this.addresses = addresses;
    this.desks = desks;
  }

  CompletionStage<Message> ask(
      String groupId, Caller caller, Message request, Optional<Watcher> watcher) {
    Optional<PartitionImage> partition = OffsetsTopic.find(image.get(), groupId);
    if (partition.isEmpty() || !partition.get().hasLeader()) {
      return refused(request, Errors.COORDINATOR_NOT_AVAILABLE, "the group has no coordinator");
    }
    int leader = partition.get().leader();
    if (leader == brokerId) {
      return desks.ask(groupId, caller, request, watcher);
    }
    Optional<String> address = addresses.apply(leader);
    if (address.isEmpty()) {
      return refused(
          request,
          Errors.COORDINATOR_NOT_AVAILABLE,
          "broker " + leader + " coordinates the group, which is not reached at present");
    }
    if (GateSerializer.sizeOf(request, caller.apiVersion()) > Limits.GATE_BYTES_MAX) {
      return refused(
          request,
          Errors.INVALID_REQUEST,
          "the request has more than " + Limits.GATE_BYTES_MAX + " bytes");
    }
    return askElsewhere(
        address.get(), partition.get().leaderEpoch(), groupId, caller, request, watcher);
  }

  private CompletionStage<Message> askElsewhere(
      String address,
      LeaderEpoch epoch,
      String groupId,
      Caller caller,
      Message request,
      Optional<Watcher> watcher) {
    ActorRef<GateMessage> gate =
        ActorRefResolver.get(system).resolveActorRef(address + "/system/" + GroupGate.NAME);
    return AskPattern.<GateMessage, GateMessage>ask(
            gate,
            replyTo -> new Ask(epoch, groupId, caller, request, watcher, replyTo),
            Limits.GATE_PATIENCE,
            system.scheduler())
        .handle(
            (answer, silence) ->
                answer instanceof Answered answered
                    ? answered.answer()
                    : Refusals.of(
                        request,
                        Errors.REQUEST_TIMED_OUT,
                        "the coordinator's broker has not answered"));
  }

  private static CompletionStage<Message> refused(Message request, Errors error, String sentence) {
    return CompletableFuture.completedStage(Refusals.of(request, error, sentence));
  }
}
