package actors.group;

import actors.group.offsets.OffsetSettings;
import actors.partition.Replica;
import actors.partition.ReplicaReply;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Coordinates the groups that fall on one partition of {@code __consumer_offsets}, in one reign of
 * its leader, which is on this broker. First it reads the log to its end, once all of that is
 * committed: what an earlier leader answered may lie above the high watermark that this one knows
 * at first. Then it has a {@link GroupSupervisor} for each group.
 */
final class PartitionCoordinator extends AbstractBehavior<PartitionCoordinator.Command> {
  private static final Logger LOG = LoggerFactory.getLogger(PartitionCoordinator.class);

  private final TimerScheduler<Command> timers;
  private final Place place;
  private final GroupSupervisor.Wiring groupWiring;
  private final ActorRef<ReplicaReply> replies;
  private final Map<String, ActorRef<GroupSupervisor.Command>> groups = new HashMap<>();
  private final Map<String, List<AskGroup>> leaving = new HashMap<>();
  private final Deque<AskGroup> waiting = new ArrayDeque<>();
  private Optional<LogLoad> load = Optional.empty();
  private long loadEndOffset;
  private boolean isLoaded;
  private long attempt;

  /**
   * What one coordinator works on.
   *
   * @param partition of {@code __consumer_offsets}
   * @param blocking where files may be read
   * @param loaded run once the groups are known
   */
  record Place(
      int partition,
      GroupLog log,
      Situations situations,
      OffsetSettings offsets,
      GroupListing listing,
      Executor blocking,
      Runnable loaded) {}

  sealed interface Command {}

  record AskGroup(String groupId, GroupSupervisor.Ask ask) implements Command {}

  /** To be passed on to every group. */
  record TopicsChanged(Predicate<String> gone) implements Command {}

  /** Of a group: its last records may or may not be in the log. */
  record Uncertain(Errors error) implements Command {}

  /** Of a group: there is nothing to be kept of it. */
  record NothingLeft(String groupId) implements Command {}

  /** Of a group: there is something again. */
  record Stays(String groupId) implements Command {}

  private record GroupGone(String groupId) implements Command {}

  private record LogAnswered(ReplicaReply reply) implements Command {}

  private record Read(long attempt, Optional<Throwable> failure) implements Command {}

  private record Load() implements Command {}

  private PartitionCoordinator(
      ActorContext<Command> context, TimerScheduler<Command> timers, Place place) {
    super(context);
    this.timers = timers;
    this.place = place;
    this.groupWiring =
        new GroupSupervisor.Wiring(
            place.log(), place.situations(), place.offsets(), context.getSelf(), place.listing());
    this.replies = context.messageAdapter(ReplicaReply.class, LogAnswered::new);
    begin();
  }

  static Behavior<Command> create(Place place) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(timers -> new PartitionCoordinator(context, timers, place)));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(AskGroup.class, this::onAsk)
        .onMessage(LogAnswered.class, this::onLogAnswered)
        .onMessage(Read.class, this::onRead)
        .onMessage(Load.class, this::onLoad)
        .onMessage(TopicsChanged.class, this::onTopicsChanged)
        .onMessage(Uncertain.class, this::onUncertain)
        .onMessage(NothingLeft.class, this::onNothingLeft)
        .onMessage(Stays.class, this::onStays)
        .onMessage(GroupGone.class, this::onGroupGone)
        .build();
  }

  private void begin() {
    attempt++;
    load = Optional.empty();
    place.log().replica().tell(new Replica.Describe(attempt, replies));
  }

  private Behavior<Command> onLoad(Load again) {
    begin();
    return this;
  }

  private Behavior<Command> onAsk(AskGroup ask) {
    if (isLoaded && leaving.containsKey(ask.groupId())) {
      leaving.get(ask.groupId()).add(ask);
    } else if (isLoaded) {
      supervisor(ask.groupId()).tell(ask.ask());
    } else if (waiting.size() < Limits.LOADING_REQUESTS_MAX) {
      waiting.add(ask);
    } else {
      refuse(ask, Errors.COORDINATOR_LOAD_IN_PROGRESS);
    }
    return this;
  }

  private static void refuse(AskGroup ask, Errors error) {
    ask.ask().answer().complete(Refusals.of(ask.ask().request(), error));
  }

  private ActorRef<GroupSupervisor.Command> supervisor(String groupId) {
    return groups.computeIfAbsent(groupId, absent -> spawn(new Restored(absent)));
  }

  private ActorRef<GroupSupervisor.Command> spawn(Restored restored) {
    ActorRef<GroupSupervisor.Command> group =
        getContext().spawnAnonymous(GroupSupervisor.create(groupWiring, restored));
    getContext().watchWith(group, new GroupGone(restored.groupId()));
    return group;
  }

  private Behavior<Command> onLogAnswered(LogAnswered answered) {
    ReplicaReply reply = answered.reply();
    if (reply.correlation() != attempt) {
      return this;
    }
    if (reply instanceof ReplicaReply.Described described) {
      onDescribed(described);
    } else if (reply instanceof ReplicaReply.Data data) {
      onData(data);
    }
    return this;
  }

  private void onDescribed(ReplicaReply.Described described) {
    boolean leads =
        described
            .leading()
            .map(leading -> leading.epoch().equals(place.log().epoch()))
            .orElse(false);
    if (!leads) {
      loadAgain("it does not lead yet");
      return;
    }
    loadEndOffset = described.logEndOffset();
    load = Optional.of(new LogLoad(0));
    readOn();
  }

  private void readOn() {
    LogLoad reading = load.orElseThrow();
    if (reading.nextOffset() >= loadEndOffset) {
      loaded(reading);
      return;
    }
    place
        .log()
        .replica()
        .tell(
            new Replica.Read(
                attempt,
                reading.nextOffset(),
                Limits.LOAD_BYTES,
                true,
                false,
                OptionalInt.of(place.log().epoch().value()),
                reading.nextOffset(),
                replies));
  }

  private void onData(ReplicaReply.Data data) {
    if (load.isEmpty()) {
      return;
    }
    if (data.error() == Errors.OFFSET_OUT_OF_RANGE && data.logStartOffset() > 0) {
      load = Optional.of(new LogLoad(data.logStartOffset()));
      readOn();
    } else if (data.error() != Errors.NONE) {
      loadAgain(data.error().message());
    } else if (data.region().isPresent() && !data.region().get().isEmpty()) {
      read(data);
    } else if (!data.waiting() && data.highWatermark() >= loadEndOffset) {
      loaded(load.get()); // the last records have been compacted away
    } else if (!data.waiting()) {
      loadAgain("its log cannot be read to the end");
    }
    // Else it waits until more of the log is committed, and is told then.
  }

  private void read(ReplicaReply.Data data) {
    LogLoad reading = load.orElseThrow();
    long reader = attempt;
    var unused =
        CompletableFuture.runAsync(
                () -> reading.add(data.region().orElseThrow().readFully()), place.blocking())
            .whenComplete(
                (done, failure) ->
                    getContext().getSelf().tell(new Read(reader, Optional.ofNullable(failure))));
  }

  private Behavior<Command> onRead(Read read) {
    if (read.attempt() == attempt && load.isPresent()) {
      read.failure().ifPresentOrElse(failure -> loadAgain(failure.toString()), this::readOn);
    }
    return this;
  }

  private void loadAgain(String why) {
    LOG.info("the groups of partition {} are not known yet: {}", place.partition(), why);
    load = Optional.empty();
    attempt++;
    timers.startSingleTimer(Load.class, new Load(), Limits.RELOAD_PAUSE);
  }

  private void loaded(LogLoad reading) {
    load = Optional.empty();
    isLoaded = true;
    int count = 0;
    for (Restored restored : reading.groups()) {
      if (!restored.isNothing()) {
        groups.put(restored.groupId(), spawn(restored));
        count++;
      }
    }
    LOG.debug("partition {} holds {} groups", place.partition(), count);
    place.loaded().run();
    List<AskGroup> asks = List.copyOf(waiting);
    waiting.clear();
    asks.forEach(this::onAsk);
  }

  private Behavior<Command> onTopicsChanged(TopicsChanged changed) {
    groups.values().forEach(group -> group.tell(new GroupSupervisor.TopicsChanged(changed.gone())));
    return this;
  }

  /** The groups are read again, by another one, from what the log says. */
  private Behavior<Command> onUncertain(Uncertain uncertain) {
    LOG.info(
        "the groups of partition {} are read again, since its log has refused a record: {}",
        place.partition(),
        uncertain.error());
    return Behaviors.stopped();
  }

  private Behavior<Command> onNothingLeft(NothingLeft nothing) {
    ActorRef<GroupSupervisor.Command> group = groups.get(nothing.groupId());
    if (group != null && leaving.putIfAbsent(nothing.groupId(), new ArrayList<>()) == null) {
      group.tell(new GroupSupervisor.StopIfNothingIsLeft());
    }
    return this;
  }

  private Behavior<Command> onStays(Stays stays) {
    passOn(stays.groupId());
    return this;
  }

  private void passOn(String groupId) {
    List<AskGroup> asks = leaving.remove(groupId);
    if (asks != null) {
      asks.forEach(this::onAsk);
    }
  }

  /** One that was not told to leave has failed, and what it knew is to be read again. */
  private Behavior<Command> onGroupGone(GroupGone gone) {
    groups.remove(gone.groupId());
    if (!leaving.containsKey(gone.groupId())) {
      LOG.error("group {} has failed; the groups beside it are read again as well", gone.groupId());
      return Behaviors.stopped();
    }
    passOn(gone.groupId());
    return this;
  }
}
