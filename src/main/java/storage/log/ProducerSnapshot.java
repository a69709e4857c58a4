package storage.log;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Producer states as bytes of a {@code .snapshot} file: version (int16, 1), CRC-32C of what follows
 * it (uint32), count (int32), and for each producer: id (int64), epoch (int16), last sequence
 * (int32), last offset (int64), last batch's offset delta (int32), timestamp (int64), coordinator
 * epoch (int32), first offset of the open transaction (int64). A producer has an entry for each
 * batch that is remembered of it, oldest first: whoever keeps one entry to a producer, as Kafka
 * does, reads the last.
 */
final class ProducerSnapshot {
  private static final short VERSION = 1;
  private static final int CRC_AT = 2;
  private static final int COUNT_AT = 6;
  private static final int ENTRIES_AT = 10;
  private static final int ENTRY_SIZE = 46;

  private ProducerSnapshot() {}

  static ByteBuffer encode(Collection<ProducerState> states) {
    int count = states.stream().mapToInt(state -> Math.max(1, state.batches().size())).sum();
    ByteBuffer bytes = ByteBuffer.allocate(ENTRIES_AT + count * ENTRY_SIZE);
    bytes.putShort(VERSION).putInt(0).putInt(count);
    states.forEach(state -> encode(state, bytes));
    bytes.flip();
    bytes.putInt(CRC_AT, crc(bytes));
    return bytes;
  }

  private static void encode(ProducerState state, ByteBuffer bytes) {
    int left = state.batches().size();
    for (ProducerState.Batch batch : state.batches()) {
      left--;
      begin(state, batch.lastSequence(), bytes);
      bytes
          .putLong(batch.lastOffset())
          .putInt((int) (batch.lastOffset() - batch.firstOffset()))
          .putLong(left == 0 ? state.lastTimestamp() : batch.timestamp());
      end(state, bytes);
    }
    if (state.batches().isEmpty()) {
      begin(state, ProducerState.NO_SEQUENCE, bytes);
      bytes.putLong(-1).putInt(0).putLong(state.lastTimestamp());
      end(state, bytes);
    }
  }

  private static void begin(ProducerState state, int lastSequence, ByteBuffer bytes) {
    bytes.putLong(state.producerId()).putShort(state.epoch()).putInt(lastSequence);
  }

  private static void end(ProducerState state, ByteBuffer bytes) {
    bytes.putInt(state.coordinatorEpoch()).putLong(state.transactionFirstOffset());
  }

  /** The states in a file's bytes; empty if the bytes are anything but a whole snapshot. */
  static Optional<List<ProducerState>> decode(ByteBuffer bytes) {
    if (bytes.limit() < ENTRIES_AT
        || bytes.getShort(0) != VERSION
        || bytes.getInt(CRC_AT) != crc(bytes)) {
      return Optional.empty();
    }
    int count = bytes.getInt(COUNT_AT);
    if (count < 0 || ENTRIES_AT + (long) count * ENTRY_SIZE != bytes.limit()) {
      return Optional.empty();
    }
    List<ProducerState> states = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      add(decode(bytes, ENTRIES_AT + i * ENTRY_SIZE), states);
    }
    return Optional.of(states);
  }

  /** An entry that goes on with the producer of the one before brings another of its batches. */
  private static void add(ProducerState entry, List<ProducerState> states) {
    ProducerState before = states.isEmpty() ? null : states.get(states.size() - 1);
    if (before == null || before.producerId() != entry.producerId()) {
      states.add(entry);
      return;
    }
    List<ProducerState.Batch> batches = new ArrayList<>(before.batches());
    batches.addAll(entry.batches());
    int from = Math.max(0, batches.size() - Limits.PRODUCER_BATCHES);
    states.set(
        states.size() - 1,
        new ProducerState(
            entry.producerId(),
            entry.epoch(),
            batches.subList(from, batches.size()),
            entry.coordinatorEpoch(),
            entry.transactionFirstOffset(),
            entry.lastTimestamp()));
  }

  private static ProducerState decode(ByteBuffer bytes, int at) {
    int lastSequence = bytes.getInt(at + 10);
    long lastOffset = bytes.getLong(at + 14);
    int delta = bytes.getInt(at + 22);
    long timestamp = bytes.getLong(at + 26);
    List<ProducerState.Batch> batches =
        lastSequence < 0
            ? List.of()
            : List.of(
                new ProducerState.Batch(
                    retreat(lastSequence, delta),
                    lastSequence,
                    lastOffset - delta,
                    lastOffset,
                    timestamp));
    return new ProducerState(
        bytes.getLong(at),
        bytes.getShort(at + 8),
        batches,
        bytes.getInt(at + 34),
        bytes.getLong(at + 38),
        timestamp);
  }

  private static int retreat(int sequence, int records) {
    int first = sequence - records;
    return first < 0 ? (int) (first + (1L << 31)) : first;
  }

  private static int crc(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.slice(COUNT_AT, bytes.limit() - COUNT_AT));
    return (int) crc.getValue();
  }
}
