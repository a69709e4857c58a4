package streams;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import streams.ProducerMessage.Message;
import streams.ProducerMessage.MultiMessage;
import streams.ProducerMessage.MultiResult;
import streams.ProducerMessage.MultiResultPart;
import streams.ProducerMessage.PassThroughMessage;
import streams.ProducerMessage.PassThroughResult;
import streams.ProducerMessage.Result;
import streams.ProducerMessage.Results;

/**
 * An envelope whose result waits for its turn. Looks into the batches of its records only when it
 * is the first in the queue, so that the answer to a batch costs nothing per record.
 */
abstract sealed class PendingResult<K, V, P> {
  private final long bytes;

  private PendingResult(long bytes) {
    this.bytes = bytes + Limits.RESULT_OVERHEAD_BYTES;
  }

  /** What it counts for while it waits. */
  long bytes() {
    return bytes;
  }

  abstract boolean isReady();

  /** The result, if the envelope is ready and not one of its records has failed. */
  abstract Optional<Results<K, V, P>> result();

  /** Of one record. */
  static final class Single<K, V, P> extends PendingResult<K, V, P> {
    private final Message<K, V, P> message;
    private final PlacedRecord placed;

    Single(Message<K, V, P> message, PlacedRecord placed, long bytes) {
      super(bytes);
      this.message = message;
      this.placed = placed;
    }

    @Override
    boolean isReady() {
      return placed.batch().isResolved();
    }

    @Override
    Optional<Results<K, V, P>> result() {
      return placed.batch().isFailed()
          ? Optional.empty()
          : Optional.of(new Result<>(placed.metadata(), message));
    }
  }

  /** Of many records; there is no result if one of them fails. */
  static final class Multi<K, V, P> extends PendingResult<K, V, P> {
    private final MultiMessage<K, V, P> message;
    private final List<PlacedRecord> placed;
    private int resolved;

    /**
     * @param placed fewer than the message has if one could not be placed
     */
    Multi(MultiMessage<K, V, P> message, List<PlacedRecord> placed, long bytes) {
      super(bytes);
      this.message = message;
      this.placed = placed;
    }

    @Override
    boolean isReady() {
      while (resolved < placed.size() && placed.get(resolved).batch().isResolved()) {
        resolved++;
      }
      return resolved == placed.size();
    }

    @Override
    Optional<Results<K, V, P>> result() {
      if (placed.size() < message.records().size()
          || placed.stream().anyMatch(record -> record.batch().isFailed())) {
        return Optional.empty();
      }
      List<MultiResultPart<K, V>> parts = new ArrayList<>(placed.size());
      for (int i = 0; i < placed.size(); i++) {
        parts.add(new MultiResultPart<>(placed.get(i).metadata(), message.records().get(i)));
      }
      return Optional.of(new MultiResult<>(List.copyOf(parts), message.passThrough()));
    }
  }

  /** Of none. */
  static final class None<K, V, P> extends PendingResult<K, V, P> {
    private final PassThroughMessage<K, V, P> message;

    None(PassThroughMessage<K, V, P> message) {
      super(0);
      this.message = message;
    }

    @Override
    boolean isReady() {
      return true;
    }

    @Override
    Optional<Results<K, V, P>> result() {
      return Optional.of(new PassThroughResult<>(message.passThrough()));
    }
  }
}
