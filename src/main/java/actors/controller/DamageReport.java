package actors.controller;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import org.apache.kafka.common.Uuid;

/**
 * A broker has found a batch in its own log that is not what was written.
 *
 * @param brokerEpoch the life in which it found that
 * @param leaderEpoch and {@code partitionEpoch}: what it believes in
 * @param offset what it has from here on, or from a little before, cannot be read; for the log only
 */
public record DamageReport(
    Uuid topicId,
    int partition,
    int brokerId,
    BrokerEpoch brokerEpoch,
    LeaderEpoch leaderEpoch,
    int partitionEpoch,
    long offset) {}
