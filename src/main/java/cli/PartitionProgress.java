package cli;

import java.util.Map;
import java.util.OptionalLong;

/**
 * What a partition's leader says of its replicas.
 *
 * @param leader broker id
 * @param epoch of the leader
 * @param highWatermark end of what consumers see
 * @param logEndOffsets by broker id; -1 of one that the leader has not heard
 */
record PartitionProgress(
    int leader, int epoch, long highWatermark, Map<Integer, Long> logEndOffsets) {

  OptionalLong logEndOffset(int broker) {
    long end = logEndOffsets.getOrDefault(broker, -1L);
    return end < 0 ? OptionalLong.empty() : OptionalLong.of(end);
  }

  /** How many records the leader has that the broker's replica has not. */
  OptionalLong lag(int broker) {
    OptionalLong own = logEndOffset(broker);
    OptionalLong leaders = logEndOffset(leader);
    return own.isPresent() && leaders.isPresent()
        ? OptionalLong.of(Math.max(0, leaders.getAsLong() - own.getAsLong()))
        : OptionalLong.empty();
  }
}
