package streams.grpc;

import actors.broker.Node;
import actors.controller.TopicImage;
import actors.partition.OffsetQuery;
import actors.partition.Replica;
import actors.partition.ReplicaReply;
import actors.partition.ReplicaReply.OffsetFound;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import streams.grpc.v1.FindOffsetsRequest;
import streams.grpc.v1.FindOffsetsResponse;

/** Asks the leaders of a topic's partitions, wherever they are, for one offset each. */
final class OffsetFinder {
  private final Node node;

  OffsetFinder(Node node) {
    this.node = node;
  }

  /** Fails with the first refusal of a partition. */
  CompletionStage<FindOffsetsResponse> find(FindOffsetsRequest request) {
    Optional<TopicImage> topic = node.metadata().topic(request.getTopic());
    Optional<OffsetQuery> query = query(request);
    if (topic.isEmpty()) {
      return CompletableFuture.failedStage(TopicsService.unknown(request.getTopic()));
    }
    if (query.isEmpty()) {
      return CompletableFuture.failedStage(
          Refusals.of(
              Errors.INVALID_REQUEST,
              "say which offsets: beginning, end or timestamp_millis",
              request.getTopic()));
    }
    int count = topic.get().partitions().size();
    List<Integer> partitions =
        request.getPartitionsCount() == 0
            ? IntStream.range(0, count).boxed().toList()
            : request.getPartitionsList().stream().distinct().toList();
    List<CompletableFuture<FindOffsetsResponse.Found>> answers = new ArrayList<>();
    for (int partition : partitions) {
      answers.add(ask(request.getTopic(), partition, query.get()).toCompletableFuture());
    }
    return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
        .thenApply(
            all ->
                FindOffsetsResponse.newBuilder()
                    .addAllOffsets(answers.stream().map(CompletableFuture::join).toList())
                    .build());
  }

  private static Optional<OffsetQuery> query(FindOffsetsRequest request) {
    return switch (request.getOfCase()) {
      case BEGINNING -> Optional.of(new OffsetQuery.Earliest());
      case END -> Optional.of(new OffsetQuery.Latest(false));
      case TIMESTAMP_MILLIS ->
          Optional.of(new OffsetQuery.ByTimestamp(request.getTimestampMillis()));
      case OF_NOT_SET -> Optional.empty();
    };
  }

  private CompletionStage<FindOffsetsResponse.Found> ask(
      String topic, int partition, OffsetQuery query) {
    return node.leader(topic, partition)
        .fold(
            leader -> ask(leader, query).thenApply(found -> answer(topic, partition, found)),
            refused ->
                CompletableFuture.failedStage(
                    Refusals.of(refused.error(), refused.message(), topic, partition)));
  }

  private CompletionStage<OffsetFound> ask(ActorRef<Replica.Command> leader, OffsetQuery query) {
    return AskPattern.<Replica.Command, ReplicaReply>ask(
            leader,
            replyTo -> new Replica.FindOffset(0, query, OptionalInt.empty(), replyTo),
            Limits.UNARY_TIMEOUT,
            node.system().scheduler())
        .thenApply(OffsetFound.class::cast);
  }

  private static FindOffsetsResponse.Found answer(String topic, int partition, OffsetFound found) {
    if (found.error() != Errors.NONE) {
      throw Refusals.of(found.error(), found.error().message(), topic, partition);
    }
    return FindOffsetsResponse.Found.newBuilder()
        .setPartition(partition)
        .setOffset(found.offset())
        .setTimestampMillis(found.timestampMillis())
        .build();
  }
}
