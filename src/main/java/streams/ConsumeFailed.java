package streams;

import org.apache.kafka.common.TopicPartition;

/** A partition that cannot be read on, or a record in it. The message says which and why. */
public final class ConsumeFailed extends RuntimeException {
  private final transient TopicPartition partition;

  ConsumeFailed(TopicPartition partition, String reason, Throwable cause) {
    super(partition + ": " + reason, cause);
    this.partition = partition;
  }

  public TopicPartition partition() {
    return partition;
  }
}
