package streams;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import streams.ProducerMessage.FailedResult;
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

  /** The result otherwise. */
  abstract Optional<Results<K, V, P>> failure();

  private static <K, V, P> Optional<Results<K, V, P>> failed(P passThrough, ProduceFailed why) {
    return Optional.of(new FailedResult<>(why, passThrough));
  }

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

    @Override
    Optional<Results<K, V, P>> failure() {
      return failed(message.passThrough(), placed.batch().failure());
    }
  }

  /** Of many records; there is no result if one of them fails. */
  static final class Multi<K, V, P> extends PendingResult<K, V, P> {
    private final MultiMessage<K, V, P> message;
    private final List<PlacedRecord> placed;
    private final Optional<ProduceFailed> unplaced;
    private int resolved;

    /**
     * @param placed fewer than the message has if one could not be placed
     * @param unplaced why that was
     */
    Multi(
        MultiMessage<K, V, P> message,
        List<PlacedRecord> placed,
        long bytes,
        Optional<ProduceFailed> unplaced) {
      super(bytes);
      this.message = message;
      this.placed = placed;
      this.unplaced = unplaced;
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

    @Override
    Optional<Results<K, V, P>> failure() {
      return unplaced
          .or(
              () ->
                  placed.stream()
                      .filter(record -> record.batch().isFailed())
                      .map(record -> record.batch().failure())
                      .findFirst())
          .flatMap(why -> failed(message.passThrough(), why));
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

    @Override
    Optional<Results<K, V, P>> failure() {
      return Optional.empty();
    }
  }

  /** Of an envelope that was not accepted. */
  static final class Rejected<K, V, P> extends PendingResult<K, V, P> {
    private final P passThrough;
    private final ProduceFailed why;

    Rejected(P passThrough, ProduceFailed why) {
      super(0);
      this.passThrough = passThrough;
      this.why = why;
    }

    @Override
    boolean isReady() {
      return true;
    }

    @Override
    Optional<Results<K, V, P>> result() {
      return Optional.empty();
    }

    @Override
    Optional<Results<K, V, P>> failure() {
      return failed(passThrough, why);
    }
  }
}
