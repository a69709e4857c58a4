package simulation;

import actors.controller.PartitionImage;
import java.util.List;
import java.util.function.BooleanSupplier;
import simulation.checks.EndChecks;

/** Schedules by hand. */
final class Scenarios {
  private static final long STEP_MICROS = 10_000;
  private static final long PATIENCE_MICROS = 20_000_000;

  private Scenarios() {}

  /** Three brokers in fair weather that have replicated for a while. */
  static World formed(long seed, Mutation mutation) {
    return formed(Settings.quiet(seed), mutation);
  }

  static World formed(Settings settings) {
    return formed(settings, Mutation.NONE);
  }

  /** A cluster that has replicated for a while. */
  static World formed(Settings settings, Mutation mutation) {
    World world = new World(settings, mutation).begin();
    world.runFor(6_000_000);
    return world;
  }

  static PartitionImage image(World world) {
    return world.image(0).orElseThrow();
  }

  static int leader(World world) {
    return image(world).leader();
  }

  /** The other replicas, in assignment order. */
  static List<Integer> followers(World world) {
    return image(world).replicas().stream().filter(id -> id != leader(world)).toList();
  }

  /** A follower without the controller. */
  static SimBroker bystander(World world) {
    return followers(world).stream()
        .map(world::broker)
        .filter(broker -> broker != controller(world).host())
        .findFirst()
        .orElseThrow();
  }

  static SimController controller(World world) {
    List<SimController> alive = world.liveControllers();
    return alive.get(alive.size() - 1);
  }

  /** The brokers that are no replicas. */
  static List<Integer> outsiders(World world) {
    return world.brokers().stream()
        .map(SimBroker::id)
        .filter(id -> !image(world).replicas().contains(id))
        .toList();
  }

  /** There is one controller, and it is there. */
  static void controllerTo(World world, int broker) {
    List<SimController> before = world.liveControllers();
    world.startController(world.broker(broker));
    before.forEach(SimController::end);
    runUntil(world, "it is in office", () -> controller(world).isInOffice());
    world.runFor(2_000_000);
  }

  /** Goes on until it is so. */
  static void runUntil(World world, String what, BooleanSupplier isSo) {
    long until = world.nowMicros() + PATIENCE_MICROS;
    while (!isSo.getAsBoolean()) {
      if (world.nowMicros() > until) {
        throw new AssertionError("it never was so that " + what + ": " + world.image(0));
      }
      world.runFor(STEP_MICROS);
    }
  }

  static void comeToRest(World world) {
    world.heal();
    world.runUntilConverged(60_000_000);
    EndChecks.check(world);
  }

  /**
   * A follower is fenced, loses its disk, and registers again, and its leader hears nothing of it:
   * it goes on to propose the life that had everything.
   */
  static World emptiedBehindTheLeadersBack(long seed, Mutation mutation) {
    World world = formed(seed, mutation);
    world.producers().forEach(SimProducer::stop);
    world.runFor(1_000_000);
    SimBroker broker = bystander(world);
    world.network().cut(broker.id(), leader(world));
    controller(world).fence(broker.id());
    broker.replaceDisk();
    broker.start();
    world.runFor(4_000_000);
    return world;
  }
}
