package actors.partition;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import actors.Outcome;
import actors.controller.PartitionImage;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import storage.log.Cleaning;
import storage.log.FlushTicket;
import storage.log.StorageFailure;

/**
 * One replica of one partition: owns its log, and leads or follows as the controller has decided.
 * Sharded, one entity a replica, pinned to the broker whose disk holds the files.
 */
public final class Replica {
  private Replica() {}

  /**
   * The actor of one replica. It does nothing before it is told what to {@link Assume}.
   *
   * @param entityId for its log lines
   */
  public static Behavior<Command> create(ReplicaContext context, String entityId) {
    return ReplicaActor.create(context, entityId);
  }

  public sealed interface Command {}

  /**
   * From the replica of the same partition on another broker; in which epoch is in the message, and
   * compared before anything else.
   *
   * @param sender whom to answer directly, without asking again where it lives
   */
  public record FromPeer(ReplicationMessage message, ActorRef<Command> sender) implements Command {}

  /**
   * What the controller has decided of this partition; sent at start and at each change, and
   * repeated freely: older epochs are ignored.
   *
   * @param topicConfigs the topic's own settings by Kafka's names
   * @param brokerEpoch in which this broker is registered
   */
  public record Assume(
      PartitionId id,
      PartitionImage image,
      Map<String, String> topicConfigs,
      BrokerEpoch brokerEpoch,
      ActorRef<Assumed> replyTo)
      implements Command {}

  /**
   * The decision is carried out; or, if the first that it is told is to lead, the replica is there
   * and will open its log when it is told again or asked for anything.
   *
   * @param epoch the one assumed; {@link LeaderEpoch#NONE}: none yet
   * @param self talk to the replica directly from now on
   * @param offline its disk has failed: it neither leads nor follows. Also said unasked, when that
   *     happens
   */
  public record Assumed(
      PartitionId id, LeaderEpoch epoch, ActorRef<Command> self, boolean offline) {}

  /**
   * Append what a producer sent.
   *
   * @param records one or more whole v2 batches, already validated by the edge; the replica stamps
   *     them in place and the caller must not touch them again
   * @param acks 0, 1 or -1 (all)
   */
  public record Append(
      long correlation, ByteBuffer records, short acks, ActorRef<ReplicaReply> replyTo)
      implements Command {}

  /**
   * Append what follows from what the log said before: only in the reign in which the writer has
   * read it, refused with FENCED_LEADER_EPOCH in any other. For writers on the leader's broker.
   */
  public record AppendInReign(LeaderEpoch epoch, Append append) implements Command {}

  /**
   * Read for a consumer.
   *
   * @param offset first offset wanted
   * @param maxBytes of the answer; the first batch comes whole even if it is larger and {@code
   *     atLeastOneBatch}
   * @param committedOnly up to the last stable offset instead of the high watermark
   * @param leaderEpoch the epoch the client believes in, compared first; empty: not said
   * @param waitPast while nothing past this offset is readable, the reader is remembered and told
   *     once more when there is; {@link #DO_NOT_WAIT} for a single answer
   */
  public record Read(
      long correlation,
      long offset,
      int maxBytes,
      boolean atLeastOneBatch,
      boolean committedOnly,
      OptionalInt leaderEpoch,
      long waitPast,
      ActorRef<ReplicaReply> replyTo)
      implements Command {
    public static final long DO_NOT_WAIT = -1;
  }

  /** The reader of this correlation no longer waits. */
  public record CancelRead(long correlation, ActorRef<ReplicaReply> replyTo) implements Command {}

  public record FindOffset(
      long correlation, OffsetQuery query, OptionalInt leaderEpoch, ActorRef<ReplicaReply> replyTo)
      implements Command {}

  /**
   * Delete what a partition's leader has before an offset; answered with {@link
   * ReplicaReply.RecordsDeleted} once it is deleted for good.
   *
   * @param beforeOffset exclusive; {@link #HIGH_WATERMARK}: all that is committed
   * @param timeoutMillis the replica forgets who asks some time after this; whoever asks has to
   *     look at the time as well
   */
  public record DeleteRecords(
      long correlation, long beforeOffset, int timeoutMillis, ActorRef<ReplicaReply> replyTo)
      implements Command {
    public static final long HIGH_WATERMARK = -1;
  }

  /** How the replica stands, and, where it leads, the others as far as it knows. */
  public record Describe(long correlation, ActorRef<ReplicaReply> replyTo) implements Command {}

  /** The replica's own: batches that wait in {@link Gathered} go to disk now. */
  record WriteGathered() implements Command {}

  /**
   * The replica's own: a flush that was begun has ended.
   *
   * @param failure what the disk said, if it failed
   */
  record FlushEnded(FlushTicket ticket, Optional<StorageFailure> failure) implements Command {}

  /** The replica's own: let the next checkpoint know the high watermark. */
  record NoteHighWatermark() implements Command {}

  /** The replica's own: look after retention, flushing by time, and files to be removed. */
  record Housekeep() implements Command {}

  /** The replica's own: look whether the log is to be compacted. */
  record Clean() implements Command {}

  /**
   * The replica's own: a step of a cleaning has ended.
   *
   * @param failure what went wrong, if something did
   */
  record CleaningStepped(Cleaning cleaning, Optional<RuntimeException> failure)
      implements Command {}

  /** The replica's own: make good what messages to and from other brokers have lost. */
  record Tend() implements Command {}

  /** The replica's own: the controller has answered a proposal made at this partition epoch. */
  record ProposalAnswered(int partitionEpoch, Outcome<PartitionImage> answer) implements Command {}

  /** The replica's own: the controller has answered a report made at this partition epoch. */
  record DamageAnswered(int partitionEpoch, Outcome<PartitionImage> answer) implements Command {}

  /** The replica's own: the replica on another broker is gone. */
  record PeerGone(int brokerId, ActorRef<Command> peer) implements Command {}

  /** Stop and close the files cleanly; answered when they are closed. */
  public record Close(ActorRef<Done> replyTo) implements Command {}

  /** The topic is gone: close and remove the files. */
  public record Delete(ActorRef<Done> replyTo) implements Command {}
}
