package actors.partition;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import actors.Outcome;
import actors.controller.PartitionImage;
import org.apache.kafka.common.protocol.Errors;

/**
 * A damaged place in a replica's own log, and how far its mending has come: reported to the
 * controller, again after growing pauses until the partition's image is another; cut off once
 * nobody counts this replica any more. One immutable value; each event yields the next.
 *
 * @param offset what the log has from here on is to be cut off; the smallest found
 * @param terms under which the log as it is may be counted
 * @param alone nobody else has the records, as of these terms: it stays as it is
 * @param quietUntilMillis no report before; monotonic
 * @param pauseMillis how long it is quiet after the next report
 */
record Damage(long offset, Terms terms, boolean alone, long quietUntilMillis, long pauseMillis) {
  static final long PAUSE_MILLIS_MIN = 1_000;
  static final long PAUSE_MILLIS_MAX = 64_000;

  /**
   * What the controller has decided last, as far as the replica knows.
   *
   * @param life of its broker
   */
  record Terms(BrokerEpoch life, LeaderEpoch epoch, int partitionEpoch) {
    static Terms of(PartitionImage image, BrokerEpoch life) {
      return new Terms(life, image.leaderEpoch(), image.partitionEpoch());
    }
  }

  /**
   * @param quietUntilMillis {@link Long#MIN_VALUE} unless something was reported not long ago
   */
  static Damage found(long offset, Terms terms, long quietUntilMillis, long pauseMillis) {
    return new Damage(offset, terms, false, quietUntilMillis, pauseMillis);
  }

  /** Another place, or the same again. */
  Damage foundAt(long another) {
    return another >= offset
        ? this
        : new Damage(another, terms, alone, quietUntilMillis, pauseMillis);
  }

  boolean isReportDue(long nowMillis) {
    return !alone && nowMillis >= quietUntilMillis;
  }

  /** The report is on its way. */
  Damage reported(long nowMillis) {
    return new Damage(
        offset, terms, false, nowMillis + pauseMillis, Math.min(2 * pauseMillis, PAUSE_MILLIS_MAX));
  }

  /**
   * The controller has answered a report that was made at this partition epoch. What else than
   * being alone it says is in the image that comes, or is asked again.
   */
  Damage answered(int partitionEpoch, Outcome<PartitionImage> answer) {
    boolean nobodyElse =
        partitionEpoch == terms.partitionEpoch()
            && answer instanceof Outcome.Refused<PartitionImage> refused
            && refused.error() == Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE;
    return nobodyElse ? new Damage(offset, terms, true, quietUntilMillis, pauseMillis) : this;
  }

  /** The log is as it was, and the controller has decided something since: perhaps others came. */
  Damage under(Terms newer) {
    return newer.equals(terms)
        ? this
        : new Damage(offset, newer, false, quietUntilMillis, pauseMillis);
  }

  /**
   * Whether the log may be cut before this replica follows under an image. It must count nowhere:
   * neither in ISR nor ELR, nor with a leader that has heard of its log as it is.
   */
  boolean mayBeCut(PartitionImage image, int brokerId) {
    return image.leaderEpoch().compareTo(terms.epoch()) > 0
        && image.hasLeader()
        && image.leader() != brokerId
        && image.replicas().contains(brokerId)
        && !image.isr().contains(brokerId)
        && !image.eligible().contains(brokerId);
  }
}
