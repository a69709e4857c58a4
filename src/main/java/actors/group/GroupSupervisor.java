package actors.group;

import actors.MemberWatch;
import actors.group.GroupEvent.Caller;
import actors.group.offsets.OffsetBook;
import actors.group.offsets.OffsetRecord;
import actors.group.offsets.OffsetSettings;
import actors.partition.ReplicaReply;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
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
 * One group: carries out what its {@link GroupDesk} decides. What is decided goes to the log, and
 * its effects are carried out once all in-sync replicas hold it; decisions meanwhile already build
 * on it.
 */
final class GroupSupervisor extends AbstractBehavior<GroupSupervisor.Command> {
  private static final Logger LOG = LoggerFactory.getLogger(GroupSupervisor.class);

  private final TimerScheduler<Command> timers;
  private final Wiring wiring;
  private final String groupId;
  private final OffsetBook book;
  private final GroupDesk desk;
  private final Clocks clocks;
  private final ActorRef<ReplicaReply> replies;
  private final Backlog backlog = new Backlog();
  private final Watchers watchers;
  private final Map<Long, Asked> unanswered = new HashMap<>();
  private Optional<Group> group;
  private long lastToken;
  private long lastCorrelation;

  /**
   * What all groups of a coordinator share.
   *
   * @param coordinator told when a group is gone, or nobody knows what the log says of it
   * @param listing where all can see what state the group is in
   */
  record Wiring(
      GroupLog log,
      Situations situations,
      OffsetSettings offsets,
      ActorRef<PartitionCoordinator.Command> coordinator,
      GroupListing listing) {}

  sealed interface Command {}

  /** A request; see {@link Groups#ask} and {@link Groups#askCoordinator}. */
  record Ask(
      Caller caller, Message request, CompletableFuture<Message> answer, Optional<Watcher> watcher)
      implements Command {
    Ask(Caller caller, Message request, CompletableFuture<Message> answer) {
      this(caller, request, answer, Optional.empty());
    }
  }

  /** A timer has run out. */
  record TimerRang(TimerKey timer, long number) implements Command {}

  /**
   * Topics have come, gone or grown.
   *
   * @param gone names of topics that are not there any more, or not the same ones
   */
  record TopicsChanged(Predicate<String> gone) implements Command {}

  /** To be stopped unless there is something to be kept after all. */
  record StopIfNothingIsLeft() implements Command {}

  private record LogAnswered(ReplicaReply reply) implements Command {}

  private record WatcherGone(ActorRef<GroupChanged> watcher) implements Command {}

  private record Housekeep() implements Command {}

  private record Asked(Message request, CompletableFuture<Message> answer) {}

  private GroupSupervisor(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      Wiring wiring,
      Restored restored) {
    super(context);
    this.timers = timers;
    this.wiring = wiring;
    this.groupId = restored.groupId();
    this.book = restored.offsets();
    this.desk = new GroupDesk(groupId, book, wiring.offsets());
    this.clocks = new Clocks(context);
    this.replies = context.messageAdapter(ReplicaReply.class, LogAnswered::new);
    this.group = restored.group();
    this.watchers = new Watchers(groupId, wiring.log().epoch());
    timers.startTimerWithFixedDelay(
        new Housekeep(), Duration.ofMillis(wiring.offsets().checkMillis()));
    list();
    group.ifPresent(
        known -> carryOut(Verdict.of(known.resumed(situation())), GroupSupervisor::nothingMore));
  }

  static Behavior<Command> create(Wiring wiring, Restored restored) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(timers -> new GroupSupervisor(context, timers, wiring, restored)));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Ask.class, this::onAsk)
        .onMessage(LogAnswered.class, this::onLogAnswered)
        .onMessage(TimerRang.class, this::onTimer)
        .onMessage(TopicsChanged.class, this::onTopicsChanged)
        .onMessage(WatcherGone.class, this::onWatcherGone)
        .onMessage(Housekeep.class, this::onHousekeep)
        .onMessage(StopIfNothingIsLeft.class, this::onStopIfNothingIsLeft)
        .onSignal(PostStop.class, this::onStopped)
        .build();
  }

  /** It is done again before long anyhow. */
  private static void nothingMore(Errors error) {}

  private Situation situation() {
    return wiring.situations().now();
  }

  private Behavior<Command> onAsk(Ask ask) {
    if (unanswered.size() >= Limits.GROUP_REQUESTS_MAX) {
      ask.answer().complete(Refusals.of(ask.request(), Errors.COORDINATOR_LOAD_IN_PROGRESS));
      return this;
    }
    if (ask.request() instanceof ConsumerGroupHeartbeatRequestData beat) {
      ask.watcher().ifPresent(watcher -> watched(watcher, beat.memberId()));
    }
    long token = ++lastToken;
    unanswered.put(token, new Asked(ask.request(), ask.answer()));
    carryOut(
        desk.decide(group, token, ask.caller(), ask.request(), situation()),
        error -> refuse(token, error));
    return this;
  }

  private void watched(Watcher watcher, String memberId) {
    if (watchers.add(watcher, memberId)) {
      MemberWatch.watchWith(getContext(), watcher.ref(), new WatcherGone(watcher.ref()));
    }
  }

  /**
   * A member who watches until it leaves, and is gone before, has died: its session need not run
   * out.
   */
  private Behavior<Command> onWatcherGone(WatcherGone gone) {
    Optional<String> memberId = watchers.remove(gone.watcher());
    if (group.isPresent() && memberId.isPresent()) {
      TimerKey session = new TimerKey(memberId.get(), TimerKey.Kind.SESSION);
      carryOut(
          desk.decide(group.get(), new GroupEvent.TimerFired(session), situation()),
          error -> clocks.start(session, Limits.REPEAT_PAUSE.toMillis()));
    }
    return this;
  }

  private Behavior<Command> onTimer(TimerRang rang) {
    if (group.isPresent() && clocks.hasRung(rang.timer(), rang.number())) {
      carryOut(
          desk.decide(group.get(), new GroupEvent.TimerFired(rang.timer()), situation()),
          error -> clocks.start(rang.timer(), Limits.REPEAT_PAUSE.toMillis()));
    }
    return this;
  }

  private Behavior<Command> onTopicsChanged(TopicsChanged changed) {
    Consumer<Errors> again =
        error -> timers.startSingleTimer(changed.gone(), changed, Limits.REPEAT_PAUSE);
    carryOut(desk.topicsGone(group, changed.gone()), again);
    group.ifPresent(
        known -> carryOut(desk.decide(known, new GroupEvent.TopicsChanged(), situation()), again));
    return this;
  }

  private Behavior<Command> onHousekeep(Housekeep tick) {
    if (backlog.isEmpty()) {
      carryOut(desk.housekeep(group, situation()), GroupSupervisor::nothingMore);
    }
    return this;
  }

  /**
   * @param refused what to do about the event if its records are refused, with the code for clients
   */
  private void carryOut(Verdict verdict, Consumer<Errors> refused) {
    Optional<Group> before = group;
    if (verdict.records().isEmpty()) {
      group = verdict.group();
      if (backlog.isEmpty() || !verdict.waits()) {
        performed(verdict.effects());
      } else {
        backlog.addWithoutRecords(before, verdict);
      }
      return;
    }
    List<ByteBuffer> batches = Batches.of(wiring.log(), verdict.records());
    if (batches.isEmpty()) {
      LOG.error("what group {} has decided does not fit into a batch of its log", groupId);
      refuse(verdict.effects(), Errors.UNKNOWN_SERVER_ERROR);
      refused.accept(Errors.UNKNOWN_SERVER_ERROR);
      return;
    }
    group = verdict.group();
    for (int i = 0; i + 1 < batches.size(); i++) {
      append(batches.get(i), before, new Verdict(before, List.of(), List.of()), refused, i > 0);
    }
    append(batches.get(batches.size() - 1), before, verdict, refused, batches.size() > 1);
  }

  private void append(
      ByteBuffer batch,
      Optional<Group> before,
      Verdict verdict,
      Consumer<Errors> refused,
      boolean isRest) {
    long correlation = ++lastCorrelation;
    backlog.add(new Backlog.Entry(correlation, before, verdict, refused, isRest));
    wiring.log().append(correlation, batch, replies);
  }

  private Behavior<Command> onLogAnswered(LogAnswered answered) {
    ReplicaReply.Appended reply = (ReplicaReply.Appended) answered.reply();
    if (reply.error() == Errors.NONE) {
      backlog.committed(reply.correlation(), this::committed);
      return this;
    }
    Optional<Backlog.Entry> takenBack =
        Backlog.isRefusedBefore(reply.error())
            ? backlog.takeBack(reply.correlation())
            : Optional.empty();
    if (takenBack.isEmpty()) {
      wiring
          .coordinator()
          .tell(new PartitionCoordinator.Uncertain(Refusals.ofAppend(reply.error())));
      return Behaviors.stopped();
    }
    group = takenBack.get().before();
    Errors told = Refusals.ofAppend(reply.error());
    refuse(takenBack.get().verdict().effects(), told);
    takenBack.get().refused().accept(told);
    return this;
  }

  private void committed(Backlog.Entry entry) {
    for (GroupRecord record : entry.verdict().records()) {
      if (record instanceof OffsetRecord offset) {
        book.apply(offset);
      }
    }
    performed(entry.verdict().effects());
    watchers.committed(entry.verdict().records());
  }

  private void performed(List<Effect> effects) {
    for (Effect effect : effects) {
      perform(effect);
    }
    list();
    if (isNothingLeft()) {
      clocks.stopAll();
      wiring.coordinator().tell(new PartitionCoordinator.NothingLeft(groupId));
    }
  }

  private void perform(Effect effect) {
    if (effect instanceof Effect.Answer answer) {
      Asked asked = unanswered.remove(answer.token());
      if (asked != null) {
        asked.answer().complete(answer.response());
      }
    } else if (effect instanceof Effect.StartTimer start) {
      clocks.start(start.timer(), start.millis());
    } else if (effect instanceof Effect.StopTimer stop) {
      clocks.stop(stop.timer());
    }
  }

  /** What these effects would have answered is refused instead; nothing else of them happens. */
  private void refuse(List<Effect> effects, Errors error) {
    for (Effect effect : effects) {
      if (effect instanceof Effect.Answer answer) {
        refuse(answer.token(), error);
      }
    }
  }

  /** Whoever asked is told, and asks again. */
  private void refuse(long token, Errors error) {
    Asked asked = unanswered.remove(token);
    if (asked != null) {
      asked.answer().complete(Refusals.of(asked.request(), error));
    }
  }

  private void list() {
    wiring.listing().put(groupId, group, book.isEmpty());
  }

  private boolean isNothingLeft() {
    return group.isEmpty() && book.isEmpty() && backlog.isEmpty() && unanswered.isEmpty();
  }

  private Behavior<Command> onStopIfNothingIsLeft(StopIfNothingIsLeft stop) {
    if (isNothingLeft()) {
      return Behaviors.stopped();
    }
    wiring.coordinator().tell(new PartitionCoordinator.Stays(groupId));
    return this;
  }

  private Behavior<Command> onStopped(PostStop stop) {
    wiring.listing().remove(groupId);
    watchers.tellAll();
    unanswered
        .values()
        .forEach(
            asked -> asked.answer().complete(Refusals.of(asked.request(), Errors.NOT_COORDINATOR)));
    return this;
  }
}
