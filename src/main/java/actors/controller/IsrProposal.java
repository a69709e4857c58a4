package actors.controller;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;

/**
 * The ISR that the leader of a partition wants.
 *
 * @param leader who proposes
 * @param leaderEpoch and {@code partitionEpoch}: what it believes in
 * @param isr each member with the broker epoch in which it has fetched; the leader with its own
 */
record IsrProposal(
    Uuid topicId,
    int partition,
    int leader,
    LeaderEpoch leaderEpoch,
    int partitionEpoch,
    NavigableMap<Integer, BrokerEpoch> isr) {
  IsrProposal {
    isr = Collections.unmodifiableNavigableMap(new TreeMap<>(isr));
  }
}
