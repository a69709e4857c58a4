package streams.grpc;

import actors.partition.OffsetQuery;
import java.util.Optional;
import streams.grpc.v1.PartitionRequest.FindOffset;

/** Questions about offsets, from messages and to messages. */
final class Queries {
  private Queries() {}

  /** Empty if it says nothing. */
  static Optional<OffsetQuery> of(FindOffset message) {
    return switch (message.getOfCase()) {
      case BEGINNING -> Optional.of(new OffsetQuery.Earliest());
      case END -> Optional.of(new OffsetQuery.Latest(false));
      case TIMESTAMP_MILLIS ->
          Optional.of(new OffsetQuery.ByTimestamp(message.getTimestampMillis()));
      case GREATEST_TIMESTAMP -> Optional.of(new OffsetQuery.MaxTimestamp());
      case OF_NOT_SET -> Optional.empty();
    };
  }

  /** Empty if it cannot be said to a broker. */
  static Optional<FindOffset> of(OffsetQuery query) {
    FindOffset.Builder message = FindOffset.newBuilder();
    if (query instanceof OffsetQuery.Earliest) {
      return Optional.of(message.setBeginning(true).build());
    }
    if (query instanceof OffsetQuery.Latest) {
      return Optional.of(message.setEnd(true).build());
    }
    if (query instanceof OffsetQuery.ByTimestamp byTimestamp) {
      return Optional.of(message.setTimestampMillis(byTimestamp.timestampMillis()).build());
    }
    return query instanceof OffsetQuery.MaxTimestamp
        ? Optional.of(message.setGreatestTimestamp(true).build())
        : Optional.empty();
  }
}
