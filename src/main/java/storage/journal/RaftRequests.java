package storage.journal;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.RaftClientRequestProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.rpc.CallId;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;

/**
 * Requests to the group and their retries: at this voter first, then at the leader that its refusal
 * names, then here again, until the deadline. Each try is a new request to Raft; that a command is
 * applied once is the business of {@link History}.
 */
final class RaftRequests {
  private static final long RETRY_MILLIS_MIN = 2;
  private static final long RETRY_MILLIS_MAX = 100;

  private final RaftNode node;
  private final ClientId client = ClientId.randomId();

  /**
   * Tries under way, to be failed at once when the node fails: Raft would leave them unanswered.
   */
  private final Map<Long, CompletableFuture<RaftClientReply>> underWay = new ConcurrentHashMap<>();

  RaftRequests(RaftNode node) {
    this.node = node;
    var unused = node.stateMachine().failure().thenAccept(this::failAll);
  }

  /**
   * What is asked, and until when.
   *
   * @param deadlineNanos of {@link System#nanoTime}
   */
  record Request(RaftClientRequest.Type type, ByteString bytes, long deadlineNanos) {
    boolean isRead() {
      return type.is(RaftClientRequestProto.TypeCase.READ);
    }
  }

  /** Fails with {@link JournalException.Unavailable} only. */
  CompletionStage<RaftClientReply> submit(Request request) {
    return attempt(request, node.self(), RETRY_MILLIS_MIN);
  }

  private CompletionStage<RaftClientReply> attempt(
      Request request, RaftPeerId to, long waitMillis) {
    long restMillis = TimeUnit.NANOSECONDS.toMillis(request.deadlineNanos() - System.nanoTime());
    if (!node.isRunning()) {
      return unavailable("has stopped", node.stateMachine().failure().getNow(null));
    }
    if (restMillis <= 0) {
      return unavailable("has no leader that answers; is a majority of its voters up?", null);
    }
    long callId = CallId.getAndIncrement();
    CompletableFuture<RaftClientReply> reply = send(request, to, callId);
    underWay.put(callId, reply);
    if (!node.isRunning()) {
      failAll(node.stateMachine().failure().getNow(null));
    }
    return reply
        .orTimeout(restMillis, TimeUnit.MILLISECONDS)
        .whenComplete((done, failure) -> underWay.remove(callId))
        .handle(Outcome::new)
        .thenCompose(outcome -> next(request, to, outcome, waitMillis));
  }

  private CompletableFuture<RaftClientReply> send(Request request, RaftPeerId to, long callId) {
    RaftClientRequest raftRequest =
        RaftClientRequest.newBuilder()
            .setClientId(client)
            .setServerId(to)
            .setGroupId(node.groupId())
            .setCallId(callId)
            .setMessage(Message.valueOf(request.bytes()))
            .setType(request.type())
            .build();
    try {
      if (!to.equals(node.self())) {
        return TransportRpc.forward(node.port(), to, raftRequest).toCompletableFuture();
      }
      // Ratis answers reads of a leader without others at once, even before it has applied the log
      // of its former life.
      if (request.isRead() && node.isLeaderUnready()) {
        throw new IOException("the leader has not applied its log yet");
      }
      // a copy, so that failing it leaves Raft's own alone
      return node.raft().submitClientRequestAsync(raftRequest).copy();
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletionStage<RaftClientReply> next(
      Request request, RaftPeerId to, Outcome outcome, long waitMillis) {
    if (outcome.isSuccess()) {
      return CompletableFuture.completedFuture(outcome.reply());
    }
    if (to.equals(node.self())
        && outcome.cause() instanceof NotLeaderException refusal
        && refusal.getSuggestedLeader() != null) {
      return attempt(request, refusal.getSuggestedLeader().getId(), waitMillis);
    }
    return CompletableFuture.completedFuture(Math.min(2 * waitMillis, RETRY_MILLIS_MAX))
        .thenComposeAsync(
            longer -> attempt(request, node.self(), longer),
            CompletableFuture.delayedExecutor(waitMillis, TimeUnit.MILLISECONDS));
  }

  private void failAll(Throwable cause) {
    underWay
        .values()
        .forEach(reply -> reply.completeExceptionally(new IOException("stopped", cause)));
  }

  private <T> CompletionStage<T> unavailable(String what, Throwable cause) {
    return CompletableFuture.failedFuture(
        new JournalException.Unavailable(
            "the metadata journal in "
                + node.settings().directory()
                + " (voters "
                + node.settings().voters()
                + ") "
                + what,
            cause));
  }

  /** How one try ended: in a reply, which may be a refusal, or in a failure. */
  private record Outcome(RaftClientReply reply, Throwable failure) {
    boolean isSuccess() {
      return failure == null && reply.isSuccess();
    }

    Throwable cause() {
      return failure == null ? reply.getException() : Futures.causeOf(failure);
    }
  }
}
