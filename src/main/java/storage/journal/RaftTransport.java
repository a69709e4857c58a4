package storage.journal;

import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * How voters reach each other: requests out, requests in, each with one reply. What is in a call is
 * opaque bytes to whoever carries it.
 *
 * <p>Promises asked of an implementation: a call ends in its reply, or in an exception within a
 * bounded time; it may be lost, doubled, delayed or overtaken. Calls are up to {@link
 * RaftCall#BYTES_MAX} large.
 */
public interface RaftTransport extends AutoCloseable {
  /**
   * Calls of other voters go to {@code inbox} from now on; called once, before any {@link #call}.
   * The inbox answers on other threads and may be called from any.
   */
  void serve(Function<RaftCall, CompletionStage<RaftCall>> inbox);

  /** Sends a request to another voter. */
  CompletionStage<RaftCall> call(String nodeId, RaftCall request);

  /** Calls neither come nor go afterwards. */
  @Override
  void close();
}
