package actors.broker;

import java.io.IOException;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;

/**
 * What the rooms above put on a node, such as a listener for clients. It runs in the node's actor
 * system: where that ends and another takes its place, the edge is closed and opened again.
 */
public interface Edge {
  /** Called each time the node begins to serve. */
  Opened open(Node node) throws IOException;

  /** An edge that runs. */
  interface Opened {
    /** Nothing reaches the node through it when this completes. */
    CompletionStage<Done> close();
  }

  /** Nobody outside of the process is served. */
  static Edge none() {
    return node -> () -> java.util.concurrent.CompletableFuture.completedStage(Done.getInstance());
  }
}
