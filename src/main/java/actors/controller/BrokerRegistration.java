package actors.controller;

import actors.BrokerEpoch;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/**
 * What a broker says of itself when it registers.
 *
 * @param clusterId empty if it never belonged to a cluster
 * @param previousEpoch of the life in which its logs were last known to be whole: set if the last
 *     stop was clean, or the machine has not been rebooted since. Anything else than the epoch last
 *     registered means that the end of a log may be missing
 */
record BrokerRegistration(
    int brokerId,
    Uuid incarnation,
    String clusterId,
    String host,
    int port,
    Optional<String> rack,
    Optional<BrokerEpoch> previousEpoch) {

  BrokerImage fenced(BrokerEpoch epoch) {
    return new BrokerImage(brokerId, epoch, incarnation, host, port, rack, true);
  }
}
