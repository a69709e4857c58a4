package streams;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * What stages and offsets have of the member that they belong to; any thread. Whatever becomes of
 * the member, each commit is answered.
 */
final class GroupHandle {
  private final String groupId;
  private final Function<GroupHandle, ActorRef<GroupMember.Command>> spawn;
  private volatile Optional<ActorRef<GroupMember.Command>> member = Optional.empty();
  private final Set<Runnable> onDrain = new CopyOnWriteArraySet<>();
  private final Map<Long, Unanswered> commits = new ConcurrentHashMap<>();
  private final AtomicLong lastCommit = new AtomicLong();
  private final CompletableFuture<Done> ended = new CompletableFuture<>();
  private volatile boolean closed;

  /**
   * @param any of its partitions
   */
  private record Unanswered(CompletableFuture<CommitBook.Result> result, Slot any) {}

  /**
   * @param spawn starts the member that this is the handle of
   */
  GroupHandle(String groupId, Function<GroupHandle, ActorRef<GroupMember.Command>> spawn) {
    this.groupId = groupId;
    this.spawn = spawn;
  }

  /** To be called once, when the stage has begun to run; then {@link #stageEnded} must follow. */
  void start() {
    member = Optional.of(spawn.apply(this));
  }

  String groupId() {
    return groupId;
  }

  /**
   * @param positions not empty
   * @return never fails
   */
  CompletionStage<CommitBook.Result> commit(Map<Lease, CommitBook.Position> positions) {
    CompletableFuture<CommitBook.Result> result = new CompletableFuture<>();
    Slot any = positions.keySet().iterator().next().slot();
    long number = lastCommit.incrementAndGet();
    commits.put(number, new Unanswered(result, any));
    var unused = result.whenComplete((done, failure) -> commits.remove(number));
    if (closed || member.isEmpty()) {
      result.complete(new CommitBook.Result.Lost(any));
    } else {
      // The member may end meanwhile, but not without a look at what is still to be answered.
      tell(new GroupMember.Commit(positions, result));
    }
    return result;
  }

  /**
   * Runs whenever a partition is to move, so that its offsets wait for no others.
   *
   * @return ends that
   */
  Runnable onDrain(Runnable flush) {
    onDrain.add(flush);
    return () -> onDrain.remove(flush);
  }

  void drains() {
    onDrain.forEach(Runnable::run);
  }

  /**
   * The stage emits nothing more, of any partition.
   *
   * @param patiently what was emitted is waited for until it is committed; else only what is to be
   *     committed already
   */
  void stageEnded(boolean patiently) {
    tell(new GroupMember.Leave(patiently));
  }

  private void tell(GroupMember.Command command) {
    member.ifPresent(started -> started.tell(command));
  }

  /** Done when the member has left the group. */
  CompletionStage<Done> whenEnded() {
    return ended.minimalCompletionStage();
  }

  /** The member is no more. */
  void close() {
    closed = true;
    commits
        .values()
        .forEach(commit -> commit.result().complete(new CommitBook.Result.Lost(commit.any())));
    ended.complete(Done.getInstance());
  }
}
