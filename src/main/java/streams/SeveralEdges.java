package streams;

import actors.broker.Edge;
import actors.broker.Node;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;

/** Opened one after the other, closed all at once; if one does not open, none is. */
record SeveralEdges(List<Edge> edges) implements Edge {
  @Override
  public Opened open(Node node) throws IOException {
    Deque<Opened> opened = new ArrayDeque<>();
    for (Edge edge : edges) {
      try {
        opened.push(edge.open(node));
      } catch (IOException | RuntimeException notOpened) {
        var unused = closeAll(opened);
        throw notOpened;
      }
    }
    return () -> closeAll(opened);
  }

  private static CompletionStage<Done> closeAll(Deque<Opened> opened) {
    return CompletableFuture.allOf(
            opened.stream()
                .map(edge -> edge.close().toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new))
        .thenApply(done -> Done.getInstance());
  }
}
