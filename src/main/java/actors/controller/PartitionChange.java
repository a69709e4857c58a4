package actors.controller;

import org.apache.kafka.common.Uuid;

/**
 * What became of one partition.
 *
 * @param partition all of its new image
 * @param possibleLoss the new leader was elected uncleanly: it may lack acknowledged records
 */
public record PartitionChange(Uuid topicId, PartitionImage partition, boolean possibleLoss) {

  PartitionChange withPossibleLoss() {
    return new PartitionChange(topicId, partition, true);
  }

  /** Whether more than the partition epoch is different. */
  boolean changes(PartitionImage present) {
    return partition.leader() != present.leader()
        || !partition.leaderEpoch().equals(present.leaderEpoch())
        || !partition.isr().equals(present.isr())
        || !partition.eligible().equals(present.eligible())
        || !partition.replicas().equals(present.replicas())
        || !partition.adding().equals(present.adding())
        || !partition.removing().equals(present.removing());
  }
}
