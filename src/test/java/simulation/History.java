package simulation;

import java.util.ArrayList;
import java.util.List;

/** What clients have seen. */
public final class History {
  private final List<Acknowledged> acknowledged = new ArrayList<>();
  private long sent;
  private long read;
  private long refused;

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

  void refused() {
    refused++;
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
        + refused
        + " refused, "
        + acknowledged.size()
        + " acked, "
        + read
        + " read";
  }
}
