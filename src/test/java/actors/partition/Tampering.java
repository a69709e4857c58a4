package actors.partition;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import java.lang.reflect.Field;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import simulation.Mutation;
import storage.log.LogDirectory;
import storage.log.PartitionLog;

/**
 * Breaks one rule of a replica on purpose, from outside: it rewrites what the replica hears, says
 * or remembers. The product has no switch for any of this.
 */
final class Tampering {
  private final Mutation mutation;
  private Optional<LeaderEpoch> follows = Optional.empty();

  /** A message and the broker it goes to. */
  record Addressed(int to, ReplicationMessage message) {}

  Tampering(Mutation mutation) {
    this.mutation = mutation;
  }

  /** What a replica says; a follower's first word may come of a log that it has cut itself. */
  ReplicationMessage said(
      ReplicationMessage message, Supplier<PartitionLog> log, LogDirectory directory) {
    if (mutation != Mutation.TRUNCATE_TO_HIGH_WATERMARK
        || !(message instanceof ReplicationMessage.Fetch fetch)
        || follows.filter(epoch -> epoch.equals(fetch.epoch())).isPresent()) {
      return message;
    }
    follows = Optional.of(fetch.epoch());
    PartitionLog cut = log.get();
    long highWatermark = directory.highWatermark(cut.partition());
    if (highWatermark < cut.logEndOffset()) {
      cut.truncateTo(highWatermark, 0);
    }
    return new ReplicationMessage.Fetch(
        fetch.epoch(),
        fetch.from(),
        fetch.session(),
        fetch.brokerEpoch(),
        cut.latestEpoch().orElse(-1),
        cut.logStartOffset(),
        cut.logEndOffset(),
        fetch.windowBytes());
  }

  ReplicationMessage heardByLeader(ReplicationMessage message, Reign reign) {
    if (mutation == Mutation.DELETED_AT_THE_LEADER_ALONE) {
      return startingAt(Long.MAX_VALUE, message);
    }
    if (mutation != Mutation.ANY_EPOCH) {
      return message;
    }
    if (message instanceof ReplicationMessage.Fetch fetch) {
      return new ReplicationMessage.Fetch(
          reign.epoch(),
          fetch.from(),
          fetch.session(),
          fetch.brokerEpoch(),
          fetch.lastEpoch(),
          fetch.startOffset(),
          fetch.endOffset(),
          fetch.windowBytes());
    }
    if (message instanceof ReplicationMessage.Progress progress) {
      return new ReplicationMessage.Progress(
          reign.epoch(),
          progress.from(),
          progress.session(),
          progress.brokerEpoch(),
          progress.startOffset(),
          progress.endOffset(),
          progress.heldOffset(),
          progress.highWatermark(),
          progress.windowBytes());
    }
    return message;
  }

  private static ReplicationMessage startingAt(long startOffset, ReplicationMessage message) {
    if (message instanceof ReplicationMessage.Fetch fetch) {
      return new ReplicationMessage.Fetch(
          fetch.epoch(),
          fetch.from(),
          fetch.session(),
          fetch.brokerEpoch(),
          fetch.lastEpoch(),
          startOffset,
          fetch.endOffset(),
          fetch.windowBytes());
    }
    return message instanceof ReplicationMessage.Progress progress
        ? new ReplicationMessage.Progress(
            progress.epoch(),
            progress.from(),
            progress.session(),
            progress.brokerEpoch(),
            startOffset,
            progress.endOffset(),
            progress.heldOffset(),
            progress.highWatermark(),
            progress.windowBytes())
        : message;
  }

  ReplicationMessage heardByFollower(ReplicationMessage message, Following following) {
    if (mutation != Mutation.ANY_EPOCH) {
      return message;
    }
    if (message instanceof ReplicationMessage.Push push) {
      return new ReplicationMessage.Push(
          following.epoch(),
          following.allegiance().leader(),
          following.session(),
          push.fromOffset(),
          push.endOffset(),
          push.part(),
          push.marks(),
          push.bytes());
    }
    if (message instanceof ReplicationMessage.Accepted accepted) {
      return new ReplicationMessage.Accepted(
          following.epoch(),
          following.allegiance().leader(),
          following.session(),
          accepted.marks());
    }
    return message;
  }

  Optional<Addressed> earlyProgress(ReplicationMessage message, Following following) {
    if (mutation == Mutation.CONFIRM_BEFORE_APPEND
        && message instanceof ReplicationMessage.Push push
        && push.epoch().equals(following.epoch())
        && push.session() == following.session()) {
      Following.Allegiance allegiance = following.allegiance();
      return Optional.of(
          new Addressed(
              allegiance.leader(),
              new ReplicationMessage.Progress(
                  allegiance.epoch(),
                  allegiance.self(),
                  push.session(),
                  allegiance.brokerEpoch(),
                  push.marks().logStartOffset(),
                  push.endOffset(),
                  push.endOffset(),
                  following.highWatermark(),
                  Limits.WINDOW_BYTES)));
    }
    return Optional.empty();
  }

  SortedMap<Integer, BrokerEpoch> proposed(
      SortedMap<Integer, BrokerEpoch> isr, Optional<Reign> reign) {
    if (mutation != Mutation.JOIN_WITHOUT_FETCH || reign.isEmpty()) {
      return isr;
    }
    SortedMap<Integer, BrokerEpoch> wider = new TreeMap<>(isr);
    reign.get().state().followers().keySet().forEach(id -> wider.putIfAbsent(id, ANY));
    return wider;
  }

  /** The simulated controller's adapter puts the registered epoch in its place. */
  static final BrokerEpoch ANY = new BrokerEpoch(Long.MAX_VALUE);

  void afterEvent(Reign reign) {
    if (mutation == Mutation.CONFIRMED_ISR_ONLY) {
      Leader leader = reign.state();
      InSync inSync = leader.inSync();
      InSync narrow =
          new InSync(
              inSync.partitionEpoch(),
              inSync.confirmed(),
              inSync.eligible(),
              new TreeSet<>(),
              inSync.outstanding());
      replace(
          reign,
          new Leader(
              leader.terms(),
              leader.logStartOffset(),
              leader.logEndOffset(),
              leader.durableEndOffset(),
              leader.highWatermark(),
              narrow,
              leader.followers()));
    }
  }

  private static void replace(Reign reign, Leader leader) {
    try {
      Field field = Reign.class.getDeclaredField("leader");
      field.setAccessible(true);
      field.set(reign, leader);
    } catch (ReflectiveOperationException changed) {
      throw new LinkageError(changed.getMessage(), changed);
    }
  }
}
