package simulation;

import simulation.checks.EndChecks;

/** Schedules by hand. */
final class Scenarios {
  private Scenarios() {}

  /** Three brokers in fair weather that have replicated for a while. */
  static World formed(long seed, Mutation mutation) {
    World world = new World(Settings.quiet(seed), mutation).begin();
    world.runFor(6_000_000);
    return world;
  }

  static int leader(World world) {
    return world.image(0).orElseThrow().leader();
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
    int leader = leader(world);
    SimController controller = world.liveControllers().get(world.liveControllers().size() - 1);
    for (SimBroker broker : world.brokers()) {
      if (broker.id() != leader && broker != controller.host()) {
        world.network().cut(broker.id(), leader);
        controller.fence(broker.id());
        broker.replaceDisk();
        broker.start();
        world.runFor(4_000_000);
        return world;
      }
    }
    throw new IllegalStateException("no such broker");
  }
}
