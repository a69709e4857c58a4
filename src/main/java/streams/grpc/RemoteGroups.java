package streams.grpc;

import actors.LeaderEpoch;
import actors.Outcome;
import actors.group.GroupChanged;
import actors.group.GroupEvent.Caller;
import actors.group.GroupWire;
import actors.group.Groups;
import actors.group.Watcher;
import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.Message;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.stream.WatchedActorTerminatedException;
import streams.grpc.v1.AskCoordinatorRequest;
import streams.grpc.v1.GroupsClient;
import streams.grpc.v1.WatchGroupRequest;

/**
 * The coordinators of groups by way of the broker that the line leads to. While it leads to none,
 * what is asked is refused with a retriable code; members ask again.
 */
final class RemoteGroups implements Groups {
  private static final int LEAVING = -1;

  private final ActorSystem<?> system;
  private final Line line;
  private final Map<ActorRef<GroupChanged>, Line.GroupsWay> watched = new ConcurrentHashMap<>();

  RemoteGroups(ActorSystem<?> system, Line line) {
    this.system = system;
    this.line = line;
  }

  @Override
  public CompletionStage<Message> askCoordinator(
      String groupId, Caller caller, Message request, Optional<Watcher> watcher) {
    Optional<Line.GroupsWay> way = line.groups();
    if (way.isEmpty()) {
      return CompletableFuture.completedStage(
          GroupWire.refused(request, Errors.COORDINATOR_NOT_AVAILABLE, line.trouble()));
    }
    if (request instanceof ConsumerGroupHeartbeatRequestData beat && beat.memberEpoch() > LEAVING) {
      watcher.ifPresent(member -> watch(way.get(), member.ref(), caller, beat));
    }
    return ask(way.get().client(), caller, request);
  }

  private CompletionStage<Message> ask(GroupsClient client, Caller caller, Message request) {
    short version = caller.apiVersion();
    return client
        .ask(
            AskCoordinatorRequest.newBuilder()
                .setClientId(caller.clientId())
                .setKindValue(GroupWire.kindOf(request))
                .setVersion(version)
                .setRequest(ByteString.copyFrom(GroupWire.bytes(request, version)))
                .build())
        .thenApply(
            answer ->
                GroupWire.answer(
                    request, version, ByteBuffer.wrap(answer.getAnswer().toByteArray())))
        .toCompletableFuture()
        .orTimeout(Limits.COORDINATOR_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionally(
            failure -> {
              Throwable cause =
                  failure instanceof CompletionException ? failure.getCause() : failure;
              return GroupWire.refused(request, errorOf(cause), String.valueOf(cause.getMessage()));
            });
  }

  /** Worth asking again, unless the broker does not take what is asked. */
  private static Errors errorOf(Throwable failure) {
    if (failure instanceof TimeoutException) {
      return Errors.REQUEST_TIMED_OUT;
    }
    if (failure instanceof IllegalArgumentException) {
      return Errors.UNKNOWN_SERVER_ERROR;
    }
    if (failure instanceof StatusRuntimeException status) {
      return switch (status.getStatus().getCode()) {
        case INVALID_ARGUMENT -> Errors.INVALID_REQUEST;
        case UNIMPLEMENTED -> Errors.UNSUPPORTED_VERSION;
        case RESOURCE_EXHAUSTED -> Errors.THROTTLING_QUOTA_EXCEEDED;
        case DEADLINE_EXCEEDED -> Errors.REQUEST_TIMED_OUT;
        default -> Errors.COORDINATOR_NOT_AVAILABLE;
      };
    }
    return Errors.COORDINATOR_NOT_AVAILABLE;
  }

  /** Once for each connection, until that ends or the member does. */
  private void watch(
      Line.GroupsWay way,
      ActorRef<GroupChanged> member,
      Caller caller,
      ConsumerGroupHeartbeatRequestData beat) {
    if (way.equals(watched.put(member, way))) {
      return;
    }
    var unused =
        way.client()
            .watch(
                WatchGroupRequest.newBuilder()
                    .setGroupId(beat.groupId())
                    .setMemberId(beat.memberId())
                    .build())
            .via(way.whileConnected().flow())
            .watch(Adapter.toClassic(member))
            .runForeach(
                hint ->
                    member.tell(
                        new GroupChanged(new LeaderEpoch(hint.getLeaderEpoch()), beat.groupId())),
                system)
            .whenComplete(
                (done, failure) -> {
                  watched.remove(member, way);
                  if (failure instanceof WatchedActorTerminatedException) {
                    sayGone(way.client(), caller, beat);
                  }
                });
  }

  /** One that has not left by itself has died; its session need not run out. */
  private void sayGone(GroupsClient client, Caller caller, ConsumerGroupHeartbeatRequestData beat) {
    var unused =
        ask(
            client,
            caller,
            new ConsumerGroupHeartbeatRequestData()
                .setGroupId(beat.groupId())
                .setMemberId(beat.memberId())
                .setMemberEpoch(LEAVING));
  }

  @Override
  public CompletionStage<Message> ask(String groupId, Caller caller, Message request) {
    throw notHere();
  }

  @Override
  public Outcome<Integer> coordinatorOf(String groupId) {
    throw notHere();
  }

  @Override
  public CompletionStage<Outcome<Boolean>> prepare() {
    throw notHere();
  }

  @Override
  public Outcome<Collection<Listed>> list() {
    throw notHere();
  }

  private static UnsupportedOperationException notHere() {
    return new UnsupportedOperationException("no broker is in this process");
  }
}
