package actors.controller;

import actors.BrokerEpoch;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/**
 * A registered broker.
 *
 * @param epoch of the registration
 * @param incarnation of the process that registered
 * @param host and {@code port}: where Kafka clients reach it (the advertised address)
 * @param fenced registered, but not trusted to lead or to be in sync: unreachable, or not yet up
 * @param leaving about to stop: serves what it still has to, and gets nothing new until it
 *     registers again
 */
public record BrokerImage(
    int id,
    BrokerEpoch epoch,
    Uuid incarnation,
    String host,
    int port,
    Optional<String> rack,
    boolean fenced,
    boolean leaving) {

  /** Of a broker that stays. */
  public BrokerImage(
      int id,
      BrokerEpoch epoch,
      Uuid incarnation,
      String host,
      int port,
      Optional<String> rack,
      boolean fenced) {
    this(id, epoch, incarnation, host, port, rack, fenced, false);
  }

  /** Of an incarnation that does not matter. */
  public BrokerImage(
      int id, BrokerEpoch epoch, String host, int port, Optional<String> rack, boolean fenced) {
    this(id, epoch, Uuid.ZERO_UUID, host, port, rack, fenced);
  }

  BrokerImage withFenced(boolean nowFenced) {
    return new BrokerImage(id, epoch, incarnation, host, port, rack, nowFenced, leaving);
  }

  BrokerImage withLeaving() {
    return new BrokerImage(id, epoch, incarnation, host, port, rack, fenced, true);
  }
}
