package simulation;

import static org.assertj.core.api.Assertions.assertThat;

import actors.controller.PartitionImage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that do not come as they were sent, and brokers that are slow, cut off or asleep. */
class NetworkScenarioTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void cutsTheTailOfALeaderThatWasCutOffAndWentOn(long seed) {
    World world = Scenarios.formed(seed, Mutation.NONE);
    int deposed = Scenarios.leader(world);
    world.network().isolate(world, deposed);
    Scenarios.runUntil(world, "another leads", () -> Scenarios.leader(world) != deposed);
    assertThat(world.broker(deposed).replica(0).orElseThrow().isLeading()).isTrue();
    world.runFor(5_000_000);
    Scenarios.comeToRest(world);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void convergesAfterTwoFailoversInQuickSuccession(long seed) {
    World world = Scenarios.formed(seed, Mutation.NONE);
    SimBroker first = world.broker(Scenarios.leader(world));
    first.pause();
    world.runFor(3_000_000);
    world.broker(Scenarios.leader(world)).pause();
    world.runFor(100_000);
    first.resume();
    world.runFor(3_000_000);
    Scenarios.comeToRest(world);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void wakesFencedAfterAPause(long seed) {
    World world = Scenarios.formed(seed, Mutation.NONE);
    int leader = Scenarios.leader(world);
    world.broker(leader).pause();
    world.runFor(10_000_000);
    assertThat(Scenarios.leader(world)).isNotEqualTo(leader);
    Scenarios.comeToRest(world);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void goesOnWithoutAFollowerThatIsTooSlow(long seed) {
    World world = Scenarios.formed(seed, Mutation.NONE);
    SimBroker slow = Scenarios.bystander(world);
    world.network().cut(Scenarios.leader(world), slow.id());
    Scenarios.runUntil(
        world, "it has left the ISR", () -> !Scenarios.image(world).isr().contains(slow.id()));
    long committed = world.truth(0).end();
    world.runFor(1_000_000);
    assertThat(world.truth(0).end()).isGreaterThan(committed + 10);

    world.network().mendAll();
    Scenarios.runUntil(world, "it is back", () -> Scenarios.image(world).isr().contains(slow.id()));
    Scenarios.comeToRest(world);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void ignoresWhatIsLostDoubledLateOrOutOfOrder(long seed) {
    SimNetwork.Weather storm = new SimNetwork.Weather(100, 60_000, 0.2, 0.3, 0.1, false);
    World world = Scenarios.formed(Settings.quiet(seed).in(storm));
    world.runFor(10_000_000);
    assertThat(world.truth(0).end()).isGreaterThan(10);
    Scenarios.comeToRest(world);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void electsNobodyBecauseClocksJump(long seed) {
    World world = Scenarios.formed(seed, Mutation.NONE);
    PartitionImage before = Scenarios.image(world);
    long committed = world.truth(0).end();
    long[] jumps = {100_000_000L, -200_000_000L, 86_400_000L};
    for (SimBroker broker : world.brokers()) {
      broker.time().jump(jumps[broker.id() - 1]);
      world.runFor(3_000_000);
    }
    assertThat(Scenarios.image(world)).isEqualTo(before);
    assertThat(world.truth(0).end()).isGreaterThan(committed + 10);
    Scenarios.comeToRest(world);
  }
}
