package streams;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;

/** Records that were not written, or of which it is not known. The message says which and why. */
public final class ProduceFailed extends RuntimeException {
  private final String topic;
  private final int partition;
  private final Errors error;

  /** Of records whose partition is not chosen yet. */
  ProduceFailed(String topic, Errors error, String reason, Throwable cause) {
    super(topic + ": " + reason, cause);
    this.topic = topic;
    this.partition = -1;
    this.error = error;
  }

  ProduceFailed(TopicPartition partition, Errors error, String reason) {
    super(partition + ": " + reason);
    this.topic = partition.topic();
    this.partition = partition.partition();
    this.error = error;
  }

  public String topic() {
    return topic;
  }

  /** The partition, or -1 if none was chosen yet. */
  public int partition() {
    return partition;
  }

  /** Kafka's code for the reason; what the leader said last, where it was one that said no. */
  public Errors error() {
    return error;
  }
}
