package streams.grpc;

import actors.Outcome;
import actors.broker.Node;
import actors.controller.TopicImage;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.Errors;
import storage.record.BatchCheck;
import storage.record.BatchValidator;
import storage.record.RecordBatch;
import streams.kafka.TopicPolicies;

/** Looks at batches that clients have made, as is done with those of Kafka's clients. */
final class BatchDesk {
  private static final ThreadLocal<BatchValidator> VALIDATOR =
      ThreadLocal.withInitial(BatchValidator::new);

  private final Node node;
  private final TopicPolicies policies = new TopicPolicies();

  BatchDesk(Node node) {
    this.node = node;
  }

  /**
   * @param sent of a message that nobody else looks at any more
   * @return it as it is to be stored, which a replica may stamp; or why not
   */
  Outcome<ByteBuffer> check(ByteString sent, TopicImage topic) {
    if (sent.isEmpty()) {
      return Outcome.refused(Errors.INVALID_RECORD, "there are no records in it");
    }
    TopicPolicies.TopicPolicy policy = policies.of(topic, node);
    ByteBuffer batch = FieldBytes.taken(sent);
    BatchCheck check = VALIDATOR.get().check(batch, policy.rules(), node.nowMillis());
    if (check instanceof BatchCheck.Refused refused) {
      return Outcome.refused(TopicPolicies.errorOf(refused.reason()), "%s", refused.sentence());
    }
    if (RecordBatch.isTransactional(batch, 0)) {
      return Outcome.refused(Errors.INVALID_TXN_STATE, "this broker has no transactions");
    }
    return Outcome.accepted(
        policy
            .recompression()
            .filter(target -> target.codec() != RecordBatch.codec(batch, 0))
            .map(target -> target.apply(batch))
            .orElse(batch));
  }
}
