package storage.log;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * At which offset each leader epoch of a log began; immutable. It decides where a follower's log
 * and its leader's part (<a
 * href="https://cwiki.apache.org/confluence/display/KAFKA/KIP-101">KIP-101</a> and <a
 * href="https://cwiki.apache.org/confluence/display/KAFKA/KIP-279">KIP-279</a>).
 *
 * <p>Epochs and start offsets both rise strictly from one entry to the next.
 *
 * @param entries by epoch, ascending
 */
public record EpochHistory(List<Entry> entries) {
  /** The history of a log to which no leader wrote. */
  public static final EpochHistory EMPTY = new EpochHistory(List.of());

  /** An epoch and the offset of its first record. */
  public record Entry(int epoch, long startOffset) {}

  /**
   * Answers where an epoch ends.
   *
   * @param epoch the largest known epoch that is not after the one asked for
   * @param endOffset the offset at which the next epoch begins, or the log's end; exclusive
   */
  public record EpochEnd(int epoch, long endOffset) {}

  public EpochHistory {
    entries = List.copyOf(entries);
    for (int i = 1; i < entries.size(); i++) {
      Entry before = entries.get(i - 1);
      Entry entry = entries.get(i);
      InvariantViolation.check(
          before.epoch < entry.epoch, "epoch %d is followed by %d", before.epoch, entry.epoch);
      InvariantViolation.check(
          before.startOffset < entry.startOffset,
          "an epoch that starts at %d is followed by one that starts at %d",
          before.startOffset,
          entry.startOffset);
    }
  }

  public OptionalInt latestEpoch() {
    return entries.isEmpty()
        ? OptionalInt.empty()
        : OptionalInt.of(entries.get(entries.size() - 1).epoch);
  }

  /**
   * Begins an epoch. Earlier epochs that begin at the same offset hold no record, and are dropped.
   *
   * @param startOffset at or after the start of the latest epoch
   */
  public EpochHistory assign(int epoch, long startOffset) {
    int latest = latestEpoch().orElse(-1);
    if (epoch == latest) {
      return this;
    }
    InvariantViolation.check(epoch > latest, "epoch %d would follow epoch %d", epoch, latest);
    List<Entry> next = new ArrayList<>(truncateFromEnd(startOffset).entries);
    next.add(new Entry(epoch, startOffset));
    return new EpochHistory(next);
  }

  /** Without the epochs that begin at or after an offset. */
  public EpochHistory truncateFromEnd(long endOffset) {
    return entries.isEmpty() || entries.get(entries.size() - 1).startOffset < endOffset
        ? this
        : new EpochHistory(
            entries.stream().filter(entry -> entry.startOffset < endOffset).toList());
  }

  /** Without the epochs that end at or before an offset; the first one left begins at it. */
  public EpochHistory truncateFromStart(long startOffset) {
    int covering = coveringIndex(startOffset);
    if (covering < 0) {
      return this;
    }
    List<Entry> next = new ArrayList<>(entries.subList(covering, entries.size()));
    next.set(0, new Entry(next.get(0).epoch, startOffset));
    return new EpochHistory(next);
  }

  /** The epoch of the record at an offset; empty before the first epoch. */
  public OptionalInt epochOf(long offset) {
    int covering = coveringIndex(offset);
    return covering < 0 ? OptionalInt.empty() : OptionalInt.of(entries.get(covering).epoch);
  }

  private int coveringIndex(long offset) {
    int index = entries.size() - 1;
    while (index >= 0 && entries.get(index).startOffset > offset) {
      index--;
    }
    return index;
  }

  /**
   * Where an epoch ends in this log; empty if the log knows no epoch as late as the one asked for,
   * or none at all.
   *
   * @param logEndOffset where the latest epoch ends
   */
  public Optional<EpochEnd> endOffsetFor(int epoch, long logEndOffset) {
    int latest = latestEpoch().orElse(-1);
    if (epoch < 0 || epoch > latest) {
      return Optional.empty();
    }
    if (epoch == latest) {
      return Optional.of(new EpochEnd(epoch, logEndOffset));
    }
    int next = 0;
    while (entries.get(next).epoch <= epoch) {
      next++;
    }
    int answered = next == 0 ? epoch : entries.get(next - 1).epoch;
    return Optional.of(new EpochEnd(answered, entries.get(next).startOffset));
  }

  /** The text of a leader-epoch-checkpoint file: version, count, one line for each epoch. */
  public String toText() {
    StringBuilder text = new StringBuilder(16 * entries.size() + 16);
    text.append("0\n").append(entries.size()).append('\n');
    for (Entry entry : entries) {
      text.append(entry.epoch).append(' ').append(entry.startOffset).append('\n');
    }
    return text.toString();
  }

  /** Reads what {@link #toText} writes; empty if the text is something else. */
  public static Optional<EpochHistory> fromText(String text) {
    try {
      List<String> lines = text.lines().toList();
      if (lines.size() < 2
          || !text.endsWith("\n") // else its last number may be cut off
          || Integer.parseInt(lines.get(0)) != 0
          || Integer.parseInt(lines.get(1)) != lines.size() - 2) {
        return Optional.empty();
      }
      List<Entry> entries = new ArrayList<>();
      for (String line : lines.subList(2, lines.size())) {
        int space = line.indexOf(' ');
        if (space < 0) {
          return Optional.empty();
        }
        int epoch = Integer.parseInt(line.substring(0, space));
        long startOffset = Long.parseLong(line.substring(space + 1));
        if (epoch < 0 || startOffset < 0) {
          return Optional.empty();
        }
        entries.add(new Entry(epoch, startOffset));
      }
      return Optional.of(new EpochHistory(entries));
    } catch (NumberFormatException | InvariantViolation corrupt) {
      return Optional.empty();
    }
  }
}
