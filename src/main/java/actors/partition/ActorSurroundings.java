package actors.partition;

import actors.Outcome;
import actors.controller.Controller;
import actors.controller.DamageReport;
import actors.controller.PartitionImage;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import storage.log.Corruption;
import storage.log.FlushTicket;

/** A replica's surroundings in production: mailboxes, timers, threads that wait for the disk. */
final class ActorSurroundings implements Surroundings, DamagedLog.Port {
  private static final String FLUSH_DISPATCHER = "granary.flush-dispatcher";
  private static final Duration TEND_DELAY = Duration.ofMillis(200);
  private static final Duration PROPOSAL_TIMEOUT = Duration.ofSeconds(5);
  private static final Replica.WriteGathered WRITE_GATHERED = new Replica.WriteGathered();
  private static final Replica.Tend TEND = new Replica.Tend();

  private final ActorContext<Replica.Command> context;
  private final TimerScheduler<Replica.Command> timers;
  private final ReplicaContext replica;
  private final Executor flushes;
  private final DamagedLog damagedLog = new DamagedLog(this);

  /** Whom to talk to directly, as far as they have been heard. */
  private final Map<Integer, ActorRef<Replica.Command>> peers = new HashMap<>();

  private PartitionId partition;
  private boolean tends;
  private long lastSession;

  ActorSurroundings(
      ActorContext<Replica.Command> context,
      TimerScheduler<Replica.Command> timers,
      ReplicaContext replica) {
    this.context = context;
    this.timers = timers;
    this.replica = replica;
    this.flushes =
        context.getSystem().dispatchers().lookup(DispatcherSelector.fromConfig(FLUSH_DISPATCHER));
  }

  /** Whose replica it is; before anything is sent. */
  void begin(PartitionId id) {
    partition = id;
  }

  /** Larger than any of an earlier role or an earlier actor of this life of the broker. */
  long nextSession() {
    lastSession = Math.max(lastSession + (1 << 20), System.nanoTime() / 1_000);
    return lastSession;
  }

  DamagedLog damagedLog() {
    return damagedLog;
  }

  /** A peer has spoken: it is answered there, and missed when it is gone. */
  void met(int brokerId, ActorRef<Replica.Command> peer) {
    ActorRef<Replica.Command> before = peers.put(brokerId, peer);
    if (!peer.equals(before)) {
      if (before != null) {
        context.unwatch(before);
      }
      context.watchWith(peer, new Replica.PeerGone(brokerId, peer));
    }
  }

  /**
   * @return false if another has taken its place already
   */
  boolean forget(int brokerId, ActorRef<Replica.Command> peer) {
    return peers.remove(brokerId, peer);
  }

  /** The tending that was asked for begins. */
  void tending() {
    tends = false;
  }

  @Override
  public long nowMillis() {
    return replica.nowMillis().getAsLong();
  }

  @Override
  public long monotonicMillis() {
    return System.nanoTime() / 1_000_000;
  }

  @Override
  public void send(int brokerId, ReplicationMessage message) {
    Replica.FromPeer wrapped = new Replica.FromPeer(message, context.getSelf());
    ActorRef<Replica.Command> peer = peers.get(brokerId);
    // Who opens a session may talk to a replica that was started anew meanwhile.
    if (peer == null || message instanceof ReplicationMessage.Fetch) {
      replica.peers().tell(partition, brokerId, wrapped);
    } else {
      peer.tell(wrapped);
    }
  }

  @Override
  public PushBudget pushBudget() {
    return replica.pushBudget();
  }

  @Override
  public TokenBucket leaderThrottle() {
    return replica.throttles().ofLeader(partition);
  }

  @Override
  public TokenBucket followerThrottle() {
    return replica.throttles().ofFollower(partition);
  }

  @Override
  public void propose(IsrProposal proposal) {
    ActorRef<Replica.Command> self = context.getSelf();
    CompletionStage<Outcome<PartitionImage>> answer =
        AskPattern.ask(
            replica.controller(),
            replyTo ->
                new Controller.ProposeIsr(
                    partition.topicId(),
                    partition.partition(),
                    replica.brokerId(),
                    proposal.epoch(),
                    proposal.partitionEpoch(),
                    proposal.isr(),
                    replyTo),
            PROPOSAL_TIMEOUT,
            context.getSystem().scheduler());
    // One that is never answered is made again.
    var unused =
        answer.thenAccept(
            outcome -> self.tell(new Replica.ProposalAnswered(proposal.partitionEpoch(), outcome)));
  }

  @Override
  public Errors damaged(long offset, Corruption what) {
    return damagedLog.found(offset, what);
  }

  @Override
  public String name() {
    return partition.toString();
  }

  @Override
  public void report(Damage damage) {
    ActorRef<Replica.Command> self = context.getSelf();
    int partitionEpoch = damage.terms().partitionEpoch();
    DamageReport report =
        new DamageReport(
            partition.topicId(),
            partition.partition(),
            replica.brokerId(),
            damage.terms().life(),
            damage.terms().epoch(),
            partitionEpoch,
            damage.offset());
    CompletionStage<Outcome<PartitionImage>> answer =
        AskPattern.ask(
            replica.controller(),
            replyTo -> new Controller.ReportDamage(report, replyTo),
            PROPOSAL_TIMEOUT,
            context.getSystem().scheduler());
    // One that is never answered is made again.
    var unused =
        answer.thenAccept(
            outcome -> self.tell(new Replica.DamageAnswered(partitionEpoch, outcome)));
  }

  @Override
  public void writeSoon() {
    context.getSelf().tell(WRITE_GATHERED);
  }

  @Override
  public void flush(FlushTicket ticket) {
    ActorRef<Replica.Command> self = context.getSelf();
    flushes.execute(() -> self.tell(Flusher.forced(ticket)));
  }

  @Override
  public void tendSoon() {
    if (!tends) {
      tends = true;
      timers.startSingleTimer(TEND, TEND_DELAY);
    }
  }
}
