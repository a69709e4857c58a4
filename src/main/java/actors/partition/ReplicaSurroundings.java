package actors.partition;

import actors.InvariantViolation;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.typed.ActorRef;
import storage.log.Cleaning;
import storage.log.Corruption;
import storage.log.FlushTicket;

/** What a replica's roles see of the world, and whom of the other replicas it has met there. */
final class ReplicaSurroundings implements Surroundings, DamagedLog.Port {
  private static final Duration TEND_DELAY = Duration.ofMillis(200);

  /** More sessions than a role ever opens. */
  private static final long SESSIONS_PER_ROLE = 1 << 20;

  private final ReplicaPort port;
  private final DamagedLog damagedLog = new DamagedLog(this);

  /** Whom to talk to directly, as far as they have been heard. */
  private final Map<Integer, ActorRef<Replica.Command>> peers = new HashMap<>();

  private Optional<PartitionId> partition = Optional.empty();
  private boolean tends;
  private long lastSession;

  ReplicaSurroundings(ReplicaPort port) {
    this.port = port;
  }

  /** Whose replica it is; before anything is sent. */
  void begin(PartitionId id) {
    partition = Optional.of(id);
  }

  private PartitionId partition() {
    return partition.orElseThrow(() -> new InvariantViolation("the replica has not been told"));
  }

  DamagedLog damagedLog() {
    return damagedLog;
  }

  /** Larger than any of an earlier role or an earlier replica of this life of the broker. */
  long nextSession() {
    lastSession = Math.max(lastSession + SESSIONS_PER_ROLE, port.monotonicMillis() * 1_000);
    return lastSession;
  }

  /** A peer has spoken: it is answered there, and missed when it is gone. */
  void met(int brokerId, ActorRef<Replica.Command> peer) {
    ActorRef<Replica.Command> before = peers.put(brokerId, peer);
    if (!peer.equals(before)) {
      if (before != null) {
        port.unwatch(before);
      }
      port.watch(brokerId, peer);
    }
  }

  /**
   * @return false if another has taken its place already
   */
  boolean forget(int brokerId, ActorRef<Replica.Command> peer) {
    return peers.remove(brokerId, peer);
  }

  /** The tending that was asked for begins, or never will. */
  void tending() {
    tends = false;
  }

  @Override
  public long nowMillis() {
    return port.nowMillis();
  }

  @Override
  public long monotonicMillis() {
    return port.monotonicMillis();
  }

  @Override
  public void send(int brokerId, ReplicationMessage message) {
    // Who opens a session may talk to a replica that was started anew meanwhile.
    Optional<ActorRef<Replica.Command>> address =
        message instanceof ReplicationMessage.Fetch
            ? Optional.empty()
            : Optional.ofNullable(peers.get(brokerId));
    port.send(new ReplicaPort.Addressee(partition(), brokerId, address), message);
  }

  @Override
  public PushBudget pushBudget() {
    return port.pushBudget();
  }

  @Override
  public TokenBucket leaderThrottle() {
    return port.leaderThrottle(partition());
  }

  @Override
  public TokenBucket followerThrottle() {
    return port.followerThrottle(partition());
  }

  @Override
  public Errors damaged(long offset, Corruption what) {
    return damagedLog.found(offset, what);
  }

  @Override
  public String name() {
    return partition().toString();
  }

  @Override
  public void report(Damage damage) {
    port.report(partition(), damage);
  }

  @Override
  public void propose(IsrProposal proposal) {
    port.propose(partition(), proposal);
  }

  @Override
  public void writeSoon() {
    port.writeSoon();
  }

  @Override
  public void flush(FlushTicket ticket) {
    port.flush(ticket);
  }

  @Override
  public CleaningBudget cleaningBudget() {
    return port.cleaningBudget();
  }

  @Override
  public void clean(Cleaning cleaning) {
    port.clean(cleaning);
  }

  @Override
  public void tendSoon() {
    if (!tends) {
      tends = true;
      port.tendIn(TEND_DELAY);
    }
  }
}
