package simulation;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import storage.log.Corruption;
import storage.log.FetchRegion;
import storage.log.PartitionLog;
import storage.log.ReadOutcome;
import storage.record.RecordBatch;

/**
 * What a log holds, as a chain: for the end of each batch a number that depends on every batch up
 * to there. Two logs are the same up to an offset if both have the same number there.
 */
public final class Ghost {
  private static final int READ_BYTES = 1 << 20;

  private long[] ends = new long[64];
  private long[] chains = new long[64];
  private long[] producers = new long[64];
  private int[] sequences = new int[64];
  private int count;
  private int soundCount = Integer.MAX_VALUE;
  private String fault = "";
  private long changes;
  private long start;
  private long seed;
  private boolean known = true;
  private Optional<Truth> truth = Optional.empty();
  private Optional<Truth> compacted = Optional.empty();
  private boolean damaged;

  /** Of a log whose beginning may be deleted: it then goes on as what was committed does. */
  Ghost of(Truth committed) {
    truth = Optional.of(committed);
    return this;
  }

  /** Of a log from which compaction may take what was committed: its gaps are held to that. */
  Ghost compactedOf(Truth truth) {
    compacted = Optional.of(truth);
    return this;
  }

  /** Nobody knows what a disk holds that has lost something, until its log is opened again. */
  void forget() {
    count = 0;
    start = 0;
    seed = 0;
    changes++;
    known = false;
  }

  /** Bits of the log have been flipped: it may not be readable to its end. */
  void expectDamage() {
    damaged = true;
  }

  /** The log is gone, and whoever has it begins anew. */
  void clear() {
    forget();
    known = true;
  }

  boolean isKnown() {
    return known;
  }

  public long end() {
    return count == 0 ? start : ends[count - 1];
  }

  /** Takes note of what was written or cut since. */
  void sync(PartitionLog log) {
    known = true;
    while (count > 0 && ends[count - 1] > log.logEndOffset()) {
      count--;
      changes++;
    }
    if (log.logStartOffset() > end()
        || log.logEndOffset() <= start
        || log.logStartOffset() == log.logEndOffset()) {
      begin(log);
    }
    if (count <= soundCount) {
      soundCount = Integer.MAX_VALUE;
    }
    while (end() < log.logEndOffset()) {
      ReadOutcome outcome =
          log.read(Math.max(end(), log.logStartOffset()), READ_BYTES, log.logEndOffset(), true);
      if (outcome instanceof Corruption && damaged) {
        known = false;
        return;
      }
      if (compacted.isPresent() && outcome instanceof FetchRegion region && region.isEmpty()) {
        return; // the log was cut in a gap
      }
      if (!(outcome instanceof FetchRegion region) || region.isEmpty()) {
        throw new SimulationFailure(
            Rule.NOTHING_BREAKS, "cannot read " + log.partition() + " from " + end());
      }
      ByteBuffer bytes = region.readFully();
      int at = 0;
      while (bytes.limit() - at >= RecordBatch.HEADER_SIZE
          && RecordBatch.size(bytes, at) <= bytes.limit() - at) {
        if (!RecordBatch.hasValidCrc(bytes, at)) {
          throw new SimulationFailure(
              Rule.SOUND_BATCHES, log.partition() + " holds a damaged batch at " + end());
        }
        if (compacted.isPresent() && compacted.get().explains(this, bytes, at)) {
          extend(compacted.get().committed(), RecordBatch.lastOffset(bytes, at) + 1);
        } else {
          add(bytes, at);
        }
        at += RecordBatch.size(bytes, at);
      }
    }
  }

  /** Reads all of it again. */
  void rescan(PartitionLog log) {
    begin(log);
    sync(log);
  }

  private void begin(PartitionLog log) {
    count = 0;
    changes++;
    start = log.replicatedRange().startOffset();
    seed = truth.filter(all -> all.committed().hasBoundary(start)).map(this::chainOf).orElse(start);
  }

  private long chainOf(Truth all) {
    return all.committed().chainAt(start);
  }

  private void add(ByteBuffer bytes, int at) {
    long producer = RecordBatch.producerId(bytes, at);
    if (producer != RecordBatch.NO_PRODUCER_ID) {
      checkSequence(producer, RecordBatch.baseSequence(bytes, at));
    }
    add(
        RecordBatch.lastOffset(bytes, at) + 1,
        link(chainAtEnd(), bytes, at),
        producer,
        RecordBatch.baseSequence(bytes, at)
            + (int) (RecordBatch.lastOffset(bytes, at) - RecordBatch.baseOffset(bytes, at)));
  }

  private void add(long end, long chain, long producer, int lastSequence) {
    if (count == ends.length) {
      ends = Arrays.copyOf(ends, 2 * count);
      chains = Arrays.copyOf(chains, 2 * count);
      producers = Arrays.copyOf(producers, 2 * count);
      sequences = Arrays.copyOf(sequences, 2 * count);
    }
    ends[count] = end;
    chains[count] = chain;
    producers[count] = producer;
    sequences[count] = lastSequence;
    count++;
    changes++;
  }

  private void checkSequence(long producer, int sequence) {
    int before = count - 1;
    while (before >= 0 && producers[before] != producer) {
      before--;
    }
    // A leader that was deposed may know nothing of a producer, and take what will be cut again.
    int expected = before < 0 ? sequence : sequences[before] + 1;
    if (sequence != expected && count < soundCount) {
      soundCount = count;
      fault =
          "at %d producer %d has sequence %d, expected %d"
              .formatted(end(), producer, sequence, expected);
    }
  }

  /** What an idempotent producer's batches have wrong: one twice, missing, or out of order. */
  public Optional<String> fault() {
    return count > soundCount ? Optional.of(fault) : Optional.empty();
  }

  /** Counts what was added and cut. */
  long changes() {
    return changes;
  }

  static long link(long before, ByteBuffer bytes, int at) {
    long chain = 31 * before + RecordBatch.baseOffset(bytes, at);
    chain = 31 * chain + RecordBatch.leaderEpoch(bytes, at);
    chain = 31 * chain + RecordBatch.crc(bytes, at);
    return chain * 0x9E3779B97F4A7C15L;
  }

  long chainAtEnd() {
    return count == 0 ? seed : chains[count - 1];
  }

  /** Whether a batch ends there, or the log begins there. */
  boolean hasBoundary(long offset) {
    return offset == start || Arrays.binarySearch(ends, 0, count, offset) >= 0;
  }

  long chainAt(long offset) {
    int index = Arrays.binarySearch(ends, 0, count, offset);
    if (index < 0 && offset != start) {
      throw new SimulationFailure(Rule.ONE_HISTORY, "no batch ends at " + offset + " in " + this);
    }
    return index < 0 ? seed : chains[index];
  }

  /** Whether both logs hold the same up to the offset. */
  public boolean agrees(Ghost other, long offset) {
    return hasBoundary(offset)
        && other.hasBoundary(offset)
        && chainAt(offset) == other.chainAt(offset);
  }

  /** Goes on as the other does, up to an offset at which one of its batches ends. */
  void extend(Ghost other, long offset) {
    for (int i = 0; i < other.count && other.ends[i] <= offset; i++) {
      if (other.ends[i] > end()) {
        add(other.ends[i], other.chains[i], other.producers[i], other.sequences[i]);
      }
    }
  }

  @Override
  public String toString() {
    return start + ".." + Arrays.toString(Arrays.copyOf(ends, count));
  }
}
