package storage.journal;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** The transport of a journal with one voter: there is nobody to call. */
public final class LoopbackTransport implements RaftTransport {
  @Override
  public void serve(Function<RaftCall, CompletionStage<RaftCall>> inbox) {}

  @Override
  public CompletionStage<RaftCall> call(String nodeId, RaftCall request) {
    return CompletableFuture.failedFuture(
        new IOException(
            request.kind() + " to voter " + nodeId + ": this journal has no transport to others"));
  }

  @Override
  public void close() {}
}
