package actors.partition;

import actors.BrokerEpoch;
import actors.partition.ReplicaReply.Described;
import actors.partition.ReplicaReply.PartitionState;
import actors.partition.ReplicaReply.ReplicaState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;
import storage.log.PartitionLog;

/** What a replica says of itself to those who operate the broker. Changes nothing. */
final class Description {
  private static final long UNKNOWN = -1;

  private Description() {}

  /**
   * The answer of a replica, whatever its role.
   *
   * @param offline the disk has failed under it
   * @param log empty before the replica was first told what to do
   * @param reign where it leads
   * @param following where it follows
   */
  static Described answer(
      Replica.Describe asked,
      boolean offline,
      Optional<PartitionLog> log,
      Optional<Reign> reign,
      Optional<Following> following) {
    if (offline || log.isEmpty()) {
      return new Described(
          asked.correlation(),
          offline ? Errors.KAFKA_STORAGE_ERROR : Errors.NOT_LEADER_OR_FOLLOWER,
          UNKNOWN,
          UNKNOWN,
          UNKNOWN,
          Optional.empty());
    }
    return new Described(
        asked.correlation(),
        Errors.NONE,
        log.get().sizeBytes(),
        log.get().logEndOffset(),
        following.map(Following::lagOffsets).orElse(0L),
        reign.map(Reign::describe));
  }

  /**
   * @param now the same moment on both clocks
   */
  static PartitionState of(Leader leader, Moment now) {
    List<ReplicaState> inSync = new ArrayList<>();
    List<ReplicaState> outOfSync = new ArrayList<>();
    inSync.add(
        new ReplicaState(
            leader.terms().brokerId(), leader.logEndOffset(), now.wallMillis(), now.wallMillis()));
    for (Map.Entry<Integer, FollowerProgress> follower : leader.followers().entrySet()) {
      boolean member = leader.inSync().confirmed().contains(follower.getKey());
      (member ? inSync : outOfSync)
          .add(of(follower.getKey(), follower.getValue(), leader.logEndOffset(), now));
    }
    return new PartitionState(
        leader.terms().brokerId(), leader.epoch(), leader.highWatermark(), inSync, outOfSync);
  }

  private static ReplicaState of(
      int brokerId, FollowerProgress progress, long leaderEndOffset, Moment now) {
    boolean everFetched = !progress.brokerEpoch().equals(BrokerEpoch.NONE);
    // One that holds everything is caught up now: an idle partition's follower has nothing to say.
    boolean holdsAll = progress.isKnown() && progress.heldOffset() >= leaderEndOffset;
    long caughtUp = holdsAll ? now.wallMillis() : now.onWall(progress.caughtUpMillis());
    return new ReplicaState(
        brokerId,
        progress.endOffset(),
        everFetched ? now.onWall(progress.fetchedMillis()) : UNKNOWN,
        everFetched ? caughtUp : UNKNOWN);
  }

  /** One moment on the wall clock and on the clock that never goes back. */
  record Moment(long wallMillis, long monotonicMillis) {
    /** A monotonic time as the wall clock would have shown it if nobody had set it since. */
    long onWall(long monotonic) {
      return wallMillis - (monotonicMillis - monotonic);
    }
  }
}
