package simulation;

import actors.controller.PartitionImage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Does harm at random, as often as the settings say, and puts most of it right again. */
final class Nemesis {
  private static final long STEP_MICROS = 100_000;

  private final World world;
  private final Settings settings;
  private final Random random;

  Nemesis(World world) {
    this.world = world;
    this.settings = world.settings();
    this.random = new Random(settings.seed() * 13 + 5);
  }

  /** Once the cluster has had time to form. */
  void begin() {
    world.after(3_000_000, "nemesis", this::act);
  }

  private boolean comes(double perSecond) {
    return perSecond > 0 && random.nextDouble() < perSecond * STEP_MICROS / 1_000_000;
  }

  private SimBroker any() {
    List<SimBroker> brokers = world.brokers();
    return brokers.get(random.nextInt(brokers.size()));
  }

  private long micros(long min, long max) {
    return min + (long) (random.nextDouble() * (max - min));
  }

  private void act() {
    if (world.nowMicros() >= settings.faultMicros()) {
      return;
    }
    Settings.Faults faults = settings.faults();
    if (comes(faults.kill())) {
      SimBroker broker = any();
      broker.kill();
      startLater(broker);
    }
    if (comes(faults.stop())) {
      SimBroker broker = any();
      broker.stop();
      startLater(broker);
    }
    if (comes(faults.powerLoss())) {
      losePower();
    }
    if (comes(faults.newDisk())) {
      SimBroker broker = any();
      if (settings.reckless() || canAffordToLose(broker)) {
        broker.replaceDisk();
        startLater(broker);
      }
    }
    if (comes(faults.pause())) {
      SimBroker broker = any();
      broker.pause();
      world.after(micros(10_000, 6_000_000), "resume", broker::resume);
    }
    network(faults);
    disks(faults);
    if (comes(faults.clockJump())) {
      any().time().jump(micros(-100_000_000, 100_000_000) / 1_000);
    }
    if (comes(faults.secondController())) {
      SimBroker broker = any();
      if (broker.isUp()) {
        world.startController(broker);
      }
    }
    if (comes(faults.fence())) {
      int victim = any().id();
      List<SimController> alive = world.liveControllers();
      if (!alive.isEmpty()) {
        alive.get(random.nextInt(alive.size())).fence(victim);
      }
    }
    if (comes(faults.move())) {
      move();
    }
    if (comes(faults.falseDeath())) {
      any().hearOfDeath(any());
    }
    world.after(STEP_MICROS, "nemesis", this::act);
  }

  /** Any replicas to anywhere, or back. */
  private void move() {
    int partition = random.nextInt(settings.partitions());
    List<Integer> brokers = new ArrayList<>(world.brokers().stream().map(SimBroker::id).toList());
    Collections.shuffle(brokers, random);
    int most = Math.min(brokers.size(), settings.replicationFactor() + 1);
    List<Integer> target = brokers.subList(0, 1 + random.nextInt(most));
    world.move(partition, random.nextInt(4) == 0 ? Optional.empty() : Optional.of(target));
  }

  private void startLater(SimBroker broker) {
    world.after(micros(1_000, 5_000_000), "start", broker::start);
  }

  /** Of one machine, or (what each of them survives) of all. */
  private void losePower() {
    boolean all = random.nextInt(4) == 0;
    for (SimBroker broker : all ? world.brokers() : List.of(any())) {
      if (settings.flushOnCommit() || settings.reckless() || canAffordToLose(broker)) {
        broker.losePower();
        startLater(broker);
      }
    }
  }

  /** Whether somebody else has everything, and will be known to. */
  private boolean canAffordToLose(SimBroker broker) {
    for (int partition = 0; partition < settings.partitions(); partition++) {
      Optional<PartitionImage> now = world.image(partition);
      if (now.isEmpty()) {
        continue;
      }
      boolean another = false;
      for (SimBroker other : world.brokers()) {
        another |=
            other != broker
                && !other.isDamaged()
                && (now.get().isr().contains(other.id())
                    || now.get().eligible().contains(other.id()));
      }
      if (!another) {
        return false;
      }
    }
    return true;
  }

  private void network(Settings.Faults faults) {
    SimNetwork network = world.network();
    if (comes(faults.split())) {
      SimBroker lonely = any();
      SimBroker other = any();
      boolean pair = random.nextBoolean();
      for (SimBroker broker : world.brokers()) {
        boolean inside = broker == lonely || (pair && broker == other);
        if (!inside) {
          network.cutBothWays(lonely.id(), broker.id());
          if (pair) {
            network.cutBothWays(other.id(), broker.id());
          }
        }
      }
      world.after(micros(10_000, 6_000_000), "mend", network::mendAll);
    }
    if (comes(faults.oneWay())) {
      int from = any().id();
      int to = any().id();
      if (from != to) {
        network.cut(from, to);
        world.after(micros(10_000, 6_000_000), "mend", () -> network.mend(from, to));
      }
    }
    if (comes(faults.clog())) {
      network.clog(any().id(), any().id(), world.nowMicros() + micros(10_000, 3_000_000));
    }
  }

  private void disks(Settings.Faults faults) {
    if (comes(faults.fullDisk())) {
      SimBroker broker = any();
      broker.disk().limitTo(micros(0, 20_000));
      world.after(
          micros(10_000, 4_000_000), "space returns", () -> broker.disk().limitTo(Long.MAX_VALUE));
    }
    if (comes(faults.badSync())) {
      SimBroker broker = any();
      broker.disk().failSyncs(1);
      world.after(micros(10_000, 4_000_000), "restart", broker::restartIfOffline);
    }
  }
}
