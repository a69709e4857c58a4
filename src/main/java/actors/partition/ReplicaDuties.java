package actors.partition;

import actors.LeaderEpoch;
import actors.config.EffectiveTopicConfig;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.Done;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.log.DirectoryRefused;
import storage.log.LogConfig;
import storage.log.StorageFailure;

/**
 * What a replica does with each message: opens the log when it is told to, then has its role do the
 * work, or refuses it. A disk that fails takes the replica offline; the broker lives on. Confined
 * to whoever runs it: an actor, or a simulation.
 */
final class ReplicaDuties {
  private static final Logger LOG = LoggerFactory.getLogger(ReplicaDuties.class);

  private static final Duration NOTE_DELAY = Duration.ofSeconds(5);

  private final ReplicaHome home;
  private final ReplicaPort port;
  private final ReplicaSurroundings around;
  private final ReplicaFiles files;
  private final Roles roles;
  private boolean isKnown;
  private Optional<Replica.Assume> putOff = Optional.empty();
  private Optional<Replica.Assume> assumed = Optional.empty();
  private Optional<Replica.Assume> lastAssume = Optional.empty();
  private Optional<Runnable> ending = Optional.empty();
  private Duration housekeeping = Duration.ZERO;
  private boolean looksWhatToClean;
  private boolean offline;
  private boolean over;
  private boolean noting;
  private long notedHighWatermark = -1;

  ReplicaDuties(ReplicaHome home, ReplicaPort port) {
    this.home = home;
    this.port = port;
    this.around = new ReplicaSurroundings(port);
    this.files = new ReplicaFiles(home, around);
    this.roles = new Roles(home, around, files);
  }

  Roles roles() {
    return roles;
  }

  ReplicaFiles files() {
    return files;
  }

  boolean isOffline() {
    return offline;
  }

  /** Its files are closed or removed, as it was told: nothing is left to do. */
  boolean isOver() {
    return over;
  }

  /**
   * Told for the first time, one that is to lead only says where it is: whoever starts many wants
   * to find all of them before the first log is opened. Told again, or asked for anything, it does
   * as it was told.
   */
  void assume(Replica.Assume assume) {
    if (!isKnown && assume.image().leader() == home.brokerId()) {
      isKnown = true;
      putOff = Optional.of(assume);
      answer(assume);
    } else {
      isKnown = true;
      Optional<Replica.Assume> first = putOff;
      putOff = Optional.empty();
      first.filter(other -> isNews(other, assume)).ifPresent(this::assumeIfNews);
      assumeIfNews(assume);
      lastAssume = Optional.of(assume);
      answer(assume);
    }
  }

  private void catchUp() {
    putOff.ifPresent(this::assume);
  }

  private void assumeIfNews(Replica.Assume assume) {
    if (assumed.isEmpty() || isNews(assume, assumed.get())) {
      assumed = Optional.of(assume);
      try {
        carryOut(assume);
        offline = false;
      } catch (StorageFailure | DirectoryRefused failure) {
        goOffline(failure);
      }
    }
  }

  private void answer(Replica.Assume assume) {
    LeaderEpoch epoch = assumed.map(done -> done.image().leaderEpoch()).orElse(LeaderEpoch.NONE);
    assume.replyTo().tell(new Replica.Assumed(assume.id(), epoch, port.self(), offline));
  }

  /**
   * Older decisions than the one carried out come late and mean nothing any more; what another life
   * of the broker was told even less.
   */
  static boolean isNews(Replica.Assume assume, Replica.Assume before) {
    int life = Long.compare(assume.brokerEpoch().value(), before.brokerEpoch().value());
    int decision =
        Integer.compare(assume.image().partitionEpoch(), before.image().partitionEpoch());
    return life > 0
        || (life == 0
            && (decision > 0
                || (decision == 0 && !assume.topicConfigs().equals(before.topicConfigs()))));
  }

  private void carryOut(Replica.Assume assume) {
    EffectiveTopicConfig topic = EffectiveTopicConfig.of(assume.topicConfigs(), home.configs());
    LogConfig config = LogConfigs.of(topic, home.configs());
    OpenLog open = files.open(assume.id(), config);
    housekeepEvery(
        Duration.ofMillis(
            Math.min(home.configs().retentionCheckIntervalMillis(), config.flushMillis())));
    if (config.compaction().enabled() && !looksWhatToClean) {
      looksWhatToClean = true;
      port.cleanEvery(Duration.ofMillis(home.configs().cleanerBackoffMillis()));
    }
    around.begin(assume.id());
    if (assume.image().leader() == home.brokerId()) {
      roles.lead(assume, open, rules(assume, topic, config));
    } else {
      roles.follow(assume, open);
    }
    around.damagedLog().assumed(assume.image(), assume.brokerEpoch());
  }

  private Terms.Rules rules(Replica.Assume assume, EffectiveTopicConfig topic, LogConfig config) {
    return new Terms.Rules(
        Math.min(topic.minInsyncReplicas(), assume.image().replicas().size()),
        home.configs().replicaLagMillisMax(),
        config.flushOnCommit());
  }

  private void housekeepEvery(Duration interval) {
    if (!interval.equals(housekeeping)) {
      housekeeping = interval;
      port.housekeepEvery(interval);
    }
  }

  void hear(Replica.FromPeer fromPeer) {
    catchUp();
    ReplicationMessage message = fromPeer.message();
    // A late word of an earlier life must not take the place of the present one.
    if (roles.hears(message)) {
      around.met(message.from(), fromPeer.sender());
    }
    guarded(leading -> leading.hear(message), follower -> follower.hear(message));
  }

  void peerGone(Replica.PeerGone gone) {
    if (around.forget(gone.brokerId(), gone.peer())) {
      guarded(
          leading -> leading.lost(gone.brokerId()),
          follower -> {
            if (follower.allegiance().leader() == gone.brokerId()) {
              follower.lostLeader();
            }
          });
    }
  }

  void proposalAnswered(Replica.ProposalAnswered answered) {
    guarded(leading -> leading.proposalAnswered(answered.partitionEpoch(), answered.answer()));
  }

  void damageAnswered(Replica.DamageAnswered answered) {
    around.damagedLog().answered(answered.partitionEpoch(), answered.answer());
  }

  void tend() {
    around.tending();
    around.damagedLog().tend();
    guarded(Reign::tend, Following::tend);
  }

  void housekeep() {
    guarded(Reign::housekeep, Following::housekeep);
  }

  /** Compacts the log if that is due; what has no role does not know what is committed. */
  void clean() {
    guarded(
        leading -> cleaner().cleanIfDue(leading.highWatermark()),
        follower -> cleaner().cleanIfDue(follower.highWatermark()));
  }

  private Cleaner cleaner() {
    return files.ifOpen().orElseThrow().cleaner();
  }

  void cleaningStepped(Replica.CleaningStepped step) {
    try {
      files.ifOpen().ifPresent(open -> open.cleaner().stepped(step));
    } catch (StorageFailure failure) {
      goOffline(failure);
    }
    endIfDue();
  }

  void append(Replica.Append append) {
    catchUp();
    if (roles.reign().isEmpty()) {
      append
          .replyTo()
          .tell(Replies.appendRefused(append, roles.unavailable(), "this replica does not lead"));
    } else {
      guarded(leading -> leading.append(append));
    }
  }

  void appendInReign(Replica.AppendInReign wanted) {
    // A role put off is taken up first: what it says of the epoch is what counts.
    catchUp();
    if (roles.reign().filter(reign -> !reign.epoch().equals(wanted.epoch())).isPresent()) {
      wanted
          .append()
          .replyTo()
          .tell(
              Replies.appendRefused(
                  wanted.append(),
                  Errors.FENCED_LEADER_EPOCH,
                  "the reign of epoch " + wanted.epoch().value() + " is over"));
    } else {
      append(wanted.append());
    }
  }

  void writeGathered() {
    guarded(Reign::writeGathered);
  }

  void read(Replica.Read read) {
    catchUp();
    if (roles.hasNone()) {
      read.replyTo().tell(Replies.readRefused(read.correlation(), roles.unavailable()));
    } else {
      guarded(leading -> leading.read(read), follower -> follower.read(read));
    }
  }

  void cancel(Replica.CancelRead cancel) {
    roles.perform(leading -> leading.cancel(cancel), follower -> follower.cancel(cancel));
  }

  void findOffset(Replica.FindOffset find) {
    catchUp();
    if (roles.reign().isEmpty()) {
      find.replyTo().tell(Replies.offsetRefused(find.correlation(), roles.unavailable()));
    } else {
      guarded(leading -> leading.findOffset(find));
    }
  }

  void deleteRecords(Replica.DeleteRecords delete) {
    catchUp();
    if (roles.reign().isEmpty()) {
      delete.replyTo().tell(Replies.deletionRefused(delete.correlation(), roles.unavailable()));
    } else {
      guarded(leading -> leading.deleteRecords(delete));
    }
  }

  void describe(Replica.Describe asked) {
    catchUp();
    asked
        .replyTo()
        .tell(
            Description.answer(
                asked,
                offline,
                files.ifOpen().map(OpenLog::log),
                roles.reign(),
                roles.following()));
  }

  private void guarded(Consumer<Reign> leads) {
    guarded(leads, follower -> {});
  }

  /** Has the present role, if any, do it; the disk failing in it takes the replica offline. */
  private void guarded(Consumer<Reign> leads, Consumer<Following> follows) {
    try {
      roles.perform(leads, follows);
      noteHighWatermarkSoon();
    } catch (StorageFailure failure) {
      goOffline(failure);
    }
  }

  /**
   * The checkpoint is only a lower bound to begin with after a restart, so it may lag; idle
   * replicas cost nothing.
   */
  private void noteHighWatermarkSoon() {
    if (!noting && roles.highWatermark().orElse(notedHighWatermark) != notedHighWatermark) {
      noting = true;
      port.noteIn(NOTE_DELAY);
    }
  }

  void noteHighWatermark() {
    noting = false;
    OptionalLong highWatermark = roles.highWatermark();
    if (highWatermark.isPresent()) {
      notedHighWatermark = highWatermark.getAsLong();
      files.noteHighWatermark(notedHighWatermark);
    }
  }

  private void goOffline(RuntimeException failure) {
    LOG.error("the replica goes offline: {}", failure.getMessage(), failure);
    roles.end(Errors.KAFKA_STORAGE_ERROR);
    port.cancelTimers();
    around.tending();
    housekeeping = Duration.ZERO;
    looksWhatToClean = false;
    noting = false;
    offline = true;
    lastAssume.ifPresent(this::answer);
  }

  void flushEnded(Replica.FlushEnded ended) {
    try {
      files.ifOpen().orElseThrow().flusher().ended(ended);
      roles.perform(Reign::flushed, Following::flushed);
    } catch (StorageFailure failure) {
      goOffline(failure);
    }
    endIfDue();
  }

  void close(Replica.Close close) {
    roles.end(Errors.NOT_LEADER_OR_FOLLOWER);
    ending =
        Optional.of(
            () -> {
              files.close();
              close.replyTo().tell(Done.getInstance());
            });
    endIfDue();
  }

  void delete(Replica.Delete delete) {
    catchUp();
    roles.end(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    ending =
        Optional.of(
            () -> {
              files.delete();
              delete.replyTo().tell(Done.getInstance());
            });
    endIfDue();
  }

  /** The end waits for a flush or a cleaning that is going on: they hold the files. */
  private void endIfDue() {
    if (ending.isPresent()) {
      files.ifOpen().ifPresent(open -> open.cleaner().cancel());
    }
    if (ending.isPresent() && !files.areHeld() && !over) {
      over = true;
      ending.get().run();
    }
  }

  /**
   * Nobody runs it any more, without its having been told to end: whoever waits is told, and the
   * files are let go.
   *
   * @param failed one of our own rules was broken, and nothing more may be written
   */
  void abandon(boolean failed) {
    if (files.ifOpen().isEmpty()) {
      return;
    }
    if (failed) {
      LOG.error(
          "the replica {} stops: it must not go on after this",
          files.ifOpen().get().log().partition());
    }
    roles.end(failed ? Errors.KAFKA_STORAGE_ERROR : Errors.NOT_LEADER_OR_FOLLOWER);
    cleaner().giveUp();
    files.close();
  }
}
