package simulation;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import actors.broker.SimBrokerDuties;
import actors.controller.ClusterMetadata;
import actors.controller.Controller;
import actors.partition.CleaningBudget;
import actors.partition.PartitionId;
import actors.partition.PushBudget;
import actors.partition.Replica;
import actors.partition.ReplicaReply;
import actors.partition.ReplicationMessage;
import actors.partition.SimReplica;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import storage.log.DirectoryIdentity;
import storage.log.LogDirectory;
import storage.log.PartitionName;
import storage.log.StorageFailure;

/**
 * A machine with a broker on it: real replicas over real storage on a simulated disk. Between its
 * lives it keeps nothing but the disk. It follows the image as the broker's actor does.
 */
public final class SimBroker {
  private static final Path ROOT = Path.of("/data").toAbsolutePath();
  private static final long PUSHED_BYTES_MAX = 100_000;
  private static final long HEARTBEAT_MICROS = 300_000;

  private final World world;
  private final int id;
  private final SimTime time;
  private final TreeMap<Integer, Ghost> ghosts = new TreeMap<>();
  private final TreeMap<Integer, SimReplica> replicas = new TreeMap<>();
  private final Deque<World.Event> deferred = new ArrayDeque<>();
  private SimFileSystem disk;
  private LogDirectory directory;
  private PushBudget pushBudget;
  private CleaningBudget cleaningBudget;
  private boolean up;
  private boolean paused;
  private boolean damaged;
  private int life;
  private int disks;
  private Uuid incarnation;
  private Optional<SimBrokerDuties> duties = Optional.empty();
  private ClusterMetadata image = ClusterMetadata.EMPTY;
  private long seenVersion;

  SimBroker(World world, int id, SimTime time) {
    this.world = world;
    this.id = id;
    this.time = time;
    this.disk = newDisk();
    for (int partition = 0; partition < world.settings().partitions(); partition++) {
      Ghost ghost = new Ghost().of(world.truth(partition));
      ghosts.put(
          partition,
          world.settings().compacted() ? ghost.compactedOf(world.truth(partition)) : ghost);
    }
  }

  private SimFileSystem newDisk() {
    return new SimFileSystem(world.settings().seed() * 31 + id + 1_000L * disks++);
  }

  // ---- its life

  void start() {
    if (up) {
      return;
    }
    life++;
    try {
      directory =
          LogDirectory.open(
              disk, ROOT, new DirectoryIdentity.Owner(id, ""), () -> "directory-" + id);
      duties = Optional.of(new SimBrokerDuties(id, disk, directory, new BrokerPort()));
    } catch (StorageFailure failure) {
      disk.crashProcess();
      world.after(500_000, "starts again", this::start);
      return;
    }
    up = true;
    pushBudget = new PushBudget(PUSHED_BYTES_MAX);
    cleaningBudget = new CleaningBudget(world.brokerConfigs());
    paused = false;
    incarnation = world.uuid();
    image = ClusterMetadata.EMPTY;
    seenVersion = 0;
    every(HEARTBEAT_MICROS, "heartbeat", this::heartbeat);
    every(1_500_000, "subscribe", () -> subscribe(epoch().value()));
    every(5_000_000, "housekeep", () -> replicas.values().forEach(SimReplica::housekeep));
    every(7_000_000, "checkpoint", this::checkpoint);
    if (world.settings().compacted()) {
      every(1_300_000, "clean", () -> replicas.values().forEach(SimReplica::clean));
    }
    duties.orElseThrow().begin();
  }

  private void every(long micros, String what, Runnable action) {
    world.at(
        this,
        micros,
        what,
        () -> {
          action.run();
          every(micros, what, action);
        });
  }

  private void checkpoint() {
    try {
      directory.writeCheckpoints();
    } catch (StorageFailure failure) {
      world.note(() -> id + " could not write its checkpoints");
    }
  }

  private void die() {
    int over = life;
    up = false;
    paused = false;
    life++;
    deferred.clear();
    replicas.clear();
    world.brokerDied(this, over);
  }

  /** The process is killed; what it has written stays. */
  public void kill() {
    if (up) {
      disk.crashProcess();
      die();
    }
  }

  /** The process is stopped, and closes its files. */
  public void stop() {
    if (up) {
      for (SimReplica replica : replicas.values()) {
        replica.stop();
      }
      try {
        directory.close();
      } catch (StorageFailure failure) {
        world.note(() -> id + " could not stop cleanly");
      }
      disk.crashProcess();
      die();
    }
  }

  /** The machine loses what it has not forced to its disk. */
  public void losePower() {
    disk.crashMachine();
    time.reboot();
    ghosts.values().forEach(Ghost::forget);
    damaged |= !world.settings().flushOnCommit();
    if (up) {
      die();
    }
  }

  /** The disk is gone; there is an empty one. */
  public void replaceDisk() {
    if (up) {
      disk.crashProcess();
      die();
    }
    disk = newDisk();
    ghosts.values().forEach(Ghost::forget);
    damaged = true;
  }

  public void pause() {
    paused = up;
  }

  public void resume() {
    if (paused) {
      paused = false;
      world.enqueueAgain(deferred);
    }
  }

  void defer(World.Event event) {
    deferred.add(event);
  }

  /** It has registered since it lost something: whoever elects it knows. */
  void damageIsKnown() {
    damaged = false;
  }

  // ---- as the broker's actor

  private void heartbeat() {
    world.toControllers(this, "heartbeat", controller -> controller.heard(id));
  }

  private void subscribe(long knownVersion) {
    if (!epoch().equals(BrokerEpoch.NONE)) {
      long known = Math.max(seenVersion, knownVersion);
      world.toController(this, "subscribe", controller -> controller.subscribe(id, known));
    }
  }

  void onImage(ClusterMetadata next) {
    seenVersion = Math.max(seenVersion, next.version());
    duties.orElseThrow().shown(next);
  }

  private SimReplica replica(PartitionId partition) {
    return replicas.computeIfAbsent(
        partition.partition(),
        absent ->
            new SimReplica(
                id,
                partition,
                directory,
                world.brokerConfigs(),
                new ReplicaPort(partition.topicId(), partition.partition()),
                pushBudget,
                cleaningBudget,
                world.mutation()));
  }

  /** Of a present life: as of one on a node that others know as a member only a moment later. */
  void hearOfDeath(SimBroker other) {
    if (isRunning() && other != this) {
      replicas.values().forEach(replica -> replica.peerGone(other.id, other.life));
    }
  }

  // ---- what clients ask

  void append(int partition, long correlation, byte[] batch, short acks) {
    SimReplica replica = replicas.get(partition);
    if (replica == null) {
      world.reply(
          this,
          partition,
          new ReplicaReply.Appended(
              correlation, Errors.NOT_LEADER_OR_FOLLOWER, -1, -1, -1, Optional.empty()));
    } else {
      replica.append(correlation, ByteBuffer.wrap(batch.clone()), acks);
    }
  }

  void read(
      int partition, long correlation, long offset, int maxBytes, OptionalInt epoch, long wait) {
    SimReplica replica = replicas.get(partition);
    if (replica != null) {
      replica.read(correlation, offset, maxBytes, epoch, wait);
    }
  }

  void deleteRecords(int partition, long correlation, long beforeOffset) {
    SimReplica replica = replicas.get(partition);
    if (replica != null) {
      boolean all = beforeOffset == Replica.DeleteRecords.HIGH_WATERMARK;
      world.truth(partition).askedToDelete(all ? replica.highWatermark() : beforeOffset);
      replica.deleteRecords(correlation, beforeOffset);
    }
  }

  /** What its replicas have said of their roles since. */
  void hearReplicas() {
    duties.ifPresent(
        listening -> List.copyOf(replicas.values()).forEach(replica -> listening.hear(replica)));
  }

  // ---- what it is

  public int id() {
    return id;
  }

  public boolean isUp() {
    return up;
  }

  public boolean isPaused() {
    return paused;
  }

  public boolean isRunning() {
    return up && !paused;
  }

  int life() {
    return life;
  }

  /** It has lost something, and nobody knows yet. */
  public boolean isDamaged() {
    return damaged;
  }

  /** Of its present or last life. */
  public Uuid incarnation() {
    return incarnation;
  }

  public BrokerEpoch epoch() {
    return duties.map(SimBrokerDuties::epoch).orElse(BrokerEpoch.NONE);
  }

  public ClusterMetadata image() {
    return image;
  }

  SimTime time() {
    return time;
  }

  public SimFileSystem disk() {
    return disk;
  }

  /** What its disk holds of a partition. */
  public Ghost ghost(int partition) {
    return ghosts.get(partition);
  }

  public boolean isGhostKnown(int partition) {
    return ghosts.get(partition).isKnown();
  }

  public Optional<SimReplica> replica(int partition) {
    return Optional.ofNullable(replicas.get(partition));
  }

  public Collection<SimReplica> replicas() {
    return replicas.values();
  }

  private boolean hasOffline() {
    return duties.orElseThrow().hasGivenUp()
        || replicas.values().stream().anyMatch(SimReplica::isOffline);
  }

  /** Stops and starts if its disk has failed, as whoever runs it would. */
  public void restartIfOffline() {
    if (up && hasOffline()) {
      stop();
      start();
    }
  }

  @Override
  public String toString() {
    return "broker "
        + id
        + (up ? paused ? " paused " : " up " : " down ")
        + epoch()
        + " "
        + replicas;
  }

  /** The broker's way to the world; dead with this life. */
  private final class BrokerPort implements SimBrokerDuties.Port {
    private SimBrokerDuties self() {
      return duties.orElseThrow();
    }

    @Override
    public void register(int attempt, Optional<BrokerEpoch> whole) {
      SimBrokerDuties self = self();
      Uuid speaking = incarnation; // not whichever life it is in when the word arrives
      world.toController(
          SimBroker.this,
          "register",
          controller ->
              controller.register(
                  SimBroker.this,
                  speaking,
                  whole,
                  outcome -> {
                    if (self == self()) {
                      self.registered(attempt, outcome);
                    }
                  }));
    }

    @Override
    public void subscribe(long knownVersion) {
      SimBroker.this.subscribe(knownVersion);
    }

    @Override
    public void ready(BrokerEpoch epoch) {
      SimBrokerDuties self = self();
      world.toController(
          SimBroker.this,
          "ready",
          controller ->
              controller.ready(
                  SimBroker.this,
                  epoch,
                  outcome -> {
                    if (self == self()) {
                      self.readyAnswered(epoch, outcome);
                    }
                  }));
    }

    @Override
    public void fence() {
      world.toController(SimBroker.this, "fence", controller -> controller.fence(id));
    }

    @Override
    public void after(long micros, String what, Runnable action) {
      world.at(SimBroker.this, micros, what, action);
    }

    @Override
    public SimReplica replica(PartitionId partition) {
      return SimBroker.this.replica(partition);
    }

    @Override
    public void prepare(ClusterMetadata first) {
      Strays.remove(SimBroker.this, first, directory);
    }

    @Override
    public void delete(PartitionId partition) {
      SimReplica running = replicas.remove(partition.partition());
      if (running != null) {
        running.stop();
      }
      Strays.remove(
          SimBroker.this, new PartitionName(partition.topic(), partition.partition()), directory);
    }

    @Override
    public void publish(ClusterMetadata published) {
      image = published;
    }
  }

  /** A replica's way to the world; dead with this life. */
  private final class ReplicaPort implements SimReplica.Port {
    private final Uuid topicId;
    private final int partition;

    ReplicaPort(Uuid topicId, int partition) {
      this.topicId = topicId;
      this.partition = partition;
    }

    private SimReplica self() {
      return replicas.get(partition);
    }

    @Override
    public long nowMillis() {
      return time.nowMillis();
    }

    @Override
    public long monotonicMillis() {
      return time.monotonicMillis();
    }

    @Override
    public void send(int to, int meant, ReplicationMessage message) {
      SimBroker peer = world.broker(to);
      int ownLife = life;
      world.note(() -> id + " -> " + to + " " + World.brief(message));
      world.send(
          id,
          peer,
          message.getClass().getSimpleName(),
          () -> {
            SimReplica replica = peer.replicas.get(partition);
            if (replica != null && (meant == SimReplica.ANY_LIFE || peer.life == meant)) {
              replica.hear(copy(message), ownLife);
            }
          });
    }

    @Override
    public void propose(
        LeaderEpoch leaderEpoch, int partitionEpoch, SortedMap<Integer, BrokerEpoch> isr) {
      Controller.ProposeIsr proposal =
          new Controller.ProposeIsr(topicId, partition, id, leaderEpoch, partitionEpoch, isr, null);
      SimReplica self = self();
      world.toController(
          SimBroker.this,
          "propose",
          controller ->
              controller.propose(
                  SimBroker.this,
                  proposal,
                  outcome -> {
                    if (self == self()) {
                      self.proposalAnswered(partitionEpoch, outcome);
                    }
                  }));
    }

    @Override
    public void writeSoon(Runnable write) {
      world.at(SimBroker.this, world.between(10, 500), "write", write);
    }

    @Override
    public void flush(SimReplica.Flush flush) {
      world.at(
          SimBroker.this,
          world.between(100, world.slowDisk(SimBroker.this)),
          "force",
          () -> {
            flush.force();
            world.at(SimBroker.this, world.between(10, 1_000), "forced", flush::ended);
          });
    }

    @Override
    public void clean(SimReplica.Step step) {
      world.at(
          SimBroker.this,
          world.between(100, world.slowDisk(SimBroker.this)),
          "clean",
          () -> {
            step.advance();
            world.at(SimBroker.this, world.between(10, 1_000), "cleaned", () -> cleaned(step));
          });
    }

    private void cleaned(SimReplica.Step step) {
      step.ended();
      SimReplica replica = replicas.get(partition);
      Truth truth = world.truth(partition);
      if (replica != null && replica.isOpen() && !truth.isLossAllowed()) {
        lastOfEachKey(replica, truth);
      }
    }

    @Override
    public void after(long micros, String what, Runnable action) {
      world.at(SimBroker.this, micros, what, action);
    }
  }

  /**
   * Whatever a cleaning has taken out, what is the last of its key must be there, as far as the
   * replica knows to hold what was committed.
   */
  private void lastOfEachKey(SimReplica replica, Truth truth) {
    long end = Math.max(0, Math.min(replica.highWatermark(), truth.end()));
    truth
        .keyed()
        .flatMap(keyed -> keyed.lacking(0, end, Batches.all(replica.log())))
        .ifPresent(
            lacking -> {
              throw new SimulationFailure(
                  Rule.LAST_OF_EACH_KEY, "broker " + id + " after a cleaning: " + lacking);
            });
  }

  private static ReplicationMessage copy(ReplicationMessage message) {
    if (message instanceof ReplicationMessage.Push push) {
      ByteBuffer bytes = ByteBuffer.allocate(push.bytes().remaining());
      bytes.put(push.bytes().duplicate()).flip();
      return new ReplicationMessage.Push(
          push.epoch(),
          push.from(),
          push.session(),
          push.fromOffset(),
          push.endOffset(),
          push.part(),
          push.marks(),
          bytes);
    }
    return message;
  }
}
