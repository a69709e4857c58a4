package actors.partition;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An ISR that a leader asks the controller for.
 *
 * @param epoch of the reign
 * @param partitionEpoch of the ISR it would replace
 * @param isr its members, each with the broker epoch it fetched in
 * @param saidMillis when it was last said; monotonic
 */
record IsrProposal(
    LeaderEpoch epoch, int partitionEpoch, SortedMap<Integer, BrokerEpoch> isr, long saidMillis) {
  IsrProposal {
    isr = Collections.unmodifiableSortedMap(new TreeMap<>(isr));
  }

  IsrProposal saidAgain(long nowMillis) {
    return new IsrProposal(epoch, partitionEpoch, isr, nowMillis);
  }
}
