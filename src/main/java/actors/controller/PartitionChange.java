package actors.controller;

import org.apache.kafka.common.Uuid;

/**
 * What became of one partition.
 *
 * @param partition all of its new image
 * @param possibleLoss the new leader was elected uncleanly: it may lack acknowledged records
 */
public record PartitionChange(Uuid topicId, PartitionImage partition, boolean possibleLoss) {}
