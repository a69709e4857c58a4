package actors.partition;

import actors.LeaderEpoch;
import actors.config.EffectiveTopicConfig;
import actors.controller.PartitionImage;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.log.DirectoryRefused;
import storage.log.EpochHistory;
import storage.log.LogConfig;
import storage.log.PartitionLog;
import storage.log.PartitionName;
import storage.log.StorageFailure;

/**
 * The shell of a replica: opens the log when it is first told to, then passes each message to the
 * reign or refuses it. A disk that fails takes the replica offline; the broker lives on.
 */
final class ReplicaActor extends AbstractBehavior<Replica.Command> {
  private static final Logger LOG = LoggerFactory.getLogger(ReplicaActor.class);

  private static final Duration NOTE_DELAY = Duration.ofSeconds(5);

  private final ReplicaContext replica;
  private final TimerScheduler<Replica.Command> timers;
  private final ActorSurroundings around;
  private Optional<Open> open = Optional.empty();
  private Optional<PartitionName> partition = Optional.empty();
  private Optional<Runnable> ending = Optional.empty();
  private Optional<Reign> reign = Optional.empty();
  private Optional<Following> following = Optional.empty();
  private Errors unavailable = Errors.NOT_LEADER_OR_FOLLOWER;
  private Duration housekeeping = Duration.ZERO;
  private Optional<Replica.Assume> lastAssume = Optional.empty();
  private boolean offline;
  private boolean noting;
  private long notedHighWatermark = -1;
  private LeaderEpoch assumed = LeaderEpoch.NONE;
  private int assumedPartitionEpoch = -1;
  private Map<String, String> assumedConfigs = Map.of();

  /** The log, once it is open, and what flushes it. */
  private record Open(PartitionLog log, Flusher flusher) {}

  static Behavior<Replica.Command> create(ReplicaContext replica, String entityId) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> {
                  context.setLoggerName(ReplicaActor.class.getName() + "." + entityId);
                  return new ReplicaActor(context, timers, replica);
                }));
  }

  private ReplicaActor(
      ActorContext<Replica.Command> context,
      TimerScheduler<Replica.Command> timers,
      ReplicaContext replica) {
    super(context);
    this.timers = timers;
    this.replica = replica;
    this.around = new ActorSurroundings(context, timers, replica);
  }

  @Override
  public Receive<Replica.Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Replica.Append.class, this::onAppend)
        .onMessage(Replica.WriteGathered.class, write -> guarded(Reign::writeGathered))
        .onMessage(Replica.Read.class, this::onRead)
        .onMessage(Replica.CancelRead.class, this::onCancelRead)
        .onMessage(Replica.FlushEnded.class, this::onFlushEnded)
        .onMessage(Replica.FindOffset.class, this::onFindOffset)
        .onMessage(Replica.Describe.class, this::onDescribe)
        .onMessage(Replica.Assume.class, this::onAssume)
        .onMessage(Replica.FromPeer.class, this::onFromPeer)
        .onMessage(Replica.Tend.class, tend -> onTend())
        .onMessage(Replica.ProposalAnswered.class, this::onProposalAnswered)
        .onMessage(Replica.PeerGone.class, this::onPeerGone)
        .onMessage(Replica.Housekeep.class, tick -> onHousekeep())
        .onMessage(Replica.NoteHighWatermark.class, note -> noteHighWatermark())
        .onMessage(Replica.Close.class, this::onClose)
        .onMessage(Replica.Delete.class, this::onDelete)
        .onSignal(PostStop.class, stop -> onStopped())
        .build();
  }

  private Behavior<Replica.Command> onAssume(Replica.Assume assume) {
    if (isNews(assume)) {
      assumed = assume.image().leaderEpoch();
      assumedPartitionEpoch = assume.image().partitionEpoch();
      assumedConfigs = assume.topicConfigs();
      try {
        carryOut(assume);
        offline = false;
      } catch (StorageFailure | DirectoryRefused failure) {
        goOffline(failure);
      }
    }
    lastAssume = Optional.of(assume);
    answer(assume);
    return this;
  }

  private void answer(Replica.Assume assume) {
    assume
        .replyTo()
        .tell(new Replica.Assumed(assume.id(), assumed, getContext().getSelf(), offline));
  }

  /** Older decisions than the one carried out come late and mean nothing any more. */
  private boolean isNews(Replica.Assume assume) {
    return assume.image().partitionEpoch() > assumedPartitionEpoch
        || (assume.image().partitionEpoch() == assumedPartitionEpoch
            && !assume.topicConfigs().equals(assumedConfigs));
  }

  private void carryOut(Replica.Assume assume) {
    EffectiveTopicConfig topic = EffectiveTopicConfig.of(assume.topicConfigs(), replica.configs());
    LogConfig config = LogConfigs.of(topic, replica.configs());
    Open opened = opened(assume.id(), config);
    opened.log().reconfigure(config);
    housekeepEvery(
        Duration.ofMillis(
            Math.min(replica.configs().retentionCheckIntervalMillis(), config.flushMillis())));
    around.begin(assume.id());
    if (assume.image().leader() == replica.brokerId()) {
      endFollowing(Errors.NOT_LEADER_OR_FOLLOWER);
      lead(assume, opened, topic, config);
    } else {
      endReign(Errors.NOT_LEADER_OR_FOLLOWER);
      follow(assume, opened, config);
    }
  }

  private void lead(
      Replica.Assume assume, Open opened, EffectiveTopicConfig topic, LogConfig config) {
    Terms.Rules rules =
        new Terms.Rules(
            Math.min(topic.minInsyncReplicas(), assume.image().replicas().size()),
            replica.configs().replicaLagMillisMax(),
            config.flushOnCommit());
    if (reign.isPresent() && reign.get().epoch().equals(assume.image().leaderEpoch())) {
      reign.get().configure(assume.image(), rules);
    } else {
      endReign(Errors.NOT_LEADER_OR_FOLLOWER);
      reign = Optional.of(beginReign(assume, opened, rules));
    }
  }

  private void follow(Replica.Assume assume, Open opened, LogConfig config) {
    PartitionImage image = assume.image();
    Following.Allegiance allegiance =
        new Following.Allegiance(
            image.leaderEpoch(), image.leader(), replica.brokerId(), assume.brokerEpoch());
    if (!image.hasLeader() || !image.replicas().contains(replica.brokerId())) {
      endFollowing(Errors.NOT_LEADER_OR_FOLLOWER);
    } else if (following.filter(now -> now.allegiance().equals(allegiance)).isPresent()) {
      following.get().configure(config.flushOnCommit());
    } else {
      endFollowing(Errors.NOT_LEADER_OR_FOLLOWER);
      following =
          Optional.of(
              new Following(
                  around,
                  opened.log(),
                  opened.flusher(),
                  allegiance,
                  around.nextSession(),
                  replica.directory().highWatermark(opened.log().partition())));
    }
  }

  /** What is known of the high watermark is where the next role begins. */
  private void endFollowing(Errors why) {
    following.ifPresent(
        ended -> {
          replica.directory().highWatermark(partition.orElseThrow(), ended.highWatermark());
          ended.end(why);
        });
    following = Optional.empty();
  }

  private Open opened(PartitionId id, LogConfig config) {
    partition = Optional.of(new PartitionName(id.topic(), id.partition()));
    if (open.isEmpty()) {
      PartitionLog log =
          replica
              .directory()
              .openPartition(
                  id.topic(),
                  id.partition(),
                  id.topicId().toString(),
                  config,
                  replica.nowMillis().getAsLong());
      open = Optional.of(new Open(log, new Flusher(log, around)));
    }
    return open.get();
  }

  private void housekeepEvery(Duration interval) {
    if (!interval.equals(housekeeping)) {
      housekeeping = interval;
      timers.startTimerWithFixedDelay(new Replica.Housekeep(), interval);
    }
  }

  private Reign beginReign(Replica.Assume assume, Open opened, Terms.Rules rules) {
    LeaderEpoch epoch = assume.image().leaderEpoch();
    PartitionLog log = opened.log();
    log.assignEpoch(epoch.value());
    Terms terms =
        new Terms(replica.brokerId(), assume.brokerEpoch(), epoch, startOf(epoch, log), rules);
    Leader.OwnLog own =
        new Leader.OwnLog(
            log.logEndOffset(),
            log.recoveryPoint(),
            replica.directory().highWatermark(log.partition()));
    Leader leader = Leader.elected(terms, assume.image(), own, around.monotonicMillis());
    return new Reign(around, log, opened.flusher(), leader);
  }

  /** A reign may be taken up again after the replica has failed: it began where it began. */
  private static long startOf(LeaderEpoch epoch, PartitionLog log) {
    return log.epochs().entries().stream()
        .filter(entry -> entry.epoch() == epoch.value())
        .mapToLong(EpochHistory.Entry::startOffset)
        .findFirst()
        .orElse(log.logEndOffset());
  }

  private void endReign(Errors why) {
    unavailable = why;
    reign.ifPresent(
        ended -> {
          replica.directory().highWatermark(partition.orElseThrow(), ended.highWatermark());
          ended.end(why);
        });
    reign = Optional.empty();
  }

  private Behavior<Replica.Command> onFromPeer(Replica.FromPeer fromPeer) {
    ReplicationMessage message = fromPeer.message();
    // A late word of an earlier life must not take the place of the present one.
    if (reign.map(leading -> leading.hears(message)).orElse(false)
        || following.map(follower -> follower.hears(message)).orElse(false)) {
      around.met(message.from(), fromPeer.sender());
    }
    return guarded(leading -> leading.hear(message), follower -> follower.hear(message));
  }

  private Behavior<Replica.Command> onTend() {
    around.tending();
    return guarded(Reign::tend, Following::tend);
  }

  private Behavior<Replica.Command> onHousekeep() {
    return guarded(Reign::housekeep, Following::housekeep);
  }

  private Behavior<Replica.Command> onProposalAnswered(Replica.ProposalAnswered answered) {
    return guarded(
        leading -> leading.proposalAnswered(answered.partitionEpoch(), answered.answer()));
  }

  private Behavior<Replica.Command> onPeerGone(Replica.PeerGone gone) {
    if (!around.forget(gone.brokerId(), gone.peer())) {
      return this;
    }
    return guarded(
        leading -> leading.lost(gone.brokerId()),
        follower -> {
          if (follower.allegiance().leader() == gone.brokerId()) {
            follower.lostLeader();
          }
        });
  }

  private Behavior<Replica.Command> onAppend(Replica.Append append) {
    if (reign.isEmpty()) {
      append
          .replyTo()
          .tell(Replies.appendRefused(append, unavailable, "this replica does not lead"));
      return this;
    }
    return guarded(leading -> leading.append(append));
  }

  private Behavior<Replica.Command> onRead(Replica.Read read) {
    if (reign.isEmpty() && following.isEmpty()) {
      read.replyTo().tell(Replies.readRefused(read.correlation(), unavailable));
      return this;
    }
    return guarded(leading -> leading.read(read), follower -> follower.read(read));
  }

  private Behavior<Replica.Command> onCancelRead(Replica.CancelRead cancel) {
    reign.ifPresent(leading -> leading.cancel(cancel));
    following.ifPresent(follower -> follower.cancel(cancel));
    return this;
  }

  private Behavior<Replica.Command> onFindOffset(Replica.FindOffset find) {
    if (reign.isEmpty()) {
      find.replyTo().tell(Replies.offsetRefused(find.correlation(), unavailable));
      return this;
    }
    return guarded(leading -> leading.findOffset(find));
  }

  private Behavior<Replica.Command> onDescribe(Replica.Describe asked) {
    asked.replyTo().tell(Description.answer(asked, offline, open.map(Open::log), reign, following));
    return this;
  }

  private Behavior<Replica.Command> guarded(Consumer<Reign> work) {
    return guarded(work, follower -> {});
  }

  /** Runs work of the present role, if any; the disk failing in it takes the replica offline. */
  private Behavior<Replica.Command> guarded(Consumer<Reign> leading, Consumer<Following> follows) {
    try {
      reign.ifPresent(leading);
      following.ifPresent(follows);
      noteHighWatermarkSoon();
    } catch (StorageFailure failure) {
      goOffline(failure);
    }
    return this;
  }

  /**
   * The checkpoint is only a lower bound to begin with after a restart, so it may lag; idle
   * replicas cost nothing.
   */
  private void noteHighWatermarkSoon() {
    if (!noting && highWatermark().orElse(notedHighWatermark) != notedHighWatermark) {
      noting = true;
      timers.startSingleTimer(new Replica.NoteHighWatermark(), NOTE_DELAY);
    }
  }

  private Behavior<Replica.Command> noteHighWatermark() {
    noting = false;
    if (highWatermark().isPresent() && open.isPresent()) {
      notedHighWatermark = highWatermark().getAsLong();
      replica.directory().highWatermark(open.get().log().partition(), notedHighWatermark);
    }
    return this;
  }

  private OptionalLong highWatermark() {
    if (reign.isPresent()) {
      return OptionalLong.of(reign.get().highWatermark());
    }
    return following.isPresent()
        ? OptionalLong.of(following.get().highWatermark())
        : OptionalLong.empty();
  }

  private void goOffline(RuntimeException failure) {
    LOG.error("the replica goes offline: {}", failure.getMessage(), failure);
    endReign(Errors.KAFKA_STORAGE_ERROR);
    endFollowing(Errors.KAFKA_STORAGE_ERROR);
    timers.cancelAll();
    around.tending();
    housekeeping = Duration.ZERO;
    noting = false;
    offline = true;
    lastAssume.ifPresent(this::answer);
  }

  private Behavior<Replica.Command> onFlushEnded(Replica.FlushEnded ended) {
    try {
      open.orElseThrow().flusher().ended(ended);
      reign.ifPresent(Reign::flushed);
      following.ifPresent(Following::flushed);
    } catch (StorageFailure failure) {
      goOffline(failure);
    }
    return endIfDue();
  }

  private Behavior<Replica.Command> onClose(Replica.Close close) {
    endReign(Errors.NOT_LEADER_OR_FOLLOWER);
    endFollowing(Errors.NOT_LEADER_OR_FOLLOWER);
    ending =
        Optional.of(
            () -> {
              closeLog();
              close.replyTo().tell(Done.getInstance());
            });
    return endIfDue();
  }

  private void closeLog() {
    try {
      open.ifPresent(opened -> replica.directory().closePartition(opened.log()));
    } catch (StorageFailure failure) {
      LOG.error("the replica could not be closed cleanly: {}", failure.getMessage(), failure);
    }
  }

  private Behavior<Replica.Command> onDelete(Replica.Delete delete) {
    endReign(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    endFollowing(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    ending =
        Optional.of(
            () -> {
              deleteLog();
              delete.replyTo().tell(Done.getInstance());
            });
    return endIfDue();
  }

  private void deleteLog() {
    try {
      // Not only of an open log: the files of one that could not be opened must go as well.
      partition.ifPresent(
          name -> replica.directory().deletePartition(name, replica.nowMillis().getAsLong()));
    } catch (StorageFailure failure) {
      LOG.error("the replica's files could not be removed: {}", failure.getMessage(), failure);
    }
  }

  /** The end waits for a flush that is going on: it holds the files. */
  private Behavior<Replica.Command> endIfDue() {
    boolean held = open.isPresent() && open.get().flusher().isFlushing();
    if (ending.isEmpty() || held) {
      return this;
    }
    ending.get().run();
    open = Optional.empty();
    return Behaviors.stopped();
  }

  /**
   * After a failure of our own nothing more is written: whoever waits is told, the files are let
   * go.
   */
  private Behavior<Replica.Command> onStopped() {
    if (open.isPresent()) {
      LOG.error("the replica {} stops: it must not go on after this", open.get().log().partition());
      endReign(Errors.KAFKA_STORAGE_ERROR);
      closeLog();
    }
    return this;
  }
}
