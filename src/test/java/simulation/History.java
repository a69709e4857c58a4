package simulation;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/** What clients have seen. */
public final class History {
  private final List<Acknowledged> acknowledged = new ArrayList<>();
  private final EnumMap<Errors, Integer> refusals = new EnumMap<>(Errors.class);
  private long sent;
  private long read;

  /**
   * A batch that a broker has answered for.
   *
   * @param offset of its first record
   * @param value of its first record; values of a producer are numbered
   */
  public record Acknowledged(
      int partition,
      int producer,
      long value,
      int count,
      long offset,
      short acks,
      boolean idempotent,
      long atMicros) {}

  void sent() {
    sent++;
  }

  void refused(Errors why) {
    refusals.merge(why, 1, Integer::sum);
  }

  /** How often producers were told so. */
  public int refusals(Errors why) {
    return refusals.getOrDefault(why, 0);
  }

  void read(int records) {
    read += records;
  }

  void acknowledged(Acknowledged batch) {
    acknowledged.add(batch);
  }

  public List<Acknowledged> acknowledged() {
    return acknowledged;
  }

  long readCount() {
    return read;
  }

  @Override
  public String toString() {
    return sent
        + " sent, "
        + refusals
        + " refused, "
        + acknowledged.size()
        + " acked, "
        + read
        + " read";
  }
}
