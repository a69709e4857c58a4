package clients;

import clients.history.History;
import clients.history.Outcome;
import clients.history.Reading;
import clients.history.Send;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Writes down what many clients do at once, until it is asked for the history. */
final class Recorder {
  private final List<Sent> sends = new ArrayList<>();
  private final List<Reader> readers = new ArrayList<>();
  private final Map<Integer, Long> ackedEnds = new TreeMap<>();
  private final AtomicInteger producers = new AtomicInteger();
  private final AtomicLong values = new AtomicLong();
  private final AtomicLong acked = new AtomicLong();
  private volatile long lastAckNanos = System.nanoTime();
  private volatile long longestGapNanos;

  /** A send whose end may still be open. */
  final class Sent {
    private final int producer;
    private final int partition;
    private final long value;
    private volatile Outcome outcome = Outcome.unknown();

    private Sent(int producer, int partition, long value) {
      this.producer = producer;
      this.partition = partition;
      this.value = value;
    }

    long value() {
      return value;
    }

    void acked(long offset) {
      outcome = Outcome.acked(offset);
      noteAck(partition, offset);
    }

    void failed() {
      outcome = Outcome.failed();
    }

    private Send send() {
      return new Send(producer, partition, value, outcome);
    }
  }

  /** What one consumer reads of one partition between two seeks. */
  static final class Reader {
    private final String name;
    private final int partition;
    private final long startOffset;
    private final boolean complete;
    private final List<Reading.Read> reads = new ArrayList<>();

    private Reader(String name, int partition, long startOffset, boolean complete) {
      this.name = name;
      this.partition = partition;
      this.startOffset = startOffset;
      this.complete = complete;
    }

    synchronized void read(long offset, long value) {
      reads.add(new Reading.Read(offset, value));
    }

    private synchronized Reading reading() {
      return new Reading(name, partition, startOffset, complete, reads);
    }
  }

  int newProducer() {
    return producers.incrementAndGet();
  }

  /** Called in the order in which the producer sends. */
  synchronized Sent sending(int producer, int partition) {
    Sent sent = new Sent(producer, partition, values.incrementAndGet());
    sends.add(sent);
    return sent;
  }

  synchronized Reader reader(String name, int partition, long startOffset, boolean complete) {
    Reader reader = new Reader(name, partition, startOffset, complete);
    readers.add(reader);
    return reader;
  }

  private synchronized void noteAck(int partition, long offset) {
    ackedEnds.merge(partition, offset + 1, Math::max);
    long now = System.nanoTime();
    longestGapNanos = Math.max(longestGapNanos, now - lastAckNanos);
    lastAckNanos = now;
    acked.incrementAndGet();
  }

  /** Up to where each partition has been acknowledged so far; exclusive. */
  synchronized Map<Integer, Long> ackedEnds() {
    return new TreeMap<>(ackedEnds);
  }

  /** How many sends have been acknowledged so far. */
  long acked() {
    return acked.get();
  }

  /** The longest time without any acknowledgement, since it was last restarted. */
  long longestGapMillis() {
    return longestGapNanos / 1_000_000;
  }

  synchronized void restartGap() {
    longestGapNanos = 0;
  }

  synchronized History history() {
    return new History(
        sends.stream().map(Sent::send).toList(), readers.stream().map(Reader::reading).toList());
  }
}
