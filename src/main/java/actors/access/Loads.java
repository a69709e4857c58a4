package actors.access;

import actors.partition.ReplicaReply;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongConsumer;

/**
 * Who waits for bytes of another broker. Asked from any thread; whatever becomes of the far
 * replica, each is told.
 */
public final class Loads {
  private final Map<Long, CompletableFuture<ByteBuffer>> waiting = new HashMap<>();
  private final LongConsumer order;
  private Optional<RuntimeException> closed = Optional.empty();

  /**
   * @param order is given the request to load
   */
  public Loads(LongConsumer order) {
    this.order = order;
  }

  /** Bytes that the other broker keeps until they are loaded, or the request is forgotten. */
  public ReplicaReply.FarBytes offered(long request, int size) {
    return new Offered(request, size);
  }

  /** Bytes of the other broker that are here already. */
  public static ReplicaReply.FarBytes arrived(ByteBuffer bytes) {
    return new Arrived(bytes);
  }

  private record Arrived(ByteBuffer bytes) implements ReplicaReply.FarBytes {
    @Override
    public int size() {
      return bytes.remaining();
    }

    @Override
    public CompletionStage<ByteBuffer> load() {
      return CompletableFuture.completedStage(bytes);
    }
  }

  private final class Offered implements ReplicaReply.FarBytes {
    private final long request;
    private final int size;

    private Offered(long request, int size) {
      this.request = request;
      this.size = size;
    }

    @Override
    public int size() {
      return size;
    }

    @Override
    public CompletionStage<ByteBuffer> load() {
      return begin(request);
    }
  }

  /** Has the bytes of the request loaded; any thread. */
  private CompletionStage<ByteBuffer> begin(long request) {
    CompletableFuture<ByteBuffer> bytes = new CompletableFuture<>();
    synchronized (this) {
      if (closed.isPresent()) {
        return CompletableFuture.failedStage(closed.get());
      }
      waiting.put(request, bytes);
    }
    order.accept(request);
    return bytes;
  }

  /** The bytes have come. */
  public void complete(long request, ByteBuffer bytes) {
    take(request).ifPresent(waits -> waits.complete(bytes));
  }

  /** They do not come. */
  public void fail(long request, RuntimeException why) {
    take(request).ifPresent(waits -> waits.completeExceptionally(why));
  }

  private synchronized Optional<CompletableFuture<ByteBuffer>> take(long request) {
    return Optional.ofNullable(waiting.remove(request));
  }

  /** Nothing will come any more. */
  public void close(RuntimeException why) {
    List<CompletableFuture<ByteBuffer>> all;
    synchronized (this) {
      closed = Optional.of(why);
      all = List.copyOf(waiting.values());
      waiting.clear();
    }
    all.forEach(waits -> waits.completeExceptionally(why));
  }
}
