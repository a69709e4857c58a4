package streams.grpc;

import actors.broker.Node;
import io.grpc.Status;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Source;
import streams.grpc.v1.NextProducerIdRequest;
import streams.grpc.v1.NextProducerIdResponse;
import streams.grpc.v1.PartitionRequest;
import streams.grpc.v1.PartitionResponse;
import streams.grpc.v1.Partitions;
import streams.grpc.v1.TopicsChanged;
import streams.grpc.v1.WatchTopicsRequest;
import streams.net.MemoryBudget;

/** Partitions by whole batches, for our own client and those who number batches themselves. */
final class PartitionsService implements Partitions {
  private final Node node;
  private final Admission admission;
  private final MemoryBudget budget;
  private final BatchDesk batches;

  PartitionsService(Node node, Admission admission, MemoryBudget budget) {
    this.node = node;
    this.admission = admission;
    this.budget = budget;
    this.batches = new BatchDesk(node);
  }

  @Override
  public Source<TopicsChanged, NotUsed> watchTopics(WatchTopicsRequest request) {
    return admission.admit(() -> TopicFeed.of(node));
  }

  @Override
  public CompletionStage<NextProducerIdResponse> nextProducerId(NextProducerIdRequest request) {
    return node.nextProducerId()
        .handle(
            (id, failure) ->
                failure == null
                    ? CompletableFuture.completedStage(
                        NextProducerIdResponse.newBuilder().setProducerId(id).build())
                    : CompletableFuture.<NextProducerIdResponse>failedStage(
                        Refusals.of(
                            Status.Code.UNAVAILABLE,
                            "COORDINATOR_NOT_AVAILABLE",
                            "the controller gives no producer ids at present; try again")))
        .thenCompose(answer -> answer);
  }

  @Override
  public Source<PartitionResponse, NotUsed> converse(Source<PartitionRequest, NotUsed> requests) {
    return admission.admit(() -> requests.via(new Conversation(node, batches, budget)));
  }
}
