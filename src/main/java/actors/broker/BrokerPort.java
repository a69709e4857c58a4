package actors.broker;

import actors.BrokerEpoch;
import actors.controller.ClusterMetadata;
import actors.partition.PartitionId;

/**
 * What runs a broker's duties: an actor in production, a simulated machine in a test. What comes of
 * an order comes back as a call of {@link BrokerDuties}.
 *
 * @param <R> how a running replica is talked to
 */
interface BrokerPort<R> {
  /** To the controller. Then {@link BrokerDuties#registered}, perhaps. */
  void register(int attempt);

  /**
   * To the controller. Then {@link BrokerDuties#shown}, perhaps, and at each change.
   *
   * @param epoch of which it must have heard
   */
  void subscribe(BrokerEpoch epoch);

  /** To the controller. Then {@link BrokerDuties#readyAnswered}, perhaps. */
  void ready(BrokerEpoch epoch);

  /** To the controller: put this broker under a fence. */
  void fence();

  /** {@link BrokerDuties#repeat} in a while, once. */
  void repeatSoon();

  /** Another attempt to register, or another registration: answers are to that from now on. */
  void answerTo(BrokerLife life);

  /** Registered, and nothing has been written yet in this epoch. */
  void begun(BrokerEpoch epoch);

  /** The controller does not take this broker. */
  void refused(String message);

  /** The first image has come, and nothing of it has been done yet. */
  void prepare(ClusterMetadata image);

  /** Then {@link BrokerDuties#replicaAnswered}; if it is not known to run, tell it until then. */
  void tell(Reconciliation.Tell<R> order);

  /** Then {@link BrokerDuties#left}, if it is known to run. */
  void delete(Reconciliation.Delete<R> order);

  /**
   * A replica can be found.
   *
   * @param isOther not the one that was found before: then {@link BrokerDuties#replicaGone}, should
   *     it stop by itself
   */
  void found(PartitionId id, R replica, boolean isOther);

  /** A replica has stopped by itself: {@link BrokerDuties#startAgain} in a while. */
  void lost(PartitionId id);

  /**
   * Makes the image known to the rest of the broker; {@link BrokerDuties#overdue} need not come.
   */
  void publish(ClusterMetadata image);

  /** {@link BrokerDuties#overdue} after a while. */
  void publishLater();

  /** Has it found out where that broker's replicas are. */
  void meet(Acquaintances.Meeting meeting);

  /** The disk has failed under a replica; {@link BrokerDuties#fenceItself} again in a while. */
  void fenceLater();

  /** The broker leads, in the right epochs, all that the image says it leads. Said once. */
  void serves(String clusterId);
}
