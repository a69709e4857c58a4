package storage.journal;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Voters of one JVM that call each other directly; any of them can be cut off. */
final class MemoryNetwork {
  private final Map<String, Function<RaftCall, CompletionStage<RaftCall>>> inboxes =
      new ConcurrentHashMap<>();
  private final Set<String> cutOff = ConcurrentHashMap.newKeySet();

  RaftTransport transport(String self) {
    return new RaftTransport() {
      @Override
      public void serve(Function<RaftCall, CompletionStage<RaftCall>> inbox) {
        inboxes.put(self, inbox);
      }

      @Override
      public CompletionStage<RaftCall> call(String nodeId, RaftCall request) {
        Function<RaftCall, CompletionStage<RaftCall>> inbox = inboxes.get(nodeId);
        if (request.body().length > RaftCall.BYTES_MAX) {
          throw new AssertionError("call of " + request.body().length + " bytes");
        }
        return inbox == null || cutOff.contains(self) || cutOff.contains(nodeId)
            ? CompletableFuture.failedFuture(new IOException(self + " does not reach " + nodeId))
            : inbox.apply(request);
      }

      @Override
      public void close() {
        inboxes.remove(self);
      }
    };
  }

  void cutOff(String nodeId) {
    cutOff.add(nodeId);
  }

  void heal() {
    cutOff.clear();
  }
}
