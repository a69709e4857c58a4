package streams.grpc;

import actors.Outcome;
import actors.broker.Node;
import actors.controller.BrokerImage;
import actors.controller.ClusterMetadata;
import actors.controller.Controller;
import actors.controller.TopicImage;
import actors.controller.TopicSpec;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.typed.ActorRef;
import streams.grpc.v1.Cluster;
import streams.grpc.v1.CreateTopicRequest;
import streams.grpc.v1.DeleteTopicRequest;
import streams.grpc.v1.DeleteTopicResponse;
import streams.grpc.v1.DescribeClusterRequest;
import streams.grpc.v1.DescribeTopicRequest;
import streams.grpc.v1.FindOffsetsRequest;
import streams.grpc.v1.FindOffsetsResponse;
import streams.grpc.v1.ListTopicsRequest;
import streams.grpc.v1.ListTopicsResponse;
import streams.grpc.v1.Topics;
import streams.kafka.ControllerOrders;
import streams.kafka.ImageWait;

/** Topics as they are, and changes of them by the controller. */
final class TopicsService implements Topics {
  private static final int BY_DEFAULT = -1;

  private final Node node;
  private final OffsetFinder offsets;

  TopicsService(Node node) {
    this.node = node;
    this.offsets = new OffsetFinder(node);
  }

  @Override
  public CompletionStage<streams.grpc.v1.Topic> createTopic(CreateTopicRequest request) {
    if (request.getPartitions() < 0 || request.getReplicationFactor() < 0) {
      return CompletableFuture.failedStage(
          Refusals.of(
              Errors.INVALID_REQUEST,
              "partitions and replication_factor are 1 or more; 0 leaves them to the broker",
              request.getName()));
    }
    TopicSpec spec =
        new TopicSpec(
            request.getName(),
            orDefault(request.getPartitions()),
            orDefault(request.getReplicationFactor()),
            Map.of(),
            request.getConfigsMap());
    return order(
            request.getName(),
            replyTo -> new Controller.CreateTopic(spec, request.getValidateOnly(), replyTo),
            created -> image -> request.getValidateOnly() || image.topic(created.id()).isPresent())
        .thenApply(created -> TopicMessages.topic(created, node.metadata(), node));
  }

  private static int orDefault(int count) {
    return count == 0 ? BY_DEFAULT : count;
  }

  @Override
  public CompletionStage<DeleteTopicResponse> deleteTopic(DeleteTopicRequest request) {
    if (!node.configs().deletesTopics()) {
      return CompletableFuture.failedStage(
          Refusals.of(
              Errors.TOPIC_DELETION_DISABLED,
              "delete.topic.enable is false on this broker",
              request.getName()));
    }
    return order(
            request.getName(),
            replyTo ->
                new Controller.DeleteTopic(
                    Optional.of(request.getName()), Optional.empty(), replyTo),
            deleted -> image -> image.topic(deleted.id()).isEmpty())
        .thenApply(deleted -> DeleteTopicResponse.getDefaultInstance());
  }

  /** Carried out, and visible at this broker; a change is durable before that. */
  private CompletionStage<TopicImage> order(
      String topic,
      Function<ActorRef<Outcome<TopicImage>>, Controller.Command> order,
      Function<TopicImage, Predicate<ClusterMetadata>> visible) {
    return new ControllerOrders(node, Limits.UNARY_TIMEOUT)
        .send(order)
        .thenCompose(
            outcome ->
                outcome.fold(
                    changed ->
                        ImageWait.until(node, Limits.UNARY_TIMEOUT, visible.apply(changed))
                            .thenApply(inTime -> changed),
                    refused -> CompletableFuture.failedStage(Refusals.of(refused, topic))));
  }

  @Override
  public CompletionStage<ListTopicsResponse> listTopics(ListTopicsRequest request) {
    ListTopicsResponse.Builder answer = ListTopicsResponse.newBuilder();
    node.metadata().topics().values().stream()
        .filter(topic -> request.getIncludeInternal() || !Topic.isInternal(topic.name()))
        .forEach(
            topic ->
                answer
                    .addTopicsBuilder()
                    .setName(topic.name())
                    .setId(TopicMessages.bytes(topic.id()))
                    .setPartitionCount(topic.partitions().size()));
    return CompletableFuture.completedStage(answer.build());
  }

  @Override
  public CompletionStage<streams.grpc.v1.Topic> describeTopic(DescribeTopicRequest request) {
    ClusterMetadata image = node.metadata();
    return image
        .topic(request.getName())
        .map(topic -> CompletableFuture.completedStage(TopicMessages.topic(topic, image, node)))
        .orElseGet(() -> CompletableFuture.failedStage(unknown(request.getName())));
  }

  static RuntimeException unknown(String topic) {
    return Refusals.of(
        Errors.UNKNOWN_TOPIC_OR_PARTITION,
        topic.isEmpty() ? "the request names no topic" : "there is no topic " + topic,
        topic);
  }

  @Override
  public CompletionStage<Cluster> describeCluster(DescribeClusterRequest request) {
    ClusterMetadata image = node.metadata();
    Cluster.Builder cluster =
        Cluster.newBuilder()
            .setId(image.clusterId())
            .setBrokerId(node.brokerId())
            .setControllerId(image.controllerId());
    image.brokers().values().forEach(broker -> cluster.addBrokers(broker(broker)));
    return CompletableFuture.completedStage(cluster.build());
  }

  private static Cluster.Broker broker(BrokerImage broker) {
    return Cluster.Broker.newBuilder()
        .setId(broker.id())
        .setHost(broker.host())
        .setKafkaPort(broker.port())
        .setLive(!broker.fenced())
        .build();
  }

  @Override
  public CompletionStage<FindOffsetsResponse> findOffsets(FindOffsetsRequest request) {
    return offsets.find(request);
  }
}
