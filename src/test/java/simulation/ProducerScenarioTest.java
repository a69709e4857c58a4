package simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an idempotent producer repeats is in the log once. */
class ProducerScenarioTest {
  private static final int PRODUCER = 1_000;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void makesOneCopyOfWhatIsRepeatedAcrossAFailover(long seed) {
    World world = Scenarios.formed(seed, Mutation.NONE);
    int first = Scenarios.leader(world);
    world.network().cut(first, PRODUCER);
    world.runFor(400_000);
    assertThat(recordsAcknowledged(world)).isLessThan(world.truth(0).end());
    world.broker(first).kill();
    Scenarios.runUntil(world, "another leads", () -> Scenarios.leader(world) != first);
    world.runFor(3_000_000);
    Scenarios.comeToRest(world);
    assertThat(recordsAcknowledged(world)).isEqualTo(world.truth(0).end());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void saysThatTheIsrBecameTooSmallAfterTheAppendAndMakesOneCopyOfTheRetry(long seed) {
    World world = Scenarios.formed(seed, Mutation.NONE);
    Scenarios.controllerTo(world, Scenarios.leader(world));
    for (int follower : Scenarios.followers(world)) {
      long until = world.nowMicros() + 3_000_000;
      world.network().clog(Scenarios.leader(world), follower, until);
    }
    world.runFor(100_000);
    Scenarios.followers(world).forEach(Scenarios.controller(world)::fence);
    Scenarios.runUntil(
        world,
        "a producer is told",
        () -> world.history().refusals(Errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND) > 0);
    assertThat(world.broker(Scenarios.leader(world)).ghost(0).end())
        .isGreaterThan(world.truth(0).end());

    Scenarios.comeToRest(world);
    assertThat(recordsAcknowledged(world)).isEqualTo(world.truth(0).end());
  }

  private static long recordsAcknowledged(World world) {
    return world.history().acknowledged().stream().mapToLong(History.Acknowledged::count).sum();
  }
}
