package simulation;

import static org.assertj.core.api.Assertions.assertThat;

import actors.controller.PartitionImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Replicas that move to other brokers, or leave and come back. */
class MoveScenarioTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void takesAReplicaThatWasRemovedAndAddedAgainAtOnceOnlyOnceItHasFetched(long seed) {
    World world = Scenarios.formed(seed, Mutation.NONE);
    PartitionImage before = Scenarios.image(world);
    SimBroker moved = Scenarios.bystander(world);
    List<Integer> without = new ArrayList<>(before.replicas());
    without.remove((Integer) moved.id());
    world.network().cut(before.leader(), moved.id());

    world.move(0, Optional.of(without));
    world.move(0, Optional.of(before.replicas()));

    Scenarios.runUntil(
        world,
        "it is a replica again",
        () ->
            Scenarios.image(world).replicas().contains(moved.id())
                && Scenarios.image(world).leaderEpoch().compareTo(before.leaderEpoch()) > 0);
    assertThat(Scenarios.image(world).isr()).doesNotContain(moved.id());
    world.runFor(5_000_000);
    assertThat(Scenarios.image(world).isr()).doesNotContain(moved.id());

    world.network().mendAll();
    Scenarios.runUntil(
        world, "it is in sync", () -> Scenarios.image(world).isr().contains(moved.id()));
    Scenarios.comeToRest(world);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void movesAPartitionToOtherBrokersWithAllItHolds(long seed) {
    World world = Scenarios.formed(Settings.quiet(seed).withBrokers(5));
    List<Integer> before = Scenarios.image(world).replicas();
    List<Integer> target = new ArrayList<>(Scenarios.outsiders(world));
    target.add(before.get(0));

    world.move(0, Optional.of(target));
    world.runFor(200_000);
    world.broker(Scenarios.leader(world)).kill();
    world.runFor(3_000_000);

    Scenarios.comeToRest(world);
    assertThat(Scenarios.image(world).replicas()).isEqualTo(target);
    assertThat(Scenarios.image(world).isReassigned()).isFalse();
    assertThat(world.broker(before.get(1)).replica(0)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void leavesEverythingWhereItWasWhenAMoveIsCalledOff(long seed) {
    World world = Scenarios.formed(Settings.quiet(seed).withBrokers(5));
    List<Integer> before = Scenarios.image(world).replicas();
    List<Integer> added = Scenarios.outsiders(world);
    Scenarios.controllerTo(world, Scenarios.leader(world));
    added.forEach(id -> world.network().isolate(world, id));

    world.move(0, Optional.of(added));
    Scenarios.runUntil(world, "the move has begun", () -> Scenarios.image(world).isReassigned());
    world.network().mendAll();
    world.move(0, Optional.empty());

    Scenarios.runUntil(world, "the move is off", () -> !Scenarios.image(world).isReassigned());
    Scenarios.comeToRest(world);
    assertThat(Scenarios.image(world).replicas()).isEqualTo(before);
    added.forEach(id -> assertThat(world.broker(id).replica(0)).isEmpty());
  }
}
