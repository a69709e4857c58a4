package actors.partition;

import actors.LeaderEpoch;
import actors.controller.PartitionImage;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;
import storage.log.EpochHistory;
import storage.log.PartitionLog;

/** The role that a replica has at the moment: it leads, follows, or does neither. */
final class Roles {
  private final ReplicaHome home;
  private final ReplicaSurroundings around;
  private final ReplicaFiles files;
  private Optional<Reign> reign = Optional.empty();
  private Optional<Following> following = Optional.empty();
  private Errors unavailable = Errors.NOT_LEADER_OR_FOLLOWER;

  Roles(ReplicaHome home, ReplicaSurroundings around, ReplicaFiles files) {
    this.home = home;
    this.around = around;
    this.files = files;
  }

  Optional<Reign> reign() {
    return reign;
  }

  Optional<Following> following() {
    return following;
  }

  boolean hasNone() {
    return reign.isEmpty() && following.isEmpty();
  }

  /** What to tell whoever asks for a role that the replica does not have. */
  Errors unavailable() {
    return unavailable;
  }

  /** Of the role it has. */
  OptionalLong highWatermark() {
    if (reign.isPresent()) {
      return OptionalLong.of(reign.get().highWatermark());
    }
    return following.isPresent()
        ? OptionalLong.of(following.get().highWatermark())
        : OptionalLong.empty();
  }

  /** Whether it is a word of the present epoch and session. */
  boolean hears(ReplicationMessage message) {
    return reign.map(leading -> leading.hears(message)).orElse(false)
        || following.map(follower -> follower.hears(message)).orElse(false);
  }

  void perform(Consumer<Reign> leads, Consumer<Following> follows) {
    reign.ifPresent(leads);
    following.ifPresent(follows);
  }

  /** The reign goes on under the rules, or begins: of its epoch and in this life of the broker. */
  void lead(Replica.Assume assume, OpenLog open, Terms.Rules rules) {
    endFollowing(Errors.NOT_LEADER_OR_FOLLOWER);
    if (reign.filter(now -> isOf(assume, now.state().terms())).isPresent()) {
      reign.get().configure(assume.image(), rules);
    } else {
      endReign(Errors.NOT_LEADER_OR_FOLLOWER);
      reign = Optional.of(begun(assume, open, rules));
    }
  }

  private static boolean isOf(Replica.Assume assume, Terms terms) {
    return terms.epoch().equals(assume.image().leaderEpoch())
        && terms.brokerEpoch().equals(assume.brokerEpoch());
  }

  private Reign begun(Replica.Assume assume, OpenLog open, Terms.Rules rules) {
    LeaderEpoch epoch = assume.image().leaderEpoch();
    PartitionLog log = open.log();
    log.assignEpoch(epoch.value());
    Terms terms =
        new Terms(home.brokerId(), assume.brokerEpoch(), epoch, startOf(epoch, log), rules);
    Leader.OwnLog own =
        new Leader.OwnLog(
            log.logStartOffset(), log.logEndOffset(), log.recoveryPoint(), files.highWatermark());
    Leader leader = Leader.elected(terms, assume.image(), own, around.monotonicMillis());
    return new Reign(around, log, open.flusher(), leader);
  }

  /** A reign may be taken up again after the replica has failed: it began where it began. */
  private static long startOf(LeaderEpoch epoch, PartitionLog log) {
    return log.epochs().entries().stream()
        .filter(entry -> entry.epoch() == epoch.value())
        .mapToLong(EpochHistory.Entry::startOffset)
        .findFirst()
        .orElse(log.logEndOffset());
  }

  /** Goes on following, begins to, or does nothing where there is no leader. */
  void follow(Replica.Assume assume, OpenLog open) {
    endReign(Errors.NOT_LEADER_OR_FOLLOWER);
    PartitionImage image = assume.image();
    Following.Allegiance allegiance =
        new Following.Allegiance(
            image.leaderEpoch(), image.leader(), home.brokerId(), assume.brokerEpoch());
    if (!image.hasLeader() || !image.replicas().contains(home.brokerId())) {
      endFollowing(Errors.NOT_LEADER_OR_FOLLOWER);
      return;
    }
    if (following.filter(now -> now.allegiance().equals(allegiance)).isEmpty()) {
      endFollowing(Errors.NOT_LEADER_OR_FOLLOWER);
      around
          .damagedLog()
          .beforeFollowing(
              image, home.brokerId(), open.log(), home.directory(), around.nowMillis());
      following =
          Optional.of(
              new Following(
                  around,
                  open.log(),
                  open.flusher(),
                  allegiance,
                  around.nextSession(),
                  files.highWatermark()));
    }
    following
        .get()
        .configure(open.log().config().flushOnCommit(), image.isr().contains(home.brokerId()));
  }

  /** Neither leads nor follows from now on; whoever waits is told why. */
  void end(Errors why) {
    endReign(why);
    endFollowing(why);
  }

  private void endReign(Errors why) {
    unavailable = why;
    reign.ifPresent(
        ended -> {
          files.noteHighWatermark(ended.highWatermark());
          ended.end(why);
        });
    reign = Optional.empty();
  }

  private void endFollowing(Errors why) {
    following.ifPresent(
        ended -> {
          files.noteHighWatermark(ended.highWatermark());
          ended.end(why);
        });
    following = Optional.empty();
  }
}
