package simulation;

import static org.assertj.core.api.Assertions.assertThat;

import actors.partition.SimReplica;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records are deleted while replicas fail and come back. */
class DeletionScenarioTest {
  private static World formed(long seed) {
    World world = Scenarios.formed(Settings.quiet(seed).deleting());
    untilDeleted(world, 3);
    return world;
  }

  /** Until so much more has been deleted for good. */
  private static void untilDeleted(World world, long times) {
    SimDeleter deleter = world.deleters().get(0);
    long before = deleter.deletions();
    Scenarios.runUntil(
        world, "it was deleted " + times + " times", () -> deleter.deletions() >= before + times);
  }

  private static long start(World world, int broker) {
    return world.broker(broker).replica(0).map(SimReplica::log).orElseThrow().logStartOffset();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void isBroughtBackByNoLeaderThatComesAfter(long seed) {
    World world = formed(seed);
    for (int i = 0; i < 3; i++) {
      long deleted = world.truth(0).deletedForGood();
      int before = Scenarios.leader(world);
      world.broker(before).kill();
      Scenarios.runUntil(world, "another leads", () -> Scenarios.leader(world) != before);
      untilDeleted(world, 2);

      assertThat(start(world, Scenarios.leader(world))).isGreaterThanOrEqualTo(deleted);
      world.broker(before).start();
      Scenarios.runUntil(
          world, "it is in sync", () -> Scenarios.image(world).isr().contains(before));
    }

    Scenarios.comeToRest(world);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void fillsWhoWasAwayFromTheBatchOnInWhichTheLogStarts(long seed) {
    World world = formed(seed);
    SimBroker away = Scenarios.bystander(world);
    away.replaceDisk();
    untilDeleted(world, 3);
    away.start();

    Scenarios.comeToRest(world);

    assertThat(start(world, away.id())).isEqualTo(start(world, Scenarios.leader(world)));
  }

  @Test
  void staysSoWhereAllLosePower() {
    World world = Scenarios.formed(Settings.quiet(7).flushed().deleting());
    untilDeleted(world, 5);
    long deleted = world.truth(0).deletedForGood();

    world.brokers().forEach(SimBroker::losePower);
    world.brokers().forEach(SimBroker::start);
    untilDeleted(world, 1);
    Scenarios.comeToRest(world);

    assertThat(deleted).isPositive();
    for (SimBroker broker : world.brokers()) {
      assertThat(start(world, broker.id())).isGreaterThanOrEqualTo(deleted);
    }
  }
}
