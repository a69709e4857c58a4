package actors.partition;

import actors.config.BrokerConfigs;
import actors.controller.Controller;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorRef;
import storage.log.LogDirectory;

/**
 * What every replica of a broker is given.
 *
 * @param nowMillis wall clock
 * @param controller wherever it runs; what it is told may be lost
 * @param peers the replicas of the same partitions on other brokers
 * @param throttles and the budgets: shared by all that lead or follow here
 */
public record ReplicaContext(
    int brokerId,
    LogDirectory directory,
    BrokerConfigs configs,
    LongSupplier nowMillis,
    ActorRef<Controller.Command> controller,
    Peers peers,
    ReplicationThrottles throttles,
    PushBudget pushBudget,
    CleaningBudget cleaningBudget) {

  /** With the usual budgets, and nothing throttled. */
  public ReplicaContext(
      int brokerId,
      LogDirectory directory,
      BrokerConfigs configs,
      LongSupplier nowMillis,
      ActorRef<Controller.Command> controller,
      Peers peers) {
    this(
        brokerId,
        directory,
        configs,
        nowMillis,
        controller,
        peers,
        new ReplicationThrottles(brokerId));
  }

  /** With the usual budgets. */
  public ReplicaContext(
      int brokerId,
      LogDirectory directory,
      BrokerConfigs configs,
      LongSupplier nowMillis,
      ActorRef<Controller.Command> controller,
      Peers peers,
      ReplicationThrottles throttles) {
    this(
        brokerId,
        directory,
        configs,
        nowMillis,
        controller,
        peers,
        throttles,
        new PushBudget(Limits.PUSHED_BYTES_MAX),
        new CleaningBudget(configs));
  }

  ReplicaHome home() {
    return new ReplicaHome(brokerId, directory, configs);
  }

  /** The way to a replica whose address is not known: by partition and broker. */
  public interface Peers {
    /** At most once, and never if that broker is not there. */
    void tell(PartitionId id, int brokerId, Replica.Command command);
  }
}
