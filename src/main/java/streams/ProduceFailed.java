package streams;

import org.apache.kafka.common.TopicPartition;

/** Records that were not written, or of which it is not known. The message says which and why. */
public final class ProduceFailed extends RuntimeException {
  private final String topic;
  private final int partition;

  /** Of records whose partition is not chosen yet. */
  ProduceFailed(String topic, String reason, Throwable cause) {
    super(topic + ": " + reason, cause);
    this.topic = topic;
    this.partition = -1;
  }

  ProduceFailed(TopicPartition partition, String reason, Throwable cause) {
    super(partition + ": " + reason, cause);
    this.topic = partition.topic();
    this.partition = partition.partition();
  }

  public String topic() {
    return topic;
  }

  /** The partition, or -1 if none was chosen yet. */
  public int partition() {
    return partition;
  }
}
