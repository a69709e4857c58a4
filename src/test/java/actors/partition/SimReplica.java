package actors.partition;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import actors.Outcome;
import actors.config.BrokerConfigs;
import actors.controller.PartitionImage;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.typed.ActorRef;
import simulation.Mutation;
import storage.log.Cleaning;
import storage.log.FlushTicket;
import storage.log.LogDirectory;
import storage.log.PartitionLog;

/** A replica without its actor: {@link ReplicaDuties}, driven and observed by a simulation. */
public final class SimReplica {
  public static final int ANY_LIFE = -1;
  private static final int DELETION_TIMEOUT_MILLIS = 5_000;

  private final PartitionId id;
  private final Port port;
  private final Tampering tampering;
  private final ReplicaDuties duties;
  private final TestInbox<Replica.Command> self = TestInbox.create();
  private final TestInbox<ReplicaReply> replies = TestInbox.create();
  private final TestInbox<Replica.Assumed> assumed = TestInbox.create();
  private final TestInbox<Done> done = TestInbox.create();

  /** Of each peer in each of its lives: {@code <broker>-<life>}. */
  private final TreeMap<String, ActorRef<Replica.Command>> addresses = new TreeMap<>();

  private Optional<Flush> flush = Optional.empty();
  private Optional<Step> step = Optional.empty();
  private int timers;

  /** What the simulated world does for a replica. */
  public interface Port {
    long nowMillis();

    long monotonicMillis();

    /**
     * @param life of the broker that is meant; {@link #ANY_LIFE} for whichever it is in
     */
    void send(int brokerId, int life, ReplicationMessage message);

    void propose(LeaderEpoch epoch, int partitionEpoch, SortedMap<Integer, BrokerEpoch> isr);

    /** Run it when all that is there by now has been looked at. */
    void writeSoon(Runnable write);

    /** Force it in a while, then say that it has ended. */
    void flush(Flush flush);

    /** Take it a step further in a while, then say that it has ended. */
    void clean(Step step);

    void after(long micros, String what, Runnable action);
  }

  /** A step of a cleaning that is going on. */
  public final class Step {
    private final Cleaning cleaning;
    private Optional<Replica.CleaningStepped> outcome = Optional.empty();

    private Step(Cleaning cleaning) {
      this.cleaning = cleaning;
    }

    /** On a thread of its own. */
    public void advance() {
      if (outcome.isEmpty()) {
        outcome = Optional.of(Cleaner.advanced(cleaning, bytes -> {}));
      }
    }

    /** On the replica's. */
    public void ended() {
      if (step.filter(this::equals).isPresent()) {
        step = Optional.empty();
        duties.cleaningStepped(outcome.orElseThrow());
      }
    }
  }

  /** An fsync that is going on. */
  public final class Flush {
    private final FlushTicket ticket;
    private Optional<Replica.FlushEnded> outcome = Optional.empty();

    private Flush(FlushTicket ticket) {
      this.ticket = ticket;
    }

    /** On the disk's own time. */
    public void force() {
      if (!isOver()) {
        outcome = Optional.of(Flusher.forced(ticket));
      }
    }

    /** On the replica's. */
    public void ended() {
      if (!isOver()) {
        flush = Optional.empty();
        duties.flushEnded(outcome.orElseThrow());
      }
    }

    /** The replica was stopped meanwhile, which has waited for it. */
    private boolean isOver() {
      return flush.filter(this::equals).isEmpty();
    }
  }

  public SimReplica(
      int brokerId,
      PartitionId id,
      LogDirectory directory,
      BrokerConfigs configs,
      Port port,
      PushBudget pushBudget,
      CleaningBudget cleaningBudget,
      Mutation mutation) {
    this.id = id;
    this.port = port;
    this.tampering = new Tampering(mutation);
    this.duties =
        new ReplicaDuties(
            new ReplicaHome(brokerId, directory, configs),
            new SimPort(pushBudget, cleaningBudget, directory));
  }

  public PartitionId id() {
    return id;
  }

  // ---- what happens to it

  public void assume(PartitionImage image, Map<String, String> topicConfigs, BrokerEpoch life) {
    duties.assume(new Replica.Assume(id, image, topicConfigs, life, assumed.getRef()));
  }

  public void hear(ReplicationMessage message, int life) {
    Roles roles = duties.roles();
    roles
        .following()
        .flatMap(follower -> tampering.earlyProgress(message, follower))
        .ifPresent(early -> port.send(early.to(), ANY_LIFE, early.message()));
    ReplicationMessage heard =
        roles
            .reign()
            .map(leading -> tampering.heardByLeader(message, leading))
            .or(() -> roles.following().map(f -> tampering.heardByFollower(message, f)))
            .orElse(message);
    duties.hear(new Replica.FromPeer(heard, address(message.from(), life)));
    roles.reign().ifPresent(tampering::afterEvent);
  }

  public void append(long correlation, ByteBuffer records, short acks) {
    duties.append(new Replica.Append(correlation, records, acks, replies.getRef()));
  }

  public void read(long correlation, long offset, int maxBytes, OptionalInt epoch, long waitPast) {
    duties.read(
        new Replica.Read(
            correlation, offset, maxBytes, true, false, epoch, waitPast, replies.getRef()));
  }

  public void deleteRecords(long correlation, long beforeOffset) {
    duties.deleteRecords(
        new Replica.DeleteRecords(
            correlation, beforeOffset, DELETION_TIMEOUT_MILLIS, replies.getRef()));
  }

  public void housekeep() {
    duties.housekeep();
  }

  public void clean() {
    duties.clean();
  }

  public void proposalAnswered(int partitionEpoch, Outcome<PartitionImage> answer) {
    duties.proposalAnswered(new Replica.ProposalAnswered(partitionEpoch, answer));
    duties.roles().reign().ifPresent(tampering::afterEvent);
  }

  /** That life of the broker is over. */
  public void peerGone(int peer, int life) {
    duties.peerGone(new Replica.PeerGone(peer, address(peer, life)));
  }

  private void tend() {
    duties.tend();
    duties.roles().reign().ifPresent(tampering::afterEvent);
  }

  /** Closes its files; what is being forced to the disk is waited for. */
  public void stop() {
    duties.close(new Replica.Close(done.getRef()));
    flush.ifPresent(
        last -> {
          if (last.outcome.isEmpty()) {
            last.force();
          }
          last.ended();
        });
    step.ifPresent(
        last -> {
          last.advance();
          last.ended();
        });
  }

  private ActorRef<Replica.Command> address(int broker, int life) {
    return addresses.computeIfAbsent(
        broker + "-" + life, name -> TestInbox.<Replica.Command>create(name).getRef());
  }

  private static int lifeOf(ActorRef<Replica.Command> address) {
    String name = address.path().name();
    return Integer.parseInt(name.substring(name.indexOf('-') + 1));
  }

  // ---- what it is

  public boolean isOpen() {
    return duties.files().ifOpen().isPresent();
  }

  public boolean isOffline() {
    return duties.isOffline();
  }

  public boolean isLeading() {
    return duties.roles().reign().isPresent();
  }

  public boolean isFollowing() {
    return duties.roles().following().isPresent();
  }

  /** Of the role it has; -1 without one. */
  public int epoch() {
    if (isLeading()) {
      return reign().epoch().value();
    }
    return duties.roles().following().map(follower -> follower.epoch().value()).orElse(-1);
  }

  /** Of the role it has; -1 without one. */
  public long highWatermark() {
    return duties.roles().highWatermark().orElse(-1);
  }

  public PartitionLog log() {
    return duties.files().ifOpen().orElseThrow().log();
  }

  private Reign reign() {
    return duties.roles().reign().orElseThrow();
  }

  /** Of a leader. */
  public List<Integer> confirmedIsr() {
    return reign().state().inSync().confirmed();
  }

  /** Of a leader. */
  public int minInSync() {
    return reign().state().terms().rules().minInSync();
  }

  /** Of a leader. */
  public long startOffset() {
    return reign().state().terms().startOffset();
  }

  /** What it has answered since it was asked last. */
  public List<ReplicaReply> takeReplies() {
    return replies.hasMessages() ? replies.getAllReceived() : List.of();
  }

  /** What it has said of its role since it was asked last. */
  public List<Replica.Assumed> takeAssumed() {
    return assumed.hasMessages() ? assumed.getAllReceived() : List.of();
  }

  @Override
  public String toString() {
    if (!isOpen()) {
      return "closed";
    }
    String role = isLeading() ? "leads " : isFollowing() ? "follows " : "idle ";
    return role
        + epoch()
        + " from "
        + log().logStartOffset()
        + " end "
        + log().logEndOffset()
        + " hw "
        + highWatermark()
        + (isOffline() ? " offline" : "")
        + (isLeading() ? " " + reign().state().inSync() + " " + reign().state().followers() : "")
        + " "
        + log().epochs().entries();
  }

  private final class SimPort implements ReplicaPort {
    private final PushBudget pushBudget;
    private final CleaningBudget cleaningBudget;
    private final LogDirectory directory;

    SimPort(PushBudget pushBudget, CleaningBudget cleaningBudget, LogDirectory directory) {
      this.pushBudget = pushBudget;
      this.cleaningBudget = cleaningBudget;
      this.directory = directory;
    }

    @Override
    public ActorRef<Replica.Command> self() {
      return self.getRef();
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
    public PushBudget pushBudget() {
      return pushBudget;
    }

    @Override
    public TokenBucket leaderThrottle(PartitionId partition) {
      return TokenBucket.UNLIMITED;
    }

    @Override
    public TokenBucket followerThrottle(PartitionId partition) {
      return TokenBucket.UNLIMITED;
    }

    /**
     * Lost: that a damaged log is mended is not simulated, only that nobody is given what is in it.
     */
    @Override
    public void report(PartitionId partition, Damage damage) {}

    @Override
    public void send(Addressee to, ReplicationMessage message) {
      port.send(
          to.brokerId(),
          to.address().map(SimReplica::lifeOf).orElse(ANY_LIFE),
          tampering.said(message, SimReplica.this::log, directory));
    }

    /** The world says by itself whose life is over. */
    @Override
    public void watch(int brokerId, ActorRef<Replica.Command> peer) {}

    @Override
    public void unwatch(ActorRef<Replica.Command> peer) {}

    @Override
    public void propose(PartitionId partition, IsrProposal proposal) {
      port.propose(
          proposal.epoch(),
          proposal.partitionEpoch(),
          tampering.proposed(proposal.isr(), duties.roles().reign()));
    }

    @Override
    public void writeSoon() {
      port.writeSoon(duties::writeGathered);
    }

    @Override
    public void flush(FlushTicket ticket) {
      Flush begun = new Flush(ticket);
      flush = Optional.of(begun);
      port.flush(begun);
    }

    @Override
    public void tendIn(Duration delay) {
      after(delay, "tend", SimReplica.this::tend);
    }

    @Override
    public void noteIn(Duration delay) {
      after(delay, "note", duties::noteHighWatermark);
    }

    @Override
    public CleaningBudget cleaningBudget() {
      return cleaningBudget;
    }

    @Override
    public void clean(Cleaning cleaning) {
      Step begun = new Step(cleaning);
      step = Optional.of(begun);
      port.clean(begun);
    }

    /** The broker has it done more often than asked, since no world lasts that long. */
    @Override
    public void housekeepEvery(Duration interval) {}

    /** The broker does. */
    @Override
    public void cleanEvery(Duration interval) {}

    private void after(Duration delay, String what, Runnable action) {
      int set = timers;
      port.after(
          TimeUnit.MILLISECONDS.toMicros(delay.toMillis()),
          what,
          () -> {
            if (set == timers) {
              action.run();
            }
          });
    }

    @Override
    public void cancelTimers() {
      timers++;
    }
  }
}
