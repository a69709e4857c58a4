package streams.kafka;

import actors.controller.ClusterMetadata;
import actors.controller.TopicImage;
import actors.partition.Replica;
import actors.partition.ReplicaReply;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.pekko.actor.typed.ActorRef;
import storage.record.BatchCheck;
import storage.record.BatchValidator;
import storage.record.RecordBatch;

/**
 * Produce: validates each partition's batch on the connection's thread and hands the same bytes to
 * the replica; answers when every replica has.
 */
final class ProduceHandler implements ApiHandler {
  private static final ThreadLocal<BatchValidator> VALIDATOR =
      ThreadLocal.withInitial(BatchValidator::new);

  /** From this version on topics are named by id. */
  private static final short FIRST_VERSION_BY_ID = 13;

  private final TopicPolicies policies = new TopicPolicies();

  @Override
  public ApiKeys api() {
    return ApiKeys.PRODUCE;
  }

  @Override
  public void handle(Exchange exchange) {
    ProduceRequest request = (ProduceRequest) exchange.request();
    if (request.acks() < -1 || request.acks() > 1) {
      exchange.refuse(Errors.INVALID_REQUIRED_ACKS, "acks must be 0, 1 or -1");
    } else if (request.transactionalId() != null) {
      exchange.refuse(
          Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED, "this broker has no transactions");
    } else {
      new Produce(exchange, request.data()).start();
    }
  }

  /** One produce request under way. Confined to the connection's thread. */
  private final class Produce {
    private final Exchange exchange;
    private final ProduceRequestData request;
    private final ProduceResponseData response = new ProduceResponseData();
    private int unanswered = 1;
    private boolean failed;

    Produce(Exchange exchange, ProduceRequestData request) {
      this.exchange = exchange;
      this.request = request;
    }

    void start() {
      for (ProduceRequestData.TopicProduceData topic : request.topicData()) {
        ProduceResponseData.TopicProduceResponse answers =
            new ProduceResponseData.TopicProduceResponse()
                .setName(topic.name())
                .setTopicId(topic.topicId());
        response.responses().add(answers);
        Optional<TopicImage> image =
            imageOf(exchange.node().metadata(), topic.topicId(), topic.name());
        for (ProduceRequestData.PartitionProduceData partition : topic.partitionData()) {
          ProduceResponseData.PartitionProduceResponse answer =
              new ProduceResponseData.PartitionProduceResponse().setIndex(partition.index());
          answers.partitionResponses().add(answer);
          append(image, partition, answer);
        }
      }
      oneAnswered();
    }

    private Optional<TopicImage> imageOf(ClusterMetadata image, Uuid id, String name) {
      return exchange.header().apiVersion() >= FIRST_VERSION_BY_ID
          ? image.topic(id)
          : image.topic(name);
    }

    private void append(
        Optional<TopicImage> image,
        ProduceRequestData.PartitionProduceData partition,
        ProduceResponseData.PartitionProduceResponse answer) {
      if (image.isEmpty()) {
        refuse(
            answer,
            exchange.header().apiVersion() >= FIRST_VERSION_BY_ID
                ? Errors.UNKNOWN_TOPIC_ID
                : Errors.UNKNOWN_TOPIC_OR_PARTITION,
            "there is no such topic");
        return;
      }
      TopicImage topic = image.get();
      if (partition.index() < 0 || partition.index() >= topic.partitions().size()) {
        refuse(
            answer,
            Errors.UNKNOWN_TOPIC_OR_PARTITION,
            "topic " + topic.name() + " has no partition " + partition.index());
        return;
      }
      Optional<ActorRef<Replica.Command>> replica =
          exchange.node().replica(topic.name(), partition.index());
      if (replica.isEmpty()) {
        refuse(answer, Errors.NOT_LEADER_OR_FOLLOWER, "no replica of it runs here");
        return;
      }
      validated(topic, partition, answer).ifPresent(batch -> send(replica.get(), batch, answer));
    }

    /** The batch as it is to be stored, or empty if it was refused. */
    private Optional<ByteBuffer> validated(
        TopicImage topic,
        ProduceRequestData.PartitionProduceData partition,
        ProduceResponseData.PartitionProduceResponse answer) {
      if (!(partition.records() instanceof MemoryRecords records) || records.sizeInBytes() == 0) {
        refuse(answer, Errors.INVALID_RECORD, "there are no records in it");
        return Optional.empty();
      }
      TopicPolicies.TopicPolicy policy = policies.of(topic, exchange.node());
      ByteBuffer batch = records.buffer();
      BatchCheck check = VALIDATOR.get().check(batch, policy.rules(), exchange.node().nowMillis());
      if (check instanceof BatchCheck.Refused refused) {
        refuse(answer, TopicPolicies.errorOf(refused.reason()), refused.sentence());
        if (refused.recordIndex() >= 0) {
          answer
              .recordErrors()
              .add(
                  new ProduceResponseData.BatchIndexAndErrorMessage()
                      .setBatchIndex(refused.recordIndex())
                      .setBatchIndexErrorMessage(refused.sentence()));
        }
        return Optional.empty();
      }
      if (RecordBatch.isTransactional(batch, batch.position())) {
        refuse(answer, Errors.INVALID_TXN_STATE, "this broker has no transactions");
        return Optional.empty();
      }
      return Optional.of(
          policy
              .recompression()
              .filter(target -> target.codec() != RecordBatch.codec(batch, batch.position()))
              .map(target -> target.apply(batch))
              .orElse(batch));
    }

    private void send(
        ActorRef<Replica.Command> replica,
        ByteBuffer batch,
        ProduceResponseData.PartitionProduceResponse answer) {
      unanswered++;
      long correlation = exchange.listen(reply -> appended((ReplicaReply.Appended) reply, answer));
      replica.tell(new Replica.Append(correlation, batch, request.acks(), exchange.replies()));
    }

    private void appended(
        ReplicaReply.Appended reply, ProduceResponseData.PartitionProduceResponse answer) {
      exchange.forget(reply.correlation());
      if (reply.error() != Errors.NONE) {
        refuse(answer, reply.error(), reply.message().orElse(null));
      } else {
        answer
            .setBaseOffset(reply.baseOffset())
            .setLogAppendTimeMs(reply.logAppendTimeMillis())
            .setLogStartOffset(reply.logStartOffset());
      }
      oneAnswered();
    }

    private void refuse(
        ProduceResponseData.PartitionProduceResponse answer, Errors error, String message) {
      failed = true;
      answer
          .setErrorCode(error.code())
          .setErrorMessage(message)
          .setBaseOffset(-1)
          .setLogAppendTimeMs(-1)
          .setLogStartOffset(-1);
    }

    private void oneAnswered() {
      if (--unanswered > 0) {
        return;
      }
      if (request.acks() != 0) {
        if (failed) {
          LeaderHints.of(exchange)
              .addTo(response, (image, topic) -> imageOf(image, topic.topicId(), topic.name()));
        }
        exchange.respond(response);
      } else if (failed) {
        // Without answers, losing the connection is the only way to be told that something is
        // wrong.
        exchange.close();
      } else {
        exchange.respondNothing();
      }
    }
  }
}
