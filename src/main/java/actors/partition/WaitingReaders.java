package actors.partition;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Readers that have seen all there is and wait for more. A reader is known by its address and
 * correlation; registering again replaces what it said before.
 */
final class WaitingReaders {
  private final Map<Key, Replica.Read> waiting = new LinkedHashMap<>();

  private record Key(ActorRef<ReplicaReply> replyTo, long correlation) {}

  /**
   * @return false if there are too many already; the reader is then not kept
   */
  boolean add(Replica.Read read) {
    if (waiting.size() >= Limits.WAITING_READERS_MAX) {
      return false;
    }
    waiting.put(new Key(read.replyTo(), read.correlation()), read);
    return true;
  }

  void remove(ActorRef<ReplicaReply> replyTo, long correlation) {
    waiting.remove(new Key(replyTo, correlation));
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Takes out the readers for whom there is something now. */
  List<Replica.Read> takeReady(long highWatermark, long lastStableOffset) {
    if (waiting.isEmpty()) {
      return List.of();
    }
    List<Replica.Read> ready = new ArrayList<>(waiting.size());
    for (Iterator<Replica.Read> reads = waiting.values().iterator(); reads.hasNext(); ) {
      Replica.Read read = reads.next();
      long readable = read.committedOnly() ? lastStableOffset : highWatermark;
      if (readable > read.waitPast()) {
        ready.add(read);
        reads.remove();
      }
    }
    return ready;
  }

  /** Takes out everyone: the reign is over. */
  List<Replica.Read> takeAll() {
    List<Replica.Read> all = List.copyOf(waiting.values());
    waiting.clear();
    return all;
  }
}
