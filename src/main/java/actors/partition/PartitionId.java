package actors.partition;

import org.apache.kafka.common.Uuid;

/**
 * A partition of one incarnation of a topic: the id changes when a topic is deleted and made anew.
 *
 * @param topic the name, for people and for the directory
 */
public record PartitionId(Uuid topicId, String topic, int partition) {
  @Override
  public String toString() {
    return topic + "-" + partition;
  }
}
