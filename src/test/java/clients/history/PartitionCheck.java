package clients.history;

import clients.history.Anomaly.Kind;
import clients.history.Reading.Read;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The check of one partition: one method for each rule, over what all clients know together. */
final class PartitionCheck {
  private final int partition;
  private final List<Send> sends;
  private final List<Reading> readings;
  private final Map<Long, Send> sendOf;

  /** Which values were read or acknowledged at an offset. */
  private final NavigableMap<Long, Set<Long>> valuesAt = new TreeMap<>();

  /** At which offsets a value was read. */
  private final Map<Long, NavigableMap<Long, String>> readAt = new HashMap<>();

  private final List<Anomaly> anomalies = new ArrayList<>();

  PartitionCheck(int partition, List<Send> sends, List<Reading> readings) {
    this.partition = partition;
    this.sends = sends;
    this.readings = readings;
    this.sendOf = HistoryChecker.byValue(sends);
    HistoryChecker.ackedByOffset(sends)
        .forEach((offset, values) -> valuesAt.put(offset, new TreeSet<>(values)));
    for (Reading reading : readings) {
      for (Read read : reading.reads()) {
        valuesAt.computeIfAbsent(read.offset(), none -> new TreeSet<>()).add(read.value());
        readAt
            .computeIfAbsent(read.value(), none -> new TreeMap<>())
            .putIfAbsent(read.offset(), reading.reader());
      }
    }
  }

  List<Anomaly> anomalies() {
    anomalies.clear();
    checkOffsets();
    checkValues();
    readings.forEach(this::checkOrder);
    checkAcknowledged();
    readings.stream().filter(Reading::complete).forEach(this::checkComplete);
    checkSendOrder();
    return List.copyOf(anomalies);
  }

  private void found(Kind kind, String detail, Object... about) {
    anomalies.add(new Anomaly(kind, partition, detail.formatted(about)));
  }

  /** One offset, one value. */
  private void checkOffsets() {
    valuesAt.forEach(
        (offset, values) -> {
          if (values.size() > 1) {
            found(Kind.INCONSISTENT_OFFSET, "offset %d has values %s", offset, values);
          }
        });
  }

  /** One value, one offset, and the one that its producer was told. */
  private void checkValues() {
    readAt.forEach(
        (value, offsets) -> {
          Send send = sendOf.get(value);
          if (send == null) {
            found(Kind.NEVER_SENT, "value %d, read at %s", value, offsets);
          } else if (send.outcome() instanceof Outcome.Failed) {
            found(Kind.ABORTED_READ, "value %d, read at %s", value, offsets);
          }
          if (offsets.size() > 1) {
            found(Kind.DUPLICATE, "value %d, read at %s", value, offsets);
          } else if (send != null
              && send.outcome() instanceof Outcome.Acked at
              && !offsets.containsKey(at.offset())) {
            found(
                Kind.WRONG_OFFSET,
                "value %d, acknowledged at %d, read at %s",
                value,
                at.offset(),
                offsets);
          }
        });
  }

  /** Each consumer's offsets go up, and over nothing that is known to be there. */
  private void checkOrder(Reading reading) {
    long next = reading.startOffset();
    for (Read read : reading.reads()) {
      if (read.offset() < next) {
        found(
            Kind.NONMONOTONIC_POLL,
            "%s was given offset %d when it stood at %d",
            reading.reader(),
            read.offset(),
            next);
      } else {
        skipped(reading, next, read.offset());
      }
      next = read.offset() + 1;
    }
  }

  /** What others know of the offsets from here (inclusive) to there (exclusive). */
  private void skipped(Reading reading, long from, long to) {
    if (from >= to) {
      return;
    }
    valuesAt
        .subMap(from, true, to, false)
        .forEach(
            (offset, values) -> {
              if (values.stream().anyMatch(readAt::containsKey)) {
                found(
                    Kind.POLL_SKIP,
                    "%s was not given offset %d (values %s) on its way from %d to %d",
                    reading.reader(),
                    offset,
                    values,
                    from,
                    to);
              }
            });
  }

  /** What is acknowledged and nobody was ever given. */
  private void checkAcknowledged() {
    for (Send send : sends) {
      if (send.outcome() instanceof Outcome.Acked at && !readAt.containsKey(send.value())) {
        if (readings.stream().anyMatch(reading -> reading.covers(at.offset()))) {
          found(
              Kind.LOST,
              "value %d of producer %d, acknowledged at %d, was never read",
              send.value(),
              send.producer(),
              at.offset());
        } else {
          found(
              Kind.UNSEEN,
              "value %d, acknowledged at %d: no reader came there",
              send.value(),
              at.offset());
        }
      }
    }
  }

  /** What somebody was given before, the log must hold in the end. */
  private void checkComplete(Reading reading) {
    Set<Long> held = new HashSet<>();
    reading.reads().forEach(read -> held.add(read.value()));
    readAt.forEach(
        (value, offsets) -> {
          if (!held.contains(value) && offsets.lastKey() >= reading.startOffset()) {
            found(
                Kind.VANISHED,
                "value %d, read at %s, is not among what %s read in the end",
                value,
                offsets,
                reading.reader());
          }
        });
  }

  /** Each producer's records lie in the order in which it sent them. */
  private void checkSendOrder() {
    Map<Integer, Long> lastOffset = new HashMap<>();
    for (Send send : sends) {
      long offset = offsetOf(send);
      if (offset >= 0) {
        Long before = lastOffset.put(send.producer(), offset);
        if (before != null && before > offset) {
          found(
              Kind.NONMONOTONIC_SEND,
              "value %d of producer %d is at %d, one sent before it at %d",
              send.value(),
              send.producer(),
              offset,
              before);
        }
      }
    }
  }

  private long offsetOf(Send send) {
    if (send.outcome() instanceof Outcome.Acked at) {
      return at.offset();
    }
    NavigableMap<Long, String> offsets = readAt.get(send.value());
    return offsets == null ? -1 : offsets.firstKey();
  }
}
