package actors.broker;

import actors.BrokerEpoch;
import actors.Outcome;
import actors.controller.ClusterMetadata;
import actors.controller.Controller;
import actors.partition.PartitionId;
import actors.partition.Replica;
import actors.partition.SimReplica;
import java.util.Optional;
import storage.log.FileSystem;
import storage.log.LogDirectory;
import storage.log.PartitionName;

/** A broker without its actor: {@link BrokerDuties} in one life of a simulated broker. */
public final class SimBrokerDuties {
  private static final long REPEAT_MICROS = 100_000;
  private static final long SECOND_MICROS = 1_000_000;
  private static final long DELETE_MICROS = 1_000;

  private final Port port;
  private final EpochFile epochs;
  private final BrokerDuties<SimReplica> duties;
  private final Timer repeats = new Timer();
  private final Timer publications = new Timer();
  private final Timer fences = new Timer();

  /** What the simulated world does for a broker. */
  public interface Port {
    /** Then {@link SimBrokerDuties#registered}. */
    void register(int attempt, Optional<BrokerEpoch> whole);

    /**
     * @param knownVersion at least this new is the image that is wanted
     */
    void subscribe(long knownVersion);

    /** Then {@link SimBrokerDuties#readyAnswered}. */
    void ready(BrokerEpoch epoch);

    void fence();

    void after(long micros, String what, Runnable action);

    /** The one that runs, or a new one. */
    SimReplica replica(PartitionId id);

    /** Files of what this broker has no replica of go. */
    void prepare(ClusterMetadata first);

    /** The replica stops, and its files go. */
    void delete(PartitionId id);

    /** What clients may know from now on. */
    void publish(ClusterMetadata image);
  }

  public SimBrokerDuties(int brokerId, FileSystem disk, LogDirectory directory, Port port) {
    this.port = port;
    this.epochs = EpochFile.of(disk, directory);
    this.duties = new BrokerDuties<>(brokerId, new SimPort());
  }

  public BrokerEpoch epoch() {
    return duties.life().epoch();
  }

  /** Nothing but a restart makes it lead again. */
  public boolean hasGivenUp() {
    return duties.hasGivenUp();
  }

  public void begin() {
    duties.repeat();
  }

  public void registered(int attempt, Outcome<Controller.Registration> outcome) {
    duties.registered(attempt, outcome);
  }

  public void readyAnswered(BrokerEpoch asked, Outcome<BrokerEpoch> outcome) {
    duties.readyAnswered(asked, outcome);
  }

  public void shown(ClusterMetadata image) {
    duties.shown(image);
  }

  /** Hears what a replica has said of its role. */
  public void hear(SimReplica replica) {
    for (Replica.Assumed said : replica.takeAssumed()) {
      duties.replicaAnswered(said.id(), said.epoch(), said.offline(), replica);
    }
  }

  /** A timer: set again, it begins anew. */
  private final class Timer {
    private int set;

    void start(long micros, String what, Runnable action) {
      int own = ++set;
      port.after(
          micros,
          what,
          () -> {
            if (own == set) {
              action.run();
            }
          });
    }
  }

  private final class SimPort implements BrokerPort<SimReplica> {
    @Override
    public void register(int attempt) {
      port.register(attempt, epochs.whole());
    }

    @Override
    public void subscribe(BrokerEpoch epoch) {
      port.subscribe(epoch.value());
    }

    @Override
    public void ready(BrokerEpoch epoch) {
      port.ready(epoch);
    }

    @Override
    public void fence() {
      port.fence();
    }

    @Override
    public void repeatSoon() {
      repeats.start(REPEAT_MICROS, "repeat", duties::repeat);
    }

    /** The world's answers say themselves what they are answers to. */
    @Override
    public void answerTo(BrokerLife life) {}

    @Override
    public void begun(BrokerEpoch epoch) {
      epochs.registered(epoch);
    }

    @Override
    public void refused(String message) {}

    @Override
    public void prepare(ClusterMetadata image) {
      port.prepare(image);
    }

    @Override
    public void tell(Reconciliation.Tell<SimReplica> order) {
      port.replica(order.id()).assume(order.decided(), order.topicConfigs(), order.epoch());
    }

    @Override
    public void delete(Reconciliation.Delete<SimReplica> order) {
      port.delete(order.id());
      if (order.replica().isPresent()) {
        PartitionName name = new PartitionName(order.id().topic(), order.id().partition());
        port.after(DELETE_MICROS, "left", () -> duties.left(name));
      }
    }

    @Override
    public void found(PartitionId id, SimReplica replica, boolean isOther) {}

    @Override
    public void lost(PartitionId id) {}

    @Override
    public void publish(ClusterMetadata image) {
      port.publish(image);
    }

    @Override
    public void publishLater() {
      publications.start(SECOND_MICROS, "publish", duties::overdue);
    }

    @Override
    public void meet(Acquaintances.Meeting meeting) {}

    @Override
    public void fenceLater() {
      fences.start(SECOND_MICROS, "fence", duties::fenceItself);
    }

    @Override
    public void serves(String clusterId) {}
  }
}
