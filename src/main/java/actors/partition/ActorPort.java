package actors.partition;

import actors.MemberWatch;
import actors.Outcome;
import actors.controller.Controller;
import actors.controller.DamageReport;
import actors.controller.PartitionImage;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import storage.log.Cleaning;
import storage.log.FlushTicket;

/** A replica's port in production: mailboxes, timers, threads that wait for the disk. */
final class ActorPort implements ReplicaPort {
  private static final String FLUSH_DISPATCHER = "granary.flush-dispatcher";
  private static final String CLEANING_DISPATCHER = "granary.cleaning-dispatcher";
  private static final Duration PROPOSAL_TIMEOUT = Duration.ofSeconds(5);
  private static final Replica.WriteGathered WRITE_GATHERED = new Replica.WriteGathered();
  private static final Replica.Tend TEND = new Replica.Tend();
  private static final Replica.NoteHighWatermark NOTE = new Replica.NoteHighWatermark();
  private static final Replica.Housekeep HOUSEKEEP = new Replica.Housekeep();
  private static final Replica.Clean CLEAN = new Replica.Clean();

  private final ActorContext<Replica.Command> context;
  private final TimerScheduler<Replica.Command> timers;
  private final ReplicaContext replica;
  private final Executor flushes;
  private final Executor cleanings;

  ActorPort(
      ActorContext<Replica.Command> context,
      TimerScheduler<Replica.Command> timers,
      ReplicaContext replica) {
    this.context = context;
    this.timers = timers;
    this.replica = replica;
    this.flushes =
        context.getSystem().dispatchers().lookup(DispatcherSelector.fromConfig(FLUSH_DISPATCHER));
    this.cleanings =
        context
            .getSystem()
            .dispatchers()
            .lookup(DispatcherSelector.fromConfig(CLEANING_DISPATCHER));
  }

  @Override
  public ActorRef<Replica.Command> self() {
    return context.getSelf();
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
  public PushBudget pushBudget() {
    return replica.pushBudget();
  }

  @Override
  public TokenBucket leaderThrottle(PartitionId partition) {
    return replica.throttles().ofLeader(partition);
  }

  @Override
  public TokenBucket followerThrottle(PartitionId partition) {
    return replica.throttles().ofFollower(partition);
  }

  @Override
  public void send(Addressee to, ReplicationMessage message) {
    Replica.FromPeer wrapped = new Replica.FromPeer(message, context.getSelf());
    if (to.address().isPresent()) {
      to.address().get().tell(wrapped);
    } else {
      replica.peers().tell(to.partition(), to.brokerId(), wrapped);
    }
  }

  @Override
  public void watch(int brokerId, ActorRef<Replica.Command> peer) {
    MemberWatch.watchWith(context, peer, new Replica.PeerGone(brokerId, peer));
  }

  @Override
  public void unwatch(ActorRef<Replica.Command> peer) {
    context.unwatch(peer);
  }

  @Override
  public void propose(PartitionId partition, IsrProposal proposal) {
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
  public void report(PartitionId partition, Damage damage) {
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
  public CleaningBudget cleaningBudget() {
    return replica.cleaningBudget();
  }

  @Override
  public void clean(Cleaning cleaning) {
    ActorRef<Replica.Command> self = context.getSelf();
    Cleaning.Pace pace = replica.cleaningBudget().pace();
    cleanings.execute(() -> self.tell(Cleaner.advanced(cleaning, pace)));
  }

  @Override
  public void tendIn(Duration delay) {
    timers.startSingleTimer(TEND, delay);
  }

  @Override
  public void noteIn(Duration delay) {
    timers.startSingleTimer(NOTE, delay);
  }

  @Override
  public void housekeepEvery(Duration interval) {
    timers.startTimerWithFixedDelay(HOUSEKEEP, interval);
  }

  @Override
  public void cleanEvery(Duration interval) {
    timers.startTimerWithFixedDelay(CLEAN, interval);
  }

  @Override
  public void cancelTimers() {
    timers.cancelAll();
  }
}
