package clients.history;

import java.util.List;
import java.util.stream.Stream;

/**
 * All that clients did to one topic, and what came back.
 *
 * @param sends of each producer in the order in which it made them
 */
public record History(List<Send> sends, List<Reading> readings) {
  public History {
    sends = List.copyOf(sends);
    readings = List.copyOf(readings);
  }

  /** The same with more readers. */
  public History with(List<Reading> more) {
    return new History(sends, Stream.concat(readings.stream(), more.stream()).toList());
  }

  /** How many of the sends were acknowledged. */
  public long ackedCount() {
    return sends.stream().filter(send -> send.outcome() instanceof Outcome.Acked).count();
  }

  /** How many of the sends ended without anybody knowing how. */
  public long unknownCount() {
    return sends.stream().filter(send -> send.outcome() instanceof Outcome.Unknown).count();
  }

  /** How many of the sends were refused. */
  public long failedCount() {
    return sends.size() - ackedCount() - unknownCount();
  }
}
