package actors.partition;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import actors.Outcome;
import actors.config.BrokerConfigs;
import actors.config.EffectiveTopicConfig;
import actors.controller.PartitionImage;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import simulation.Mutation;
import storage.log.Corruption;
import storage.log.DirectoryRefused;
import storage.log.EpochHistory;
import storage.log.FlushTicket;
import storage.log.LogConfig;
import storage.log.LogDirectory;
import storage.log.PartitionLog;
import storage.log.PartitionName;
import storage.log.StorageFailure;

/**
 * A replica without its actor: the same duties, driven by a simulation. What {@link ReplicaActor}
 * does between its mailbox and the duties is repeated here and must stay the same.
 */
public final class SimReplica {
  public static final int ANY_LIFE = -1;

  private final int brokerId;
  private final PartitionId id;
  private final LogDirectory directory;
  private final BrokerConfigs configs;
  private final Port port;
  private final Tampering tampering;
  private final PortSurroundings around;
  private final PushBudget pushBudget;
  private final TestInbox<ReplicaReply> inbox = TestInbox.create();
  private Optional<Open> open = Optional.empty();
  private Optional<Reign> reign = Optional.empty();
  private Optional<Following> following = Optional.empty();
  private Errors unavailable = Errors.NOT_LEADER_OR_FOLLOWER;
  private int assumedPartitionEpoch = -1;
  private BrokerEpoch assumedLife = BrokerEpoch.NONE;

  /** In which life each peer was heard last. */
  private final TreeMap<Integer, Integer> peers = new TreeMap<>();

  private boolean offline;
  private boolean tends;
  private long lastSession;

  private record Open(PartitionLog log, Flusher flusher) {}

  /** What the simulated world does for a replica. */
  public interface Port {
    long nowMillis();

    long monotonicMillis();

    /**
     * @param life of the broker that is meant; {@link #ANY_LIFE} for whichever it is in
     */
    void send(int brokerId, int life, ReplicationMessage message);

    void propose(LeaderEpoch epoch, int partitionEpoch, SortedMap<Integer, BrokerEpoch> isr);

    /** Then {@link SimReplica#writeGathered}. */
    void writeSoon();

    /** Force it in a while, then say that it has ended. */
    void flush(Flush flush);

    /** Then {@link SimReplica#tend}. */
    void tendSoon();
  }

  /** An fsync that is going on. */
  public final class Flush {
    private final FlushTicket ticket;
    private Replica.FlushEnded outcome;

    private Flush(FlushTicket ticket) {
      this.ticket = ticket;
    }

    /** On the disk's own time. */
    public void force() {
      outcome = Flusher.forced(ticket);
    }

    /** On the replica's. */
    public void ended() {
      flushEnded(outcome);
    }
  }

  public SimReplica(
      int brokerId,
      PartitionId id,
      LogDirectory directory,
      BrokerConfigs configs,
      Port port,
      PushBudget pushBudget,
      Mutation mutation) {
    this.pushBudget = pushBudget;
    this.brokerId = brokerId;
    this.id = id;
    this.directory = directory;
    this.configs = configs;
    this.port = port;
    this.tampering = new Tampering(mutation);
    this.around = new PortSurroundings();
  }

  public PartitionId id() {
    return id;
  }

  // ---- what happens to it

  public void assume(PartitionImage image, Map<String, String> topicConfigs, BrokerEpoch life) {
    boolean news =
        image.partitionEpoch() > assumedPartitionEpoch
            || (image.partitionEpoch() == assumedPartitionEpoch && !life.equals(assumedLife));
    if (!news) {
      return;
    }
    assumedLife = life;
    assumedPartitionEpoch = image.partitionEpoch();
    try {
      carryOut(image, topicConfigs, life);
    } catch (StorageFailure | DirectoryRefused failure) {
      goOffline();
    }
  }

  private void carryOut(PartitionImage image, Map<String, String> topicConfigs, BrokerEpoch life) {
    EffectiveTopicConfig topic = EffectiveTopicConfig.of(topicConfigs, configs);
    LogConfig config = LogConfigs.of(topic, configs);
    Open opened = opened(config);
    opened.log().reconfigure(config);
    offline = false;
    if (image.leader() == brokerId) {
      endFollowing(Errors.NOT_LEADER_OR_FOLLOWER);
      Terms.Rules rules =
          new Terms.Rules(
              Math.min(topic.minInsyncReplicas(), image.replicas().size()),
              configs.replicaLagMillisMax(),
              config.flushOnCommit());
      lead(image, life, opened, rules);
    } else {
      endReign(Errors.NOT_LEADER_OR_FOLLOWER);
      follow(image, life, opened, config);
    }
  }

  private Open opened(LogConfig config) {
    if (open.isEmpty()) {
      PartitionLog log =
          directory.openPartition(
              id.topic(), id.partition(), id.topicId().toString(), config, port.nowMillis());
      open = Optional.of(new Open(log, new Flusher(log, around)));
    }
    return open.get();
  }

  private void lead(PartitionImage image, BrokerEpoch life, Open opened, Terms.Rules rules) {
    if (reign.isPresent() && reign.get().epoch().equals(image.leaderEpoch())) {
      reign.get().configure(image, rules);
      return;
    }
    endReign(Errors.NOT_LEADER_OR_FOLLOWER);
    LeaderEpoch epoch = image.leaderEpoch();
    PartitionLog log = opened.log();
    log.assignEpoch(epoch.value());
    Terms terms = new Terms(brokerId, life, epoch, startOf(epoch, log), rules);
    Leader.OwnLog own =
        new Leader.OwnLog(
            log.logEndOffset(), log.recoveryPoint(), directory.highWatermark(log.partition()));
    Leader leader = Leader.elected(terms, image, own, around.monotonicMillis());
    reign = Optional.of(new Reign(around, log, opened.flusher(), leader));
  }

  private static long startOf(LeaderEpoch epoch, PartitionLog log) {
    return log.epochs().entries().stream()
        .filter(entry -> entry.epoch() == epoch.value())
        .mapToLong(EpochHistory.Entry::startOffset)
        .findFirst()
        .orElse(log.logEndOffset());
  }

  private void follow(PartitionImage image, BrokerEpoch life, Open opened, LogConfig config) {
    Following.Allegiance allegiance =
        new Following.Allegiance(image.leaderEpoch(), image.leader(), brokerId, life);
    if (!image.hasLeader() || !image.replicas().contains(brokerId)) {
      endFollowing(Errors.NOT_LEADER_OR_FOLLOWER);
    } else if (following.filter(now -> now.allegiance().equals(allegiance)).isPresent()) {
      following.get().configure(config.flushOnCommit());
    } else {
      endFollowing(Errors.NOT_LEADER_OR_FOLLOWER);
      tampering.beforeFollowing(opened.log(), directory, port.nowMillis());
      following =
          Optional.of(
              new Following(
                  around,
                  opened.log(),
                  opened.flusher(),
                  allegiance,
                  nextSession(),
                  directory.highWatermark(opened.log().partition())));
    }
  }

  private void endFollowing(Errors why) {
    following.ifPresent(
        ended -> {
          directory.highWatermark(name(), ended.highWatermark());
          ended.end(why);
        });
    following = Optional.empty();
  }

  private void endReign(Errors why) {
    unavailable = why;
    reign.ifPresent(
        ended -> {
          directory.highWatermark(name(), ended.highWatermark());
          ended.end(why);
        });
    reign = Optional.empty();
  }

  private PartitionName name() {
    return new PartitionName(id.topic(), id.partition());
  }

  private long nextSession() {
    lastSession = Math.max(lastSession + (1 << 20), port.monotonicMillis() * 1_000);
    return lastSession;
  }

  public void hear(ReplicationMessage message, int life) {
    if (reign.map(leading -> leading.hears(message)).orElse(false)
        || following.map(follower -> follower.hears(message)).orElse(false)) {
      peers.put(message.from(), life);
    }
    guarded(
        leading -> leading.hear(tampering.heardByLeader(message, leading)),
        follower -> {
          tampering.earlyProgress(message, follower).ifPresent(early -> around.send(early));
          follower.hear(tampering.heardByFollower(message, follower));
        });
    reign.ifPresent(tampering::afterEvent);
  }

  public void append(long correlation, ByteBuffer records, short acks) {
    Replica.Append append = new Replica.Append(correlation, records, acks, inbox.getRef());
    if (reign.isEmpty()) {
      inbox.getRef().tell(Replies.appendRefused(append, unavailable, "does not lead"));
      return;
    }
    guarded(leading -> leading.append(append), follower -> {});
  }

  public void read(long correlation, long offset, int maxBytes, OptionalInt epoch, long waitPast) {
    if (reign.isEmpty() && following.isEmpty()) {
      inbox.getRef().tell(Replies.readRefused(correlation, unavailable));
      return;
    }
    Replica.Read read =
        new Replica.Read(
            correlation, offset, maxBytes, true, false, epoch, waitPast, inbox.getRef());
    guarded(leading -> leading.read(read), follower -> follower.read(read));
  }

  public void writeGathered() {
    guarded(Reign::writeGathered, follower -> {});
  }

  public void tend() {
    tends = false;
    guarded(Reign::tend, Following::tend);
    reign.ifPresent(tampering::afterEvent);
  }

  public void housekeep() {
    guarded(Reign::housekeep, Following::housekeep);
  }

  public void proposalAnswered(int partitionEpoch, Outcome<PartitionImage> answer) {
    guarded(leading -> leading.proposalAnswered(partitionEpoch, answer), follower -> {});
    reign.ifPresent(tampering::afterEvent);
  }

  /** That life of the broker is over. */
  public void peerGone(int peer, int life) {
    if (!peers.remove(peer, life)) {
      return;
    }
    guarded(
        leading -> leading.lost(peer),
        follower -> {
          if (follower.allegiance().leader() == peer) {
            follower.lostLeader();
          }
        });
  }

  private void flushEnded(Replica.FlushEnded ended) {
    try {
      open.orElseThrow().flusher().ended(ended);
      reign.ifPresent(Reign::flushed);
      following.ifPresent(Following::flushed);
    } catch (StorageFailure failure) {
      goOffline();
    }
  }

  /** As the shell does every few seconds. */
  public void noteHighWatermark() {
    if (open.isPresent() && (reign.isPresent() || following.isPresent())) {
      directory.highWatermark(name(), highWatermark());
    }
  }

  /** Its files are about to be closed. */
  public void stop() {
    endReign(Errors.NOT_LEADER_OR_FOLLOWER);
    endFollowing(Errors.NOT_LEADER_OR_FOLLOWER);
  }

  private void guarded(Consumer<Reign> leading, Consumer<Following> follows) {
    try {
      reign.ifPresent(leading);
      following.ifPresent(follows);
    } catch (StorageFailure failure) {
      goOffline();
    }
  }

  private void goOffline() {
    endReign(Errors.KAFKA_STORAGE_ERROR);
    endFollowing(Errors.KAFKA_STORAGE_ERROR);
    tends = false;
    offline = true;
  }

  // ---- what it is

  public boolean isOpen() {
    return open.isPresent();
  }

  public boolean isOffline() {
    return offline;
  }

  public boolean isLeading() {
    return reign.isPresent();
  }

  public boolean isFollowing() {
    return following.isPresent();
  }

  /** Of the role it has; -1 without one. */
  public int epoch() {
    if (reign.isPresent()) {
      return reign.get().epoch().value();
    }
    return following.map(follower -> follower.epoch().value()).orElse(-1);
  }

  /** Of the role it has; -1 without one. */
  public long highWatermark() {
    if (reign.isPresent()) {
      return reign.get().highWatermark();
    }
    return following.map(Following::highWatermark).orElse(-1L);
  }

  public PartitionLog log() {
    return open.orElseThrow().log();
  }

  /** Of a leader. */
  public List<Integer> confirmedIsr() {
    return reign.orElseThrow().state().inSync().confirmed();
  }

  /** Of a leader. */
  public int minInSync() {
    return reign.orElseThrow().state().terms().rules().minInSync();
  }

  /** Of a leader. */
  public long startOffset() {
    return reign.orElseThrow().state().terms().startOffset();
  }

  /** What it has answered since it was asked last. */
  public List<ReplicaReply> takeReplies() {
    return inbox.hasMessages() ? inbox.getAllReceived() : List.of();
  }

  @Override
  public String toString() {
    if (open.isEmpty()) {
      return "closed";
    }
    String role = reign.isPresent() ? "leads " : following.isPresent() ? "follows " : "idle ";
    return role
        + epoch()
        + " end "
        + log().logEndOffset()
        + " hw "
        + highWatermark()
        + (offline ? " offline" : "")
        + (reign.isPresent() ? " " + reign.get().state().inSync() : "")
        + (reign.isPresent() ? " " + reign.get().state().followers() : "")
        + (following.isPresent() ? " accepted " + following.get().isAccepted() : "")
        + " "
        + log().epochs().entries();
  }

  private final class PortSurroundings implements Surroundings {
    @Override
    public long nowMillis() {
      return port.nowMillis();
    }

    @Override
    public long monotonicMillis() {
      return port.monotonicMillis();
    }

    @Override
    public void send(int peer, ReplicationMessage message) {
      boolean opens = message instanceof ReplicationMessage.Fetch;
      port.send(peer, opens ? ANY_LIFE : peers.getOrDefault(peer, ANY_LIFE), message);
    }

    void send(Tampering.Addressed early) {
      send(early.to(), early.message());
    }

    @Override
    public PushBudget pushBudget() {
      return pushBudget;
    }

    @Override
    public TokenBucket leaderThrottle() {
      return TokenBucket.UNLIMITED;
    }

    @Override
    public TokenBucket followerThrottle() {
      return TokenBucket.UNLIMITED;
    }

    @Override
    public void propose(IsrProposal proposal) {
      port.propose(
          proposal.epoch(), proposal.partitionEpoch(), tampering.proposed(proposal.isr(), reign));
    }

    /** Bits do not flip here. */
    @Override
    public Errors damaged(long offset, Corruption what) {
      throw new AssertionError(what.sentence());
    }

    @Override
    public void writeSoon() {
      port.writeSoon();
    }

    @Override
    public void flush(FlushTicket ticket) {
      port.flush(new Flush(ticket));
    }

    @Override
    public void tendSoon() {
      if (!tends) {
        tends = true;
        port.tendSoon();
      }
    }
  }
}
