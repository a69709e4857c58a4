package actors.broker;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.journal.RaftCall;
import storage.journal.RaftTransport;

/**
 * Carries the journal's calls between voters as messages of the nodes' actor systems, which work
 * before a node is a member of a cluster. The journal outlives an actor system: the link is bound
 * to one after the other, and while there is none calls fail at once.
 *
 * <p>Two actors on each voter: small calls, heartbeats and votes among them, do not wait behind
 * large ones, which go over a stream of their own. See
 * docs/decisions/0007-journal-over-remoting.md.
 */
final class JournalLink implements RaftTransport {
  private static final Logger LOG = LoggerFactory.getLogger(JournalLink.class);

  /** Names of the link's actors; the second is among Artery's large-message destinations. */
  static final String SMALL = "granary-journal";

  static final String LARGE = "granary-journal-large";

  /** Calls up to this size go over the stream that all small messages share. */
  static final int SMALL_BYTES_MAX = 64 << 10;

  /** Calls to one voter that wait for their answer; one more fails at once. */
  static final int CALLS_MAX = 256;

  private static final long GONE_PAUSE_MILLIS = 250;

  private static final String DISPATCHER = "pekko.actor.internal-dispatcher";

  private final ClusterLayout layout;
  private final long timeoutMillis;
  private final AtomicLong numbers = new AtomicLong();
  private final Map<Long, Waiting> waiting = new ConcurrentHashMap<>();
  private final Map<Integer, AtomicInteger> underWay = new HashMap<>();
  private final AtomicInteger answering = new AtomicInteger();
  private final Set<String> reported = ConcurrentHashMap.newKeySet();
  private final Set<Integer> gone = ConcurrentHashMap.newKeySet();
  private volatile JournalStamp stamp;
  private volatile Optional<Function<RaftCall, CompletionStage<RaftCall>>> inbox = Optional.empty();
  private volatile Map<Integer, Voter> bound = Map.of();
  private volatile boolean closed;

  /** A call under way. */
  private record Waiting(int to, CompletableFuture<RaftCall> reply) {
    void fail(String why) {
      reply.completeExceptionally(new IOException("voter " + to + ": " + why));
    }
  }

  /** Where another voter's link is reached. */
  private record Voter(ActorRef<JournalMessage> small, ActorRef<JournalMessage> large) {
    void tell(JournalMessage message, int bytes) {
      (bytes <= SMALL_BYTES_MAX ? small : large).tell(message);
    }
  }

  /**
   * @param clusterId that the data directory knows, or empty
   * @param timeout after which a call has failed
   */
  JournalLink(ClusterLayout layout, String clusterId, Duration timeout) {
    this.layout = layout;
    this.stamp = JournalStamp.of(layout, clusterId);
    this.timeoutMillis = timeout.toMillis();
    layout.otherVoters().forEach(voter -> underWay.put(voter, new AtomicInteger()));
  }

  /** Calls go and come through this system from now on. */
  void bind(ActorSystem<?> system) {
    if (closed) {
      return;
    }
    for (String name : List.of(SMALL, LARGE)) {
      system.systemActorOf(receiving(), name, DispatcherSelector.fromConfig(DISPATCHER));
    }
    Map<Integer, Voter> voters = new HashMap<>();
    for (int voter : layout.otherVoters()) {
      voters.put(voter, new Voter(peer(system, voter, SMALL), peer(system, voter, LARGE)));
    }
    bound = Map.copyOf(voters);
  }

  private Behavior<JournalMessage> receiving() {
    return Behaviors.receiveMessage(
        message -> {
          receive(message);
          return Behaviors.same();
        });
  }

  private ActorRef<JournalMessage> peer(ActorSystem<?> system, int voter, String name) {
    return ActorRefResolver.get(system)
        .resolveActorRef(NodeAddress.of(system, layout.nodes().get(voter)) + "/system/" + name);
  }

  /** The system ends: what is under way has failed, and so has every call until the next one. */
  void unbind() {
    bound = Map.of();
    failAll(call -> true, "this node's actor system has ended");
  }

  /** The node has learned which cluster it belongs to. */
  void joined(String clusterId) {
    stamp = JournalStamp.of(layout, clusterId);
  }

  /**
   * Nobody listens at the voter's address: its calls have failed, and do so until somebody does.
   * Whoever waited for it, such as for the leader that it was, goes on at once.
   */
  void gone(int voter) {
    if (gone.add(voter)) {
      failAll(call -> call.to() == voter, "its process is gone");
    }
  }

  /** Somebody listens at the voter's address. */
  void there(int voter) {
    gone.remove(voter);
  }

  @Override
  public void serve(Function<RaftCall, CompletionStage<RaftCall>> newInbox) {
    inbox = Optional.of(newInbox);
  }

  @Override
  public CompletionStage<RaftCall> call(String nodeId, RaftCall request) {
    int to = Integer.parseInt(nodeId);
    Voter voter = bound.get(to);
    if (closed || voter == null) {
      return failed(request, to, "this node's actor system is not there");
    }
    if (gone.contains(to)) {
      return failedSoon(request, to);
    }
    if (request.body().length > RaftCall.BYTES_MAX) {
      return failed(request, to, request.body().length + " bytes are too many");
    }
    AtomicInteger calls = underWay.get(to);
    if (calls.incrementAndGet() > CALLS_MAX) {
      calls.decrementAndGet();
      return failed(request, to, CALLS_MAX + " calls wait for it already");
    }
    long number = numbers.incrementAndGet();
    CompletableFuture<RaftCall> reply = new CompletableFuture<>();
    waiting.put(number, new Waiting(to, reply));
    var unused =
        reply
            .orTimeout(timeoutMillis, TimeUnit.MILLISECONDS)
            .whenComplete(
                (done, failure) -> {
                  waiting.remove(number);
                  calls.decrementAndGet();
                });
    voter.tell(
        new JournalMessage.Call(layout.self(), number, stamp, request), request.body().length);
    return reply;
  }

  private static CompletionStage<RaftCall> failed(RaftCall request, int to, String why) {
    return CompletableFuture.failedFuture(
        new IOException(request.kind() + " to voter " + to + ": " + why));
  }

  /** Raft repeats what it replicates as soon as it has failed; the rest must not wait. */
  private static CompletionStage<RaftCall> failedSoon(RaftCall request, int to) {
    CompletionStage<RaftCall> failed = failed(request, to, "its process is gone");
    boolean isRepeatedAtOnce =
        request.kind() == RaftCall.Kind.APPEND_ENTRIES
            || request.kind() == RaftCall.Kind.INSTALL_SNAPSHOT;
    return isRepeatedAtOnce
        ? CompletableFuture.completedFuture(to)
            .thenComposeAsync(
                again -> failed,
                CompletableFuture.delayedExecutor(GONE_PAUSE_MILLIS, TimeUnit.MILLISECONDS))
        : failed;
  }

  private void receive(JournalMessage message) {
    if (message instanceof JournalMessage.Call call) {
      answer(call);
    } else if (message instanceof JournalMessage.Answered answered) {
      Optional.ofNullable(waiting.get(answered.number()))
          .ifPresent(call -> call.reply().complete(answered.reply()));
    } else if (message instanceof JournalMessage.Failed failed) {
      Optional.ofNullable(waiting.get(failed.number())).ifPresent(call -> call.fail(failed.why()));
    }
  }

  private void answer(JournalMessage.Call call) {
    Optional<String> contradiction = stamp.contradiction(call.stamp());
    if (contradiction.isPresent()) {
      report(call.from(), contradiction.get());
      refuse(call, contradiction.get());
    } else if (closed || inbox.isEmpty()) {
      refuse(call, "its journal does not run");
    } else if (answering.incrementAndGet() > CALLS_MAX) {
      answering.decrementAndGet();
      refuse(call, "it is busy");
    } else {
      var unused =
          inbox
              .get()
              .apply(call.request())
              .whenComplete(
                  (reply, failure) -> {
                    answering.decrementAndGet();
                    answered(call, reply, failure);
                  });
    }
  }

  private void report(int from, String contradiction) {
    if (reported.add(from + contradiction)) {
      LOG.error(
          "the metadata journal of node {} is not of this cluster: {}; its calls are refused",
          from,
          contradiction);
    }
  }

  private void answered(JournalMessage.Call call, RaftCall reply, Throwable failure) {
    if (failure != null) {
      refuse(call, failure.toString());
    } else if (reply.body().length > RaftCall.BYTES_MAX) {
      refuse(call, "its answer has " + reply.body().length + " bytes, too many");
    } else {
      tell(
          call.from(),
          new JournalMessage.Answered(layout.self(), call.number(), reply),
          reply.body().length);
    }
  }

  private void refuse(JournalMessage.Call call, String why) {
    tell(call.from(), new JournalMessage.Failed(layout.self(), call.number(), why), 0);
  }

  private void tell(int to, JournalMessage message, int bytes) {
    Optional.ofNullable(bound.get(to)).ifPresent(voter -> voter.tell(message, bytes));
  }

  private void failAll(Predicate<Waiting> which, String why) {
    waiting.values().stream().filter(which).forEach(call -> call.fail(why));
  }

  @Override
  public void close() {
    closed = true;
    failAll(call -> true, "the metadata journal has been closed");
  }
}
