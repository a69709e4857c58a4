package actors.partition;

import org.apache.kafka.common.protocol.Errors;
import storage.log.Cleaning;
import storage.log.Corruption;
import storage.log.FlushTicket;

/**
 * What a replica's duties may do to the world around them. The actor is one implementation, the
 * simulation another; what comes of an order comes back as an event.
 */
interface Surroundings {
  /** Wall clock, for what is written into records. */
  long nowMillis();

  /** Time that never goes back, for timeouts. */
  long monotonicMillis();

  /** To the same partition's replica on another broker; may be lost. */
  void send(int brokerId, ReplicationMessage message);

  /** What is under way to followers counts against it. */
  PushBudget pushBudget();

  /** What goes to followers that are not in sync counts against it. */
  TokenBucket leaderThrottle();

  /** What comes while this replica is not in sync counts against it. */
  TokenBucket followerThrottle();

  /** To the controller; may be lost. The answer is an event, and a newer image is another. */
  void propose(IsrProposal proposal);

  /**
   * A batch of the replica's own log is damaged: the controller is to hear of it.
   *
   * @param offset that was wanted
   * @return what to tell whoever wanted it
   */
  Errors damaged(long offset, Corruption what);

  /** The replica is to write what it has gathered once it has looked at all that waits for it. */
  void writeSoon();

  /** Force the ticket off this thread, then tell the replica. */
  void flush(FlushTicket ticket);

  /** Shared by all that have logs compacted on this broker. */
  CleaningBudget cleaningBudget();

  /** Take the cleaning a step further off this thread, then tell the replica. */
  void clean(Cleaning cleaning);

  /**
   * Tend the replica in a while, once, however often this is said meanwhile: to repeat what was
   * lost.
   */
  void tendSoon();
}
