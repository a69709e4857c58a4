package actors.partition;

import java.time.Duration;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import storage.log.Cleaning;
import storage.log.FlushTicket;

/**
 * What runs a replica's duties: an actor in production, a simulated machine in a test. What comes
 * of an order comes back as a call of {@link ReplicaDuties}.
 */
interface ReplicaPort {
  /** Where other replicas and the broker reach this one. */
  ActorRef<Replica.Command> self();

  /** Wall clock, for what is written into records. */
  long nowMillis();

  /** Time that never goes back, for timeouts. */
  long monotonicMillis();

  /** Shared by all that lead on this broker. */
  PushBudget pushBudget();

  /** What this broker may send of the partition to replicas that are not in sync. */
  TokenBucket leaderThrottle(PartitionId partition);

  /** What this broker may ask for of the partition while it is not in sync. */
  TokenBucket followerThrottle(PartitionId partition);

  /** May be lost. */
  void send(Addressee to, ReplicationMessage message);

  /**
   * The same partition's replica on another broker.
   *
   * @param address the replica itself; empty: whichever runs there
   */
  record Addressee(
      PartitionId partition, int brokerId, Optional<ActorRef<Replica.Command>> address) {}

  /** Then {@link ReplicaDuties#peerGone} when that replica is. */
  void watch(int brokerId, ActorRef<Replica.Command> peer);

  void unwatch(ActorRef<Replica.Command> peer);

  /** To the controller; may be lost. Then {@link ReplicaDuties#proposalAnswered}. */
  void propose(PartitionId partition, IsrProposal proposal);

  /** To the controller; may be lost. Then {@link ReplicaDuties#damageAnswered}. */
  void report(PartitionId partition, Damage damage);

  /** {@link ReplicaDuties#writeGathered} once all that waits has been looked at. */
  void writeSoon();

  /** Force the ticket off this thread, then {@link ReplicaDuties#flushEnded}. */
  void flush(FlushTicket ticket);

  /** Shared by all that have logs compacted on this broker. */
  CleaningBudget cleaningBudget();

  /** Take it a step further off this thread, then {@link ReplicaDuties#cleaningStepped}. */
  void clean(Cleaning cleaning);

  /** {@link ReplicaDuties#tend}, once. */
  void tendIn(Duration delay);

  /** {@link ReplicaDuties#noteHighWatermark}, once. */
  void noteIn(Duration delay);

  /** {@link ReplicaDuties#housekeep} again and again, in place of any interval before. */
  void housekeepEvery(Duration interval);

  /** {@link ReplicaDuties#clean} again and again, in place of any interval before. */
  void cleanEvery(Duration interval);

  /** None of the above comes any more until it is asked for again. */
  void cancelTimers();
}
