package actors.partition;

import actors.BrokerEpoch;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * One follower that is being pushed to: what is on its way, and how much more may be. Batches that
 * it does not confirm in time are sent again from where it stands. Confined to the leader's actor.
 */
final class PushSession {
  private final BrokerEpoch brokerEpoch;
  private final long number;
  private final PushBudget budget;
  private final Deque<InFlight> inFlight = new ArrayDeque<>();
  private int windowBytes;
  private long inFlightBytes;
  private long nextOffset;
  private long confirmedOffset;
  private long heardMillis;
  private long heldOffset;
  private boolean unanswered;
  private long patienceMillis = Limits.RESEND_MILLIS_MIN;
  private ReplicationMessage.Marks saidMarks;

  private record InFlight(long endOffset, int bytes) {}

  PushSession(
      ReplicationMessage.Fetch fetch,
      ReplicationMessage.Marks said,
      PushBudget budget,
      long nowMillis) {
    this.budget = budget;
    this.brokerEpoch = fetch.brokerEpoch();
    this.number = fetch.session();
    this.windowBytes = fetch.windowBytes();
    this.nextOffset = fetch.endOffset();
    this.confirmedOffset = fetch.endOffset();
    this.saidMarks = said;
    this.heardMillis = nowMillis;
  }

  /** Sessions of one life of a broker are numbered upwards; a later life's come after. */
  boolean isOlderThan(ReplicationMessage.Fetch fetch) {
    return brokerEpoch.value() < fetch.brokerEpoch().value()
        || (brokerEpoch.equals(fetch.brokerEpoch()) && number < fetch.session());
  }

  boolean isMeantBy(ReplicationMessage.Progress progress) {
    return brokerEpoch.equals(progress.brokerEpoch()) && number == progress.session();
  }

  long number() {
    return number;
  }

  long nextOffset() {
    return nextOffset;
  }

  /** A batch larger than the whole window goes when nothing else is under way. */
  boolean hasRoom() {
    return windowBytes > 0 && (inFlight.isEmpty() || inFlightBytes < windowBytes);
  }

  int windowBytes() {
    return windowBytes;
  }

  boolean isIdle() {
    return inFlight.isEmpty();
  }

  /**
   * @param bytes already reserved
   */
  void pushed(long endOffset, int bytes, ReplicationMessage.Marks marks, long nowMillis) {
    if (inFlight.isEmpty()) {
      heardMillis = nowMillis;
    }
    inFlight.addLast(new InFlight(endOffset, bytes));
    inFlightBytes += bytes;
    nextOffset = endOffset;
    saidMarks = marks;
  }

  /** It has spoken. */
  void confirmed(ReplicationMessage.Progress progress, long nowMillis) {
    long endOffset = progress.endOffset();
    windowBytes = progress.windowBytes();
    confirmedOffset = Math.max(confirmedOffset, endOffset);
    // Gone back too early: what it turns out to have is not sent again, and may be deleted by now.
    nextOffset = Math.max(nextOffset, endOffset);
    heldOffset = progress.heldOffset();
    // A late answer to an earlier word is none to the last one.
    unanswered &= !progressKnows(progress, saidMarks);
    if (inFlight.isEmpty()) {
      heardMillis = nowMillis;
    }
    while (!inFlight.isEmpty() && inFlight.peekFirst().endOffset() <= endOffset) {
      int bytes = inFlight.removeFirst().bytes();
      inFlightBytes -= bytes;
      budget.release(bytes);
      heardMillis = nowMillis;
      patienceMillis = Limits.RESEND_MILLIS_MIN;
    }
  }

  private static boolean progressKnows(
      ReplicationMessage.Progress progress, ReplicationMessage.Marks marks) {
    long highWatermark = Math.min(marks.highWatermark(), progress.endOffset());
    return progress.highWatermark() >= highWatermark
        && progress.startOffset() >= Math.min(marks.logStartOffset(), highWatermark);
  }

  /** Nothing was heard for too long: what is under way counts as lost. */
  boolean goesBack(long nowMillis) {
    if (inFlight.isEmpty() || nowMillis - heardMillis < patienceMillis) {
      return false;
    }
    close();
    nextOffset = confirmedOffset;
    heardMillis = nowMillis;
    patienceMillis = Math.min(2 * patienceMillis, Limits.RESEND_MILLIS_MAX);
    return true;
  }

  /** What is under way is not waited for any more. */
  void close() {
    budget.release(inFlightBytes);
    inFlight.clear();
    inFlightBytes = 0;
  }

  boolean knows(ReplicationMessage.Marks marks) {
    return saidMarks.equals(marks);
  }

  /** The marks are on their way; whoever gets them answers. */
  void told(ReplicationMessage.Marks marks, long nowMillis) {
    saidMarks = marks;
    unanswered = true;
    heardMillis = nowMillis;
  }

  boolean isAnswered() {
    return !unanswered;
  }

  /**
   * Nothing is under way, and yet it should have said more by now: that it knows the marks, or that
   * it holds all. The last word to it, or its last word, was lost.
   */
  boolean isSilent(long leaderEndOffset, long nowMillis) {
    return inFlight.isEmpty()
        && (unanswered || heldOffset < leaderEndOffset)
        && nowMillis - heardMillis >= Limits.RESEND_MILLIS_MIN;
  }
}
