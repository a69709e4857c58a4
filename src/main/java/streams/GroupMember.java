package streams;

import actors.group.GroupChanged;
import actors.group.Groups;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.Message;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One source's member of a group: carries out what its {@link GroupSeat} and its {@link CommitBook}
 * decide. It outlives the source's stage until what that has emitted is committed.
 */
final class GroupMember extends AbstractBehavior<GroupMember.Command> {
  private static final Logger LOG = LoggerFactory.getLogger(GroupMember.class);
  private static final Duration FIRST_INTERVAL = Duration.ofSeconds(1);

  private final TimerScheduler<Command> timers;
  private final Setup setup;
  private final GroupHandle handle;
  private final Groups groups;
  private final GroupRequests requests;
  private final ActorRef<Command> self;
  private final ActorRef<GroupChanged> watcher;
  private final GroupSeat seat = new GroupSeat();
  private final CommitBook<CompletableFuture<CommitBook.Result>> book = new CommitBook<>();
  private final Map<Slot, Holding> holdings = new HashMap<>();
  private final TreeSet<Slot> unlocated = new TreeSet<>();
  private Duration interval = FIRST_INTERVAL;
  private boolean locating;
  private boolean commitsPaused;
  private boolean patient = true;
  private int refusals;
  private int leaveTries;

  /**
   * What a member is made for.
   *
   * @param commits whether the stream commits what it has read
   * @param memberId unique
   */
  record Setup(
      Transport transport,
      GroupTuning tuning,
      GroupSubscription subscription,
      boolean commits,
      String memberId,
      Stage stage) {}

  /** The source that a member reads for; any thread. */
  interface Stage {
    void assigned(Lease lease);

    void failed(RuntimeException why);
  }

  /** What the member holds: being located, read, or drained. */
  private static final class Holding {
    private Optional<Lease> lease = Optional.empty();
    private boolean hasCommitted;
    private Optional<Lease.Stopped> stopped = Optional.empty();
    private boolean draining;
  }

  sealed interface Command {}

  record Commit(
      Map<Lease, CommitBook.Position> positions, CompletableFuture<CommitBook.Result> result)
      implements Command {}

  /** See {@link GroupHandle#stageEnded}. */
  record Leave(boolean patiently) implements Command {}

  private record LeaseStopped(Lease.Stopped stopped) implements Command {}

  private record Changed(GroupChanged hint) implements Command {}

  private record HeartbeatAnswered(ConsumerGroupHeartbeatResponseData answer) implements Command {}

  private record CommitAnswered(OffsetCommitResponseData answer) implements Command {}

  private record Located(OffsetFetchResponseGroup answer) implements Command {}

  private record Beat() implements Command {}

  private record LocateAgain() implements Command {}

  private record CommitAgain() implements Command {}

  private record DrainOver(Lease lease) implements Command {}

  private GroupMember(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      Setup setup,
      GroupHandle handle) {
    super(context);
    this.timers = timers;
    this.setup = setup;
    this.handle = handle;
    this.groups = setup.transport().groups();
    this.requests =
        new GroupRequests(
            setup.tuning(), setup.subscription(), setup.memberId(), setup.transport().host());
    this.self = context.getSelf();
    this.watcher = context.messageAdapter(GroupChanged.class, Changed::new);
    speak();
  }

  static Behavior<Command> create(Setup setup, GroupHandle handle) {
    return Behaviors.setup(
        context -> Behaviors.withTimers(timers -> new GroupMember(context, timers, setup, handle)));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Commit.class, this::onCommit)
        .onMessage(CommitAnswered.class, this::onCommitAnswered)
        .onMessage(LeaseStopped.class, this::onLeaseStopped)
        .onMessage(HeartbeatAnswered.class, this::onHeartbeatAnswered)
        .onMessage(Changed.class, this::onChanged)
        .onMessage(Beat.class, this::onBeat)
        .onMessage(Located.class, this::onLocated)
        .onMessage(LocateAgain.class, this::onLocateAgain)
        .onMessage(CommitAgain.class, this::onCommitAgain)
        .onMessage(DrainOver.class, this::onDrainOver)
        .onMessage(Leave.class, this::onLeave)
        .onSignal(PostStop.class, this::onStopped)
        .build();
  }

  // What is said to the coordinator.

  private Behavior<Command> speak() {
    seat.next()
        .ifPresent(
            word ->
                ask(
                    groups.askCoordinator(
                        handle.groupId(),
                        requests.callerOfHeartbeat(),
                        requests.heartbeat(word),
                        Optional.of(watcher)),
                    answer -> new HeartbeatAnswered((ConsumerGroupHeartbeatResponseData) answer)));
    return seat.isGone() ? Behaviors.stopped() : this;
  }

  private void ask(CompletionStage<Message> answer, Function<Message, Command> wrap) {
    getContext()
        .pipeToSelf(
            answer,
            (message, failure) -> {
              if (failure != null) {
                throw new IllegalStateException("a coordinator's answer never fails", failure);
              }
              return wrap.apply(message);
            });
  }

  private Behavior<Command> onBeat(Beat beat) {
    seat.due();
    return speak();
  }

  private Behavior<Command> onChanged(Changed changed) {
    seat.due();
    return speak();
  }

  private Behavior<Command> onHeartbeatAnswered(HeartbeatAnswered answered) {
    ConsumerGroupHeartbeatResponseData answer = answered.answer();
    Errors error = Errors.forCode(answer.errorCode());
    if (error != Errors.NONE) {
      return onRefused(error, String.valueOf(answer.errorMessage()));
    }
    refusals = 0;
    if (answer.heartbeatIntervalMs() > 0) {
      interval = Duration.ofMillis(answer.heartbeatIntervalMs());
    }
    carryOut(seat.answered(answer.memberEpoch(), GroupRequests.assigned(answer)));
    beatIn(interval);
    commitsPaused = false;
    commit();
    return speak();
  }

  private Behavior<Command> onRefused(Errors error, String sentence) {
    GroupSeat.Refusal kind = seat.kindOf(error);
    LOG.debug("member {} is refused: {}: {}", setup.memberId(), error, sentence);
    carryOut(seat.refused(error));
    if (kind == GroupSeat.Refusal.FINAL && !seat.isLeaving()) {
      setup.stage().failed(new GroupFailed(handle.groupId(), error, error + ": " + sentence));
      return Behaviors.stopped();
    }
    if (seat.isLeaving() && holdings.isEmpty() && ++leaveTries >= Limits.LEAVE_TRIES_MAX) {
      seat.giveUpLeaving();
    }
    if (seat.isGone()) {
      return Behaviors.stopped();
    }
    beatIn(setup.tuning().backoff().before(refusals++));
    return this;
  }

  private void beatIn(Duration pause) {
    timers.startSingleTimer(Beat.class, new Beat(), pause);
  }

  // What is given and taken away.

  private void carryOut(GroupSeat.Change change) {
    change.lost().forEach(this::lose);
    drain(change.revoked());
    change.given().forEach(slot -> holdings.put(slot, new Holding()));
    unlocated.addAll(change.given());
    locate();
  }

  private void lose(Slot slot) {
    Holding holding = holdings.remove(slot);
    unlocated.remove(slot);
    settle(book.forget(slot));
    holding.lease.ifPresent(
        lease -> {
          timers.cancel(lease);
          lease.revoke();
        });
  }

  private void drain(Collection<Slot> slots) {
    for (Slot slot : slots) {
      Holding holding = holdings.get(slot);
      holding.draining = true;
      holding.lease.ifPresent(
          lease -> {
            timers.startSingleTimer(lease, new DrainOver(lease), setup.tuning().drainTimeout());
            lease.revoke();
          });
    }
    if (!slots.isEmpty()) {
      handle.drains();
      slots.forEach(this::releaseIfDrained);
    }
  }

  private Behavior<Command> onLeaseStopped(LeaseStopped message) {
    Lease.Stopped stopped = message.stopped();
    if (isCurrent(stopped.lease())) {
      Slot slot = stopped.lease().slot();
      Holding holding = holdings.get(slot);
      holding.stopped = Optional.of(stopped);
      if (setup.commits() && !holding.hasCommitted && stopped.startOffset() >= 0) {
        // Else the next member would begin at an end that has moved on.
        commitStart(slot, stopped.startOffset());
      }
      releaseIfDrained(slot);
    }
    return speak();
  }

  private void commitStart(Slot slot, long startOffset) {
    settle(
        book.add(
            new CompletableFuture<>(), Map.of(slot, new CommitBook.Position(startOffset, -1, ""))));
    commit();
  }

  private boolean isCurrent(Lease lease) {
    Holding holding = holdings.get(lease.slot());
    return holding != null && holding.lease.filter(lease::equals).isPresent();
  }

  private void releaseIfDrained(Slot slot) {
    Holding holding = holdings.get(slot);
    if (holding != null && holding.draining && isDrained(slot, holding)) {
      release(slot);
    }
  }

  private boolean isDrained(Slot slot, Holding holding) {
    if (holding.lease.isEmpty()) {
      return true;
    }
    if (holding.stopped.isEmpty()) {
      return false;
    }
    boolean hasAll = book.committedUpTo(slot) >= holding.stopped.get().emittedEnd();
    return !book.isPending(slot) && (!setup.commits() || !patient || hasAll);
  }

  private Behavior<Command> onDrainOver(DrainOver over) {
    if (isCurrent(over.lease()) && holdings.get(over.lease().slot()).draining) {
      LOG.warn(
          "group {}: what was read of {} has not been committed within {}; whoever reads it next"
              + " begins with it",
          handle.groupId(),
          over.lease().partition(),
          setup.tuning().drainTimeout());
      release(over.lease().slot());
    }
    return speak();
  }

  private void release(Slot slot) {
    Holding holding = holdings.remove(slot);
    unlocated.remove(slot);
    holding.lease.ifPresent(timers::cancel);
    settle(book.forget(slot));
    seat.released(slot);
  }

  // Where partitions start.

  private void locate() {
    if (locating || unlocated.isEmpty()) {
      return;
    }
    locating = true;
    ask(
        groups.askCoordinator(
            handle.groupId(),
            requests.callerOfOffsets(),
            requests.fetch(List.copyOf(unlocated)),
            Optional.empty()),
        answer -> new Located((OffsetFetchResponseGroup) answer));
  }

  private Behavior<Command> onLocated(Located located) {
    locating = false;
    Errors error = Errors.forCode(located.answer().errorCode());
    if (error == Errors.NONE) {
      GroupRequests.eachFetched(located.answer(), this::onCommitted);
    }
    if (!unlocated.isEmpty()) {
      timers.startSingleTimer(
          LocateAgain.class, new LocateAgain(), setup.tuning().backoff().before(refusals));
    }
    return this;
  }

  private Behavior<Command> onLocateAgain(LocateAgain again) {
    locate();
    return this;
  }

  private void onCommitted(Slot slot, OffsetFetchResponsePartitions found) {
    Optional<String> topic = setup.transport().topicName(slot.topicId());
    if (found.errorCode() != Errors.NONE.code() || topic.isEmpty() || !unlocated.contains(slot)) {
      return;
    }
    unlocated.remove(slot);
    TopicPartition partition = new TopicPartition(topic.get(), slot.index());
    long offset = found.committedOffset();
    if (offset < 0 && setup.tuning().startPosition() == StartPosition.NONE) {
      setup
          .stage()
          .failed(
              new ConsumeFailed(
                  partition,
                  "group "
                      + handle.groupId()
                      + " has committed no offset of it, and start-position is none",
                  null));
      return;
    }
    Holding holding = holdings.get(slot);
    Lease lease =
        new Lease(
            handle,
            slot,
            partition,
            offset < 0 ? new StartPoint.AsConfigured() : new StartPoint.AtOffset(offset),
            this::tellStopped);
    holding.lease = Optional.of(lease);
    holding.hasCommitted = offset >= 0;
    book.begin(slot, offset);
    setup.stage().assigned(lease);
  }

  /** Any thread. */
  private void tellStopped(Lease.Stopped stopped) {
    self.tell(new LeaseStopped(stopped));
  }

  // Commits.

  private Behavior<Command> onCommit(Commit order) {
    Map<Slot, CommitBook.Position> mine = new TreeMap<>();
    Optional<Slot> lost = Optional.empty();
    for (Map.Entry<Lease, CommitBook.Position> one : order.positions().entrySet()) {
      if (isCurrent(one.getKey())) {
        mine.put(one.getKey().slot(), one.getValue());
      } else {
        lost = Optional.of(one.getKey().slot());
      }
    }
    lost.ifPresent(slot -> order.result().complete(new CommitBook.Result.Lost(slot)));
    settle(book.add(order.result(), mine));
    commit();
    return this;
  }

  private void commit() {
    if (commitsPaused || seat.epoch() == GroupSeat.JOINING) {
      return;
    }
    Optional<SortedMap<Slot, CommitBook.Position>> next = book.next();
    next.ifPresent(
        positions ->
            ask(
                groups.askCoordinator(
                    handle.groupId(),
                    requests.callerOfOffsets(),
                    requests.commit(seat.epoch(), positions),
                    Optional.empty()),
                answer -> new CommitAnswered((OffsetCommitResponseData) answer)));
  }

  private Behavior<Command> onCommitAnswered(CommitAnswered answered) {
    CommitBook.Outcome<CompletableFuture<CommitBook.Result>> outcome =
        book.answered(GroupRequests.errors(answered.answer()));
    settle(outcome.settled());
    switch (outcome.then()) {
      case GO_ON -> commit();
      case BEAT -> {
        seat.due();
        pauseCommits();
      }
      case PAUSE -> pauseCommits();
    }
    new ArrayList<>(holdings.keySet()).forEach(this::releaseIfDrained);
    return speak();
  }

  private void pauseCommits() {
    commitsPaused = true;
    timers.startSingleTimer(
        CommitAgain.class, new CommitAgain(), setup.tuning().backoff().before(refusals));
  }

  private Behavior<Command> onCommitAgain(CommitAgain again) {
    commitsPaused = false;
    commit();
    return this;
  }

  private static void settle(
      List<CommitBook.Settled<CompletableFuture<CommitBook.Result>>> settled) {
    settled.forEach(one -> one.order().complete(one.result()));
  }

  // The end.

  private Behavior<Command> onLeave(Leave leave) {
    patient &= leave.patiently();
    drain(seat.leave());
    new ArrayList<>(holdings.keySet()).forEach(this::releaseIfDrained);
    return speak();
  }

  private Behavior<Command> onStopped(PostStop stop) {
    holdings.values().forEach(holding -> holding.lease.ifPresent(Lease::revoke));
    handle.close();
    return this;
  }
}
