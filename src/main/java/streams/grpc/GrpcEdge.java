package streams.grpc;

import actors.broker.Edge;
import actors.broker.Node;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.Done;

/** The gRPC listener of a node, where its configuration asks for one. */
public final class GrpcEdge implements Edge {
  @Override
  public Opened open(Node node) throws IOException {
    return GrpcServer.isWanted(node)
        ? GrpcServer.start(node)::stop
        : () -> CompletableFuture.completedStage(Done.getInstance());
  }
}
