package streams.grpc;

import actors.Outcome;
import actors.broker.Node;
import actors.controller.PartitionImage;
import actors.controller.TopicImage;
import actors.partition.Replica;
import actors.partition.ReplicaReply;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.typed.ActorRef;
import streams.grpc.v1.PartitionRequest;
import streams.net.MemoryBudget;

/**
 * Turns questions of clients into orders to the leaders of partitions, or says why not: topic,
 * partition and reign first, then what is asked.
 */
final class Orders {
  private static final int ACKS_ALL = -1;
  private static final int ACKS_LEADER = 1;

  private final Node node;
  private final BatchDesk batches;
  private final MemoryBudget budget;

  /**
   * What is to be told to whom.
   *
   * @param question to be remembered until it is answered
   */
  record Order(Question question, Replica.Command command) {}

  Orders(Node node, BatchDesk batches, MemoryBudget budget) {
    this.node = node;
    this.batches = batches;
    this.budget = budget;
  }

  /**
   * @param replyTo whom the leader answers, under the number of the question
   */
  Outcome<Order> of(PartitionRequest request, ActorRef<ReplicaReply> replyTo) {
    Optional<TopicImage> topic =
        TopicMessages.id(request.getTopicId()).flatMap(id -> node.metadata().topic(id));
    return topic.isEmpty()
        ? Outcome.refused(Errors.UNKNOWN_TOPIC_ID, "there is no topic of this id")
        : then(
            leader(request, topic.get()),
            leader ->
                switch (request.getQuestionCase()) {
                  case APPEND -> append(request, topic.get(), leader, replyTo);
                  case READ -> read(request, leader, replyTo);
                  default -> findOffset(request, leader, replyTo);
                });
  }

  private static <T, R> Outcome<R> then(Outcome<T> outcome, Function<T, Outcome<R>> next) {
    return outcome.fold(next, refused -> new Outcome.Refused<>(refused.error(), refused.message()));
  }

  private Outcome<ActorRef<Replica.Command>> leader(PartitionRequest request, TopicImage topic) {
    int partition = request.getPartition();
    if (partition < 0 || partition >= topic.partitions().size()) {
      return Outcome.refused(
          Errors.UNKNOWN_TOPIC_OR_PARTITION,
          "topic %s has no partition %d",
          topic.name(),
          partition);
    }
    PartitionImage image = topic.partitions().get(partition);
    int epoch = image.leaderEpoch().value();
    if (epoch != request.getLeaderEpoch()) {
      return Outcome.refused(
          epoch > request.getLeaderEpoch()
              ? Errors.FENCED_LEADER_EPOCH
              : Errors.UNKNOWN_LEADER_EPOCH,
          "%s-%d is in leader epoch %d, not %d",
          topic.name(),
          partition,
          epoch,
          request.getLeaderEpoch());
    }
    return node.leader(topic.name(), partition);
  }

  private Outcome<Order> append(
      PartitionRequest request,
      TopicImage topic,
      ActorRef<Replica.Command> leader,
      ActorRef<ReplicaReply> replyTo) {
    int acks = request.getAppend().getAcks();
    if (acks != ACKS_ALL && acks != ACKS_LEADER) {
      return Outcome.refused(Errors.INVALID_REQUIRED_ACKS, "acks is -1 or 1");
    }
    if (budget.overdrawn()) {
      return Outcome.refused(
          Errors.THROTTLING_QUOTA_EXCEEDED,
          "this broker has as many bytes of its clients in memory as it may");
    }
    Outcome<ByteBuffer> checked = batches.check(request.getAppend().getBatch(), topic);
    return then(
        checked,
        batch ->
            Outcome.accepted(
                new Order(
                    new Question(request.getRequest(), leader, batch.remaining()),
                    new Replica.Append(request.getRequest(), batch, (short) acks, replyTo))));
  }

  private static Outcome<Order> read(
      PartitionRequest request, ActorRef<Replica.Command> leader, ActorRef<ReplicaReply> replyTo) {
    PartitionRequest.Read read = request.getRead();
    if (read.getOffset() < 0 || read.getMaxBytes() <= 0) {
      return Outcome.refused(Errors.INVALID_REQUEST, "offset is 0 or more, max_bytes more than 0");
    }
    return Outcome.accepted(
        new Order(
            Question.read(
                request.getRequest(),
                leader,
                Math.min(read.getPromptBytes(), Limits.PROMPT_BYTES_MAX)),
            new Replica.Read(
                request.getRequest(),
                read.getOffset(),
                Math.min(read.getMaxBytes(), Limits.READ_BYTES_MAX),
                true,
                false,
                OptionalInt.of(request.getLeaderEpoch()),
                read.getWaitPast(),
                replyTo)));
  }

  private static Outcome<Order> findOffset(
      PartitionRequest request, ActorRef<Replica.Command> leader, ActorRef<ReplicaReply> replyTo) {
    return Queries.of(request.getFindOffset())
        .map(
            query ->
                Outcome.accepted(
                    new Order(
                        new Question(request.getRequest(), leader, 0),
                        new Replica.FindOffset(
                            request.getRequest(),
                            query,
                            OptionalInt.of(request.getLeaderEpoch()),
                            replyTo))))
        .orElseGet(() -> Outcome.refused(Errors.INVALID_REQUEST, "it does not say which offset"));
  }
}
