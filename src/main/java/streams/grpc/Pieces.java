package streams.grpc;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;
import streams.net.MemoryBudget;

/**
 * Brings what a client wants to have into memory, no more at a time than it may have there: a piece
 * counts from when it is read until it is sent. Confined to the stage, but for what it loads.
 */
final class Pieces {
  private final MemoryBudget budget;
  private final Executor files;
  private final Consumer<Loaded> loaded;
  private final Deque<Wanted> waiting = new ArrayDeque<>();
  private long heldBytes;

  private record Wanted(long request, Question.Bytes bytes) {}

  /**
   * A piece has come into memory, or has not.
   *
   * @param heldBytes to be given to {@link #released} once it is sent
   * @param error and {@code sentence}: why it has not
   */
  record Loaded(
      long request, Optional<ByteBuffer> bytes, int heldBytes, Errors error, String sentence) {
    private static Loaded of(long request, ByteBuffer bytes, int heldBytes) {
      return new Loaded(request, Optional.of(bytes), heldBytes, Errors.NONE, "");
    }

    private static Loaded not(long request, int heldBytes, Errors error, String sentence) {
      return new Loaded(request, Optional.empty(), heldBytes, error, sentence);
    }
  }

  /**
   * @param files where files are read
   * @param loaded told of each, on any thread
   */
  Pieces(MemoryBudget budget, Executor files, Consumer<Loaded> loaded) {
    this.budget = budget;
    this.files = files;
    this.loaded = loaded;
  }

  void want(long request, Question.Bytes bytes) {
    waiting.addLast(new Wanted(request, bytes));
    loadWaiting();
  }

  /** Room for others. */
  void released(int bytes) {
    heldBytes -= bytes;
    budget.giveBack(bytes);
    loadWaiting();
  }

  void close() {
    waiting.clear();
    budget.giveBack(heldBytes);
  }

  private void loadWaiting() {
    while (!waiting.isEmpty() && heldBytes < Limits.CONVERSATION_BYTES_MAX) {
      load(waiting.removeFirst());
    }
  }

  private void load(Wanted wanted) {
    if (budget.overdrawn()) {
      loaded.accept(
          Loaded.not(
              wanted.request(),
              0,
              Errors.THROTTLING_QUOTA_EXCEEDED,
              "this broker has as many bytes for its clients in memory as it may"));
      return;
    }
    int size = wanted.bytes().size();
    heldBytes += size;
    budget.take(size);
    var unused =
        wanted
            .bytes()
            .load(files)
            .whenComplete(
                (bytes, failure) ->
                    loaded.accept(
                        failure == null
                            ? Loaded.of(wanted.request(), bytes, size)
                            : refused(wanted.request(), size, failure)));
  }

  private static Loaded refused(long request, int size, Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return Loaded.not(request, size, Errors.forException(cause), String.valueOf(cause));
  }
}
