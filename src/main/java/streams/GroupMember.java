package streams;

import actors.group.GroupChanged;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.protocol.Errors;
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
  private final ActorRef<Command> self;
  private final GroupCalls coordinator;
  private final GroupSeat seat = new GroupSeat();
  private final CommitBook<CompletableFuture<CommitBook.Result>> book = new CommitBook<>();
  private final Holdings holdings;
  private Duration interval = FIRST_INTERVAL;
  private boolean locating;
  private boolean commitsPaused;
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
    this.self = context.getSelf();
    this.holdings = new Holdings(setup.commits());
    this.coordinator =
        new GroupCalls(
            setup.transport().groups(),
            handle.groupId(),
            new GroupRequests(
                setup.tuning(), setup.subscription(), setup.memberId(), setup.transport().host()),
            context.messageAdapter(GroupChanged.class, Changed::new));
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
    seat.next().ifPresent(word -> ask(coordinator.heartbeat(word), HeartbeatAnswered::new));
    return seat.isGone() ? Behaviors.stopped() : this;
  }

  private <A> void ask(CompletionStage<A> answer, Function<A, Command> wrap) {
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
    holdings.given(change.given());
    locate();
  }

  private void lose(Slot slot) {
    settle(book.forget(slot));
    holdings
        .remove(slot)
        .ifPresent(
            lease -> {
              timers.cancel(lease);
              lease.revoke();
            });
  }

  private void drain(Collection<Slot> slots) {
    for (Slot slot : slots) {
      holdings
          .drain(slot)
          .ifPresent(
              lease -> {
                timers.startSingleTimer(lease, new DrainOver(lease), setup.tuning().drainTimeout());
                lease.revoke();
              });
    }
    if (!slots.isEmpty()) {
      handle.drains();
      releaseDrained();
    }
  }

  private Behavior<Command> onLeaseStopped(LeaseStopped message) {
    Lease.Stopped stopped = message.stopped();
    if (holdings.isCurrent(stopped.lease())) {
      holdings.stopped(stopped).ifPresent(start -> commitStart(stopped.lease().slot(), start));
      releaseDrained();
    }
    return speak();
  }

  private void commitStart(Slot slot, long startOffset) {
    settle(
        book.add(
            new CompletableFuture<>(), Map.of(slot, new CommitBook.Position(startOffset, -1, ""))));
    commit();
  }

  private Behavior<Command> onDrainOver(DrainOver over) {
    if (holdings.isCurrent(over.lease()) && holdings.isDraining(over.lease().slot())) {
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

  private void releaseDrained() {
    holdings.drained(book).forEach(this::release);
  }

  private void release(Slot slot) {
    holdings.remove(slot).ifPresent(timers::cancel);
    settle(book.forget(slot));
    seat.released(slot);
  }

  // Where partitions start.

  private void locate() {
    List<Slot> slots = holdings.unlocated();
    if (!locating && !slots.isEmpty()) {
      locating = true;
      ask(coordinator.fetch(slots), Located::new);
    }
  }

  private Behavior<Command> onLocated(Located located) {
    locating = false;
    if (located.answer().errorCode() == Errors.NONE.code()) {
      GroupRequests.eachFetched(located.answer(), this::onCommitted);
    }
    if (!holdings.unlocated().isEmpty()) {
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
    if (found.errorCode() != Errors.NONE.code() || topic.isEmpty() || !holdings.isUnlocated(slot)) {
      return; // asked again, unless it is held no more
    }
    TopicPartition partition = new TopicPartition(topic.get(), slot.index());
    boolean hasCommitted = found.committedOffset() >= 0;
    Lease lease =
        new Lease(
            handle,
            slot,
            partition,
            hasCommitted
                ? new StartPoint.AtOffset(found.committedOffset())
                : new StartPoint.AsConfigured(),
            this::tellStopped);
    holdings.located(lease, hasCommitted);
    book.begin(slot, found.committedOffset());
    if (hasCommitted || setup.tuning().startPosition() != StartPosition.NONE) {
      setup.stage().assigned(lease);
    } else {
      setup
          .stage()
          .failed(
              new ConsumeFailed(
                  partition,
                  String.format(
                      "group %s has committed no offset of it, and start-position is none",
                      handle.groupId()),
                  null));
    }
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
      if (holdings.isCurrent(one.getKey())) {
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
    book.next()
        .ifPresent(
            positions -> ask(coordinator.commit(seat.epoch(), positions), CommitAnswered::new));
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
    releaseDrained();
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
    if (!leave.patiently()) {
      holdings.hurry();
    }
    drain(seat.leave());
    releaseDrained();
    return speak();
  }

  private Behavior<Command> onStopped(PostStop stop) {
    holdings.forEachLease(Lease::revoke);
    handle.close();
    return this;
  }
}
