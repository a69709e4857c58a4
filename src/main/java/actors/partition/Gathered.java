package actors.partition;

import java.util.ArrayList;
import java.util.List;

/** Appends that arrived while the replica was busy and go to disk in one write. */
final class Gathered {
  private List<Replica.Append> appends = new ArrayList<>();
  private long bytes;

  void add(Replica.Append append) {
    appends.add(append);
    bytes += append.records().remaining();
  }

  boolean isFull() {
    return bytes >= Limits.GATHERED_BYTES_MAX || appends.size() >= Limits.GATHERED_BATCHES_MAX;
  }

  boolean isFirst() {
    return appends.size() == 1;
  }

  List<Replica.Append> take() {
    List<Replica.Append> taken = appends;
    appends = new ArrayList<>();
    bytes = 0;
    return taken;
  }
}
