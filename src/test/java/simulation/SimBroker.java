package simulation;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import actors.Outcome;
import actors.controller.BrokerImage;
import actors.controller.ClusterMetadata;
import actors.controller.Controller;
import actors.controller.PartitionImage;
import actors.controller.TopicImage;
import actors.partition.PartitionId;
import actors.partition.PushBudget;
import actors.partition.ReplicaReply;
import actors.partition.ReplicationMessage;
import actors.partition.SimReplica;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import storage.log.DirectoryIdentity;
import storage.log.LogDirectory;
import storage.log.StorageFailure;

/**
 * A machine with a broker on it: real replicas over real storage on a simulated disk. Between its
 * lives it keeps nothing but the disk. It follows the image as the broker's actor does.
 */
public final class SimBroker {
  private static final Path ROOT = Path.of("/data").toAbsolutePath();
  private static final Path EPOCH_FILE = ROOT.resolve("broker-epoch");
  private static final long PUSHED_BYTES_MAX = 100_000;
  private static final long REPEAT_MICROS = 200_000;
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
  private boolean up;
  private boolean paused;
  private boolean damaged;
  private int life;
  private int disks;
  private Uuid incarnation;
  private Optional<BrokerEpoch> previousEpoch = Optional.empty();
  private BrokerEpoch epoch = BrokerEpoch.NONE;
  private ClusterMetadata image = ClusterMetadata.EMPTY;
  private boolean readySaid;

  SimBroker(World world, int id, SimTime time) {
    this.world = world;
    this.id = id;
    this.time = time;
    this.disk = newDisk();
    for (int partition = 0; partition < world.settings().partitions(); partition++) {
      ghosts.put(partition, new Ghost());
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
      boolean whole = !directory.previousStop().mayHaveLostData();
      previousEpoch = whole ? readEpoch() : Optional.empty();
    } catch (StorageFailure failure) {
      disk.crashProcess();
      world.after(500_000, "starts again", this::start);
      return;
    }
    up = true;
    pushBudget = new PushBudget(PUSHED_BYTES_MAX);
    paused = false;
    incarnation = world.uuid();
    epoch = BrokerEpoch.NONE;
    image = ClusterMetadata.EMPTY;
    readySaid = false;
    every(REPEAT_MICROS, "repeat", this::repeat);
    every(HEARTBEAT_MICROS, "heartbeat", this::heartbeat);
    every(1_500_000, "subscribe", this::subscribe);
    every(2_000_000, "note", () -> replicas.values().forEach(SimReplica::noteHighWatermark));
    every(5_000_000, "housekeep", () -> replicas.values().forEach(SimReplica::housekeep));
    every(7_000_000, "checkpoint", this::checkpoint);
    repeat();
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

  private Optional<BrokerEpoch> readEpoch() {
    return disk.readSmall(EPOCH_FILE)
        .map(bytes -> StandardCharsets.UTF_8.decode(bytes).toString())
        .filter(text -> text.matches("[0-9]+"))
        .map(text -> new BrokerEpoch(Long.parseLong(text)));
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

  private void repeat() {
    if (epoch.equals(BrokerEpoch.NONE)) {
      world.toController(
          this,
          "register",
          controller ->
              controller.register(this, incarnation, previousEpoch, answered(this::onRegistered)));
    } else if (image.version() > 0 && !readySaid) {
      world.toController(
          this,
          "ready",
          controller -> controller.ready(this, epoch, answered(this::onReadyAnswered)));
    }
  }

  /** An answer finds nobody once the life that asked is over. */
  private <T> Consumer<T> answered(Consumer<T> use) {
    int asking = life;
    return answer -> {
      if (life == asking) {
        use.accept(answer);
      }
    };
  }

  private void heartbeat() {
    world.toControllers(this, "heartbeat", controller -> controller.heard(id));
  }

  private void subscribe() {
    if (!epoch.equals(BrokerEpoch.NONE)) {
      world.toController(
          this,
          "subscribe",
          controller -> controller.subscribe(id, Math.max(image.version(), epoch.value())));
    }
  }

  private void onRegistered(Outcome<Controller.Registration> outcome) {
    if (epoch.equals(BrokerEpoch.NONE)
        && outcome instanceof Outcome.Accepted<Controller.Registration> accepted) {
      epoch = accepted.value().epoch();
      try {
        byte[] text = Long.toString(epoch.value()).getBytes(StandardCharsets.UTF_8);
        disk.writeSmallAtomically(EPOCH_FILE, ByteBuffer.wrap(text));
      } catch (StorageFailure failure) {
        world.note(() -> id + " could not note its epoch");
      }
      subscribe();
    }
  }

  private void onReadyAnswered(Outcome<BrokerEpoch> outcome) {
    if (outcome instanceof Outcome.Refused<BrokerEpoch> refused
        && refused.error() == Errors.STALE_BROKER_EPOCH) {
      registerAnew(); // a late word of an earlier life has taken this one's place
    }
    readySaid |= outcome instanceof Outcome.Accepted<BrokerEpoch>;
  }

  private void registerAnew() {
    epoch = BrokerEpoch.NONE;
    readySaid = false;
    repeat();
  }

  void onImage(ClusterMetadata next) {
    // An image from before this life tells what another life was to do.
    if (epoch.equals(BrokerEpoch.NONE)
        || next.version() < Math.max(image.version(), epoch.value())) {
      return;
    }
    image = next;
    Strays.remove(this, image, directory, replicas);
    for (TopicImage topic : image.topics().values()) {
      for (PartitionImage partition : topic.partitions()) {
        if (partition.replicas().contains(id)) {
          replica(topic, partition.partition()).assume(partition, topic.configs(), epoch);
        }
      }
    }
    BrokerImage self = image.brokers().get(id);
    if (self != null && self.epoch().value() > epoch.value()) {
      registerAnew();
    } else if (readySaid && self != null && self.fenced() && self.epoch().equals(epoch)) {
      readySaid = false;
      repeat();
    }
  }

  private SimReplica replica(TopicImage topic, int partition) {
    return replicas.computeIfAbsent(
        partition,
        absent ->
            new SimReplica(
                id,
                new PartitionId(topic.id(), topic.name(), partition),
                directory,
                world.brokerConfigs(),
                new ReplicaPort(topic.id(), partition),
                pushBudget,
                world.mutation()));
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
    return epoch;
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
    return replicas.values().stream().anyMatch(SimReplica::isOffline);
  }

  /** Stops and starts if a replica is offline, as whoever runs it would. */
  public void restartIfOffline() {
    if (up && hasOffline()) {
      stop();
      start();
    }
  }

  @Override
  public String toString() {
    return "broker " + id + (up ? paused ? " paused " : " up " : " down ") + epoch + " " + replicas;
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
    public void writeSoon() {
      SimReplica self = self();
      world.at(SimBroker.this, world.between(10, 500), "write", self::writeGathered);
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
    public void tendSoon() {
      SimReplica self = self();
      world.at(SimBroker.this, 200_000, "tend", () -> tend(self));
    }

    private void tend(SimReplica self) {
      (self == null ? self() : self).tend();
    }
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
