package simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Named schedules; every invariant is looked at after each event, and the ends are checked. */
class ScenarioTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void cutsTheTailOfALeaderThatWasCutOffAndWentOn(long seed) {
    World world = Scenarios.formed(seed, Mutation.NONE);
    world.network().isolate(world, Scenarios.leader(world));
    world.runFor(8_000_000);
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
  void letsAReplicaBackOnlyInTheLifeInWhichItHasFetched(long seed) {
    Scenarios.comeToRest(Scenarios.emptiedBehindTheLeadersBack(seed, Mutation.NONE));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void findsEverythingAgainAfterAllWereKilledAtOnce(long seed) {
    World world = Scenarios.formed(seed, Mutation.NONE);
    world.brokers().forEach(SimBroker::kill);
    world.runFor(1_000_000);
    Scenarios.comeToRest(world);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void takesOneThatLostPowerBackOnceItHasCaughtUp(long seed) {
    World world = Scenarios.formed(seed, Mutation.NONE);
    world.broker(Scenarios.leader(world)).losePower();
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

  @Test
  void refusesWhatASecondControllerWritesThatKnowsLess() {
    World world = Scenarios.formed(1, Mutation.NONE);
    world.brokers().forEach(world::startController);
    world.runFor(5_000_000);
    assertThat(world.journal().refusals()).isPositive();
    Scenarios.comeToRest(world);
  }
}
