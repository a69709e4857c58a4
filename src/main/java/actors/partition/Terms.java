package actors.partition;

import actors.BrokerEpoch;
import actors.LeaderEpoch;

/**
 * What stays as it is throughout a reign, but for settings of the topic.
 *
 * @param brokerId of the leader
 * @param brokerEpoch of its broker's registration
 * @param epoch the reign
 * @param startOffset the leader's log end when it began
 * @param rules what the topic's settings say
 */
record Terms(
    int brokerId, BrokerEpoch brokerEpoch, LeaderEpoch epoch, long startOffset, Rules rules) {

  Terms withRules(Rules changed) {
    return new Terms(brokerId, brokerEpoch, epoch, startOffset, changed);
  }

  /**
   * @param minInSync the least ISR for acks=all, never more than there are replicas
   * @param lagMillisMax how long a follower may lag before it leaves the ISR
   * @param commitsOnFlush whether a record counts as held only once it is forced to disk
   */
  record Rules(int minInSync, long lagMillisMax, boolean commitsOnFlush) {}
}
