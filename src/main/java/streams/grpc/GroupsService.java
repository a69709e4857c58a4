package streams.grpc;

import actors.LeaderEpoch;
import actors.broker.Node;
import actors.group.GroupChanged;
import actors.group.GroupEvent.Caller;
import actors.group.GroupWire;
import actors.group.Watcher;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.Message;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.stream.OverflowStrategy;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.typed.javadsl.ActorSource;
import streams.grpc.v1.AskCoordinatorRequest;
import streams.grpc.v1.AskCoordinatorResponse;
import streams.grpc.v1.GroupHint;
import streams.grpc.v1.Groups;
import streams.grpc.v1.WatchGroupRequest;

/** The coordinators of groups, for members in processes without a broker. */
final class GroupsService implements Groups {
  /** As groups show the hosts of members in other processes. */
  static final String HOST = "/remote";

  /** The last hint says all that the ones before it did. */
  private static final int HINTS_MAX = 1;

  private static final GroupHint FIRST =
      GroupHint.newBuilder().setLeaderEpoch(LeaderEpoch.NONE.value()).build();

  private final Node node;
  private final Admission admission;
  private final Map<Member, ActorRef<GroupChanged>> watching = new ConcurrentHashMap<>();

  private record Member(String groupId, String memberId) {}

  GroupsService(Node node, Admission admission) {
    this.node = node;
    this.admission = admission;
  }

  @Override
  public CompletionStage<AskCoordinatorResponse> ask(AskCoordinatorRequest request) {
    Message question;
    try {
      question = read(request);
    } catch (IllegalArgumentException refused) {
      return CompletableFuture.failedStage(
          Refusals.of(Errors.INVALID_REQUEST, refused.getMessage()));
    }
    short version = (short) request.getVersion();
    return node.groups()
        .askCoordinator(
            GroupWire.groupOf(question),
            new Caller(request.getClientId(), HOST, version),
            question,
            watcherOf(question))
        .thenApply(
            answer ->
                AskCoordinatorResponse.newBuilder()
                    .setAnswer(ByteString.copyFrom(GroupWire.bytes(answer, version)))
                    .build())
        .toCompletableFuture()
        .orTimeout(Limits.UNARY_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static Message read(AskCoordinatorRequest request) {
    if (request.getRequest().size() > Limits.GROUP_BYTES_MAX) {
      throw new IllegalArgumentException(
          "the request has more than " + Limits.GROUP_BYTES_MAX + " bytes");
    }
    return GroupWire.request(
        request.getKindValue(),
        request.getVersion(),
        ByteBuffer.wrap(request.getRequest().toByteArray()));
  }

  /**
   * Who passes hints on to the member, and is no sign of its life: when its stream ends, however
   * that is, the process may be connecting to the next broker, where it goes on within its session
   * with all that it holds. Were it taken out of the group at once, each connection that breaks
   * would move partitions and have records read again. A process that was killed ends its streams
   * in the same way, so it is missed when its session has run out.
   */
  private Optional<Watcher> watcherOf(Message question) {
    return question instanceof ConsumerGroupHeartbeatRequestData beat
        ? Optional.ofNullable(watching.get(new Member(beat.groupId(), beat.memberId())))
            .map(Watcher::onlyTold)
        : Optional.empty();
  }

  @Override
  public Source<GroupHint, NotUsed> watch(WatchGroupRequest request) {
    return admission.admit(
        () ->
            Source.single(FIRST)
                .concat(hints(new Member(request.getGroupId(), request.getMemberId()))));
  }

  private Source<GroupHint, NotUsed> hints(Member member) {
    return ActorSource.<GroupChanged>actorRef(
            hint -> false, hint -> Optional.empty(), HINTS_MAX, OverflowStrategy.dropHead())
        .watchTermination(
            (told, done) -> {
              watching.put(member, told);
              var unused = done.whenComplete((end, failure) -> watching.remove(member, told));
              return NotUsed.getInstance();
            })
        .map(hint -> GroupHint.newBuilder().setLeaderEpoch(hint.epoch().value()).build());
  }
}
