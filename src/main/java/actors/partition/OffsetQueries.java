package actors.partition;

import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.common.protocol.Errors;
import storage.log.EpochHistory;
import storage.log.PartitionLog;
import storage.log.TimestampOffset;

/** Answers questions about offsets from the log, never past what readers may see. */
final class OffsetQueries {
  private final PartitionLog log;
  private final Readership.View view;

  OffsetQueries(PartitionLog log, Readership.View view) {
    this.log = log;
    this.view = view;
  }

  ReplicaReply.OffsetFound answer(long correlation, OffsetQuery query) {
    if (query instanceof OffsetQuery.Earliest) {
      return found(correlation, log.logStartOffset(), -1);
    }
    if (query instanceof OffsetQuery.Latest latest) {
      return view.isBehindEarlierReigns()
          ? Replies.offsetRefused(correlation, Errors.OFFSET_NOT_AVAILABLE)
          : new ReplicaReply.OffsetFound(
              correlation,
              Errors.NONE,
              latest.committedOnly() ? view.lastStableOffset() : view.highWatermark(),
              -1,
              view.epoch().value());
    }
    if (query instanceof OffsetQuery.ByTimestamp by) {
      return found(correlation, log.offsetForTimestamp(by.timestampMillis()));
    }
    if (query instanceof OffsetQuery.MaxTimestamp) {
      return found(correlation, log.maxTimestamp());
    }
    return endOfEpoch(correlation, ((OffsetQuery.EndOfEpoch) query).leaderEpoch());
  }

  /** A record that is not committed yet is not there for readers. */
  private ReplicaReply.OffsetFound found(long correlation, Optional<TimestampOffset> record) {
    return record
        .filter(each -> each.offset() < view.highWatermark())
        .map(each -> found(correlation, each.offset(), each.timestamp()))
        .orElseGet(() -> new ReplicaReply.OffsetFound(correlation, Errors.NONE, -1, -1, -1));
  }

  private ReplicaReply.OffsetFound found(long correlation, long offset, long timestamp) {
    OptionalInt epoch = log.epochs().epochOf(offset);
    return new ReplicaReply.OffsetFound(
        correlation, Errors.NONE, offset, timestamp, epoch.orElse(view.epoch().value()));
  }

  private ReplicaReply.OffsetFound endOfEpoch(long correlation, int epoch) {
    Optional<EpochHistory.EpochEnd> end = log.endOffsetForEpoch(epoch);
    return new ReplicaReply.OffsetFound(
        correlation,
        Errors.NONE,
        end.map(EpochHistory.EpochEnd::endOffset).orElse(-1L),
        -1,
        end.map(EpochHistory.EpochEnd::epoch).orElse(-1));
  }
}
