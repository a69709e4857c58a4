package actors.partition;

import actors.BrokerEpoch;

/**
 * What a leader knows of one follower in its present epoch; immutable.
 *
 * @param brokerEpoch the life in which it fetched last
 * @param startOffset its log start, or {@link #UNKNOWN} before its first fetch in this epoch
 * @param endOffset its log end, or {@link #UNKNOWN} before its first fetch in this epoch
 * @param heldOffset exclusive end of what it counts as held
 * @param fetchedMillis when it said so last; monotonic
 * @param leaderEndAtFetch the leader's log end at that time
 * @param caughtUpMillis when it last held all that the leader had; the reign's beginning before
 *     that
 * @param notBeforeMillis it is not proposed for the ISR before; the controller has refused it
 */
record FollowerProgress(
    BrokerEpoch brokerEpoch,
    long startOffset,
    long endOffset,
    long heldOffset,
    long fetchedMillis,
    long leaderEndAtFetch,
    long caughtUpMillis,
    long notBeforeMillis) {
  static final long UNKNOWN = -1;

  /** A reign begins: nothing is known, and the time it is given to catch up begins. */
  static FollowerProgress unheard(long nowMillis) {
    return new FollowerProgress(
        BrokerEpoch.NONE,
        UNKNOWN,
        UNKNOWN,
        UNKNOWN,
        nowMillis,
        Long.MAX_VALUE,
        nowMillis,
        nowMillis);
  }

  boolean isKnown() {
    return endOffset != UNKNOWN;
  }

  /**
   * It has fetched. As in Kafka, whoever reaches what the leader had at its fetch before was caught
   * up at that time: a follower of a busy leader never reaches the very end.
   */
  FollowerProgress fetched(BrokerEpoch life, LogEnds ends, long leaderEndOffset, long nowMillis) {
    long caughtUp = caughtUpMillis;
    if (ends.heldOffset() >= leaderEndOffset) {
      caughtUp = nowMillis;
    } else if (ends.heldOffset() >= leaderEndAtFetch) {
      caughtUp = Math.max(caughtUp, fetchedMillis);
    }
    return new FollowerProgress(
        life,
        ends.startOffset(),
        ends.endOffset(),
        ends.heldOffset(),
        nowMillis,
        leaderEndOffset,
        caughtUp,
        notBeforeMillis);
  }

  /** It had everything until now. */
  FollowerProgress caughtUpAt(long nowMillis) {
    return new FollowerProgress(
        brokerEpoch,
        startOffset,
        endOffset,
        heldOffset,
        fetchedMillis,
        leaderEndAtFetch,
        nowMillis,
        notBeforeMillis);
  }

  FollowerProgress lost() {
    return new FollowerProgress(
        brokerEpoch,
        UNKNOWN,
        UNKNOWN,
        UNKNOWN,
        fetchedMillis,
        Long.MAX_VALUE,
        caughtUpMillis,
        notBeforeMillis);
  }

  FollowerProgress notBefore(long millis) {
    return new FollowerProgress(
        brokerEpoch,
        startOffset,
        endOffset,
        heldOffset,
        fetchedMillis,
        leaderEndAtFetch,
        caughtUpMillis,
        millis);
  }

  /** Whether it keeps up; one that has everything does, however long ago it said so. */
  boolean isInSync(long leaderEndOffset, long nowMillis, long lagMillisMax) {
    return heldOffset >= leaderEndOffset || nowMillis - caughtUpMillis <= lagMillisMax;
  }

  /**
   * From where to where a follower's log goes.
   *
   * @param startOffset inclusive
   * @param endOffset exclusive
   * @param heldOffset exclusive end of what it counts as held
   */
  record LogEnds(long startOffset, long endOffset, long heldOffset) {}
}
