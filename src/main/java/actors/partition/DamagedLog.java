package actors.partition;

import actors.BrokerEpoch;
import actors.Outcome;
import actors.controller.PartitionImage;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.log.Corruption;
import storage.log.LogDirectory;
import storage.log.PartitionLog;

/**
 * Carries out what {@link Damage} says, throughout a replica's roles: says which batches are
 * damaged, reports that, and cuts the log when that is safe. Confined to the replica's actor.
 */
final class DamagedLog {
  private static final Logger LOG = LoggerFactory.getLogger(DamagedLog.class);

  /** Damaged places are named once each in the log, up to so many. */
  private static final int PLACES_NAMED_MAX = 100;

  private final Port port;
  private final Set<Corruption> named = new HashSet<>();
  private Optional<Damage> damage = Optional.empty();
  private Optional<Damage.Terms> terms = Optional.empty();
  private long quietUntilMillis = Long.MIN_VALUE;
  private long pauseMillis = Damage.PAUSE_MILLIS_MIN;

  /** What it does to the world around it. */
  interface Port {
    /** Whose log it is, for people. */
    String name();

    /** Monotonic. */
    long monotonicMillis();

    /** To the controller; may be lost. The answer comes as {@link #answered}. */
    void report(Damage damage);

    /** Then {@link #tend}. */
    void tendSoon();
  }

  DamagedLog(Port port) {
    this.port = port;
  }

  /**
   * A batch cannot be read.
   *
   * @param offset that was wanted
   * @return what to tell whoever wanted it: to look for the leader again in a while, or that it is
   *     gone
   */
  Errors found(long offset, Corruption what) {
    if (terms.isEmpty()) {
      return Errors.CORRUPT_MESSAGE;
    }
    if (named.size() < PLACES_NAMED_MAX && named.add(what)) {
      LOG.error("{} is damaged at offset {}: {}", port.name(), offset, what.sentence());
    }
    damage =
        Optional.of(
            damage
                .map(known -> known.foundAt(offset))
                .orElseGet(
                    () ->
                        Damage.found(offset, terms.orElseThrow(), quietUntilMillis, pauseMillis)));
    tend();
    return damage.get().alone() ? Errors.CORRUPT_MESSAGE : Errors.KAFKA_STORAGE_ERROR;
  }

  /** Reports again if it is time to. */
  void tend() {
    if (damage.isEmpty() || damage.get().alone()) {
      return;
    }
    long now = port.monotonicMillis();
    if (damage.get().isReportDue(now)) {
      Damage reported = damage.get().reported(now);
      damage = Optional.of(reported);
      quietUntilMillis = reported.quietUntilMillis();
      pauseMillis = reported.pauseMillis();
      port.report(reported);
    }
    port.tendSoon();
  }

  /** The controller has answered a report made at this partition epoch. */
  void answered(int partitionEpoch, Outcome<PartitionImage> answer) {
    Optional<Damage> before = damage;
    damage = damage.map(known -> known.answered(partitionEpoch, answer));
    if (damage.isPresent() && damage.get().alone() && !before.get().alone()) {
      LOG.error(
          "{} stays as it is, damaged from offset {} on: nobody else can give it back now. Reads of"
              + " damaged batches are refused with CORRUPT_MESSAGE, everything else is served ({})",
          port.name(),
          damage.get().offset(),
          answer.fold(image -> "", Outcome.Refused::message));
    }
  }

  /** A decision has been carried out, with the log as it is. */
  void assumed(PartitionImage image, BrokerEpoch life) {
    Damage.Terms newer = Damage.Terms.of(image, life);
    terms = Optional.of(newer);
    damage = damage.map(known -> known.under(newer));
    tend();
  }

  /**
   * Called before the replica follows under an image that it has not followed under yet. Cuts the
   * log where it is damaged if this replica counts nowhere: the only case in which a log is cut
   * before its high watermark though its leader has the records.
   */
  void beforeFollowing(
      PartitionImage image,
      int brokerId,
      PartitionLog log,
      LogDirectory directory,
      long nowMillis) {
    if (damage.isEmpty() || !damage.get().mayBeCut(image, brokerId)) {
      return;
    }
    long before = log.logEndOffset();
    long end = log.truncateTo(damage.get().offset(), nowMillis);
    directory.highWatermark(
        log.partition(), Math.min(directory.highWatermark(log.partition()), end));
    damage = Optional.empty();
    named.clear();
    LOG.warn(
        "{} is cut from {} to {}, where it was damaged; broker {} has the rest",
        log.partition(),
        before,
        end,
        image.leader());
  }
}
