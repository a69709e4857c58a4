package simulation;

import static org.assertj.core.api.Assertions.assertThat;

import actors.controller.PartitionImage;
import actors.partition.SimReplica;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Disks that fail, and what machines lose with their power. */
class DiskScenarioTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void letsOthersLeadOnceAnFsyncHasFailed(long seed) {
    World world = Scenarios.formed(Settings.quiet(seed).flushed());
    SimBroker first = world.broker(Scenarios.leader(world));
    first.disk().failSyncs(1);
    Scenarios.runUntil(
        world, "the log failed", () -> first.replica(0).filter(SimReplica::isOffline).isPresent());
    long committed = world.truth(0).end();

    Scenarios.runUntil(world, "another leads on", () -> world.truth(0).end() > committed + 10);

    assertThat(world.history().refusals(Errors.KAFKA_STORAGE_ERROR)).isPositive();
    assertThat(Scenarios.leader(world)).isNotEqualTo(first.id());
    assertThat(first.isUp()).isTrue();
    Scenarios.comeToRest(world);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void takesOneThatLostPowerBackOnceItHasCaughtUp(long seed) {
    World world = Scenarios.formed(seed, Mutation.NONE);
    world.producers().forEach(SimProducer::stop);
    world.runFor(1_000_000);
    SimBroker lost = world.broker(Scenarios.leader(world));
    lost.losePower();
    for (SimBroker other : world.brokers()) {
      world.network().cut(other.id(), lost.id());
    }
    world.runFor(3_000_000);
    lost.start();
    world.runFor(3_000_000);
    assertThat(Scenarios.image(world).isr()).doesNotContain(lost.id());

    world.network().mendAll();
    Scenarios.runUntil(
        world, "it is in sync", () -> Scenarios.image(world).isr().contains(lost.id()));
    assertThat(world.mayHaveLost()).isFalse();
    Scenarios.comeToRest(world);
  }

  /** The eligible one comes back before, or after, the last one has told of its loss. */
  @ParameterizedTest
  @CsvSource({"1,true", "2,true", "3,true", "1,false", "2,false", "3,false"})
  void letsAnEligibleReplicaLeadWhereTheLastOfTheIsrLostItsPower(long seed, boolean lostFirst) {
    World world = Scenarios.formed(Settings.quiet(seed).withBrokers(5));
    SimBroker last = world.broker(Scenarios.leader(world));
    SimBroker gone = world.broker(Scenarios.followers(world).get(0));
    SimBroker eligible = world.broker(Scenarios.followers(world).get(1));
    gone.kill();
    Scenarios.runUntil(
        world, "one is out", () -> !Scenarios.image(world).isr().contains(gone.id()));
    eligible.kill();
    Scenarios.runUntil(
        world,
        "one is in sync and one eligible",
        () ->
            Scenarios.image(world).isr().equals(List.of(last.id()))
                && Scenarios.image(world).eligible().equals(List.of(eligible.id())));
    last.losePower();

    (lostFirst ? last : eligible).start();
    world.runFor(4_000_000);
    assertThat(Scenarios.leader(world))
        .isEqualTo(lostFirst ? PartitionImage.NO_LEADER : eligible.id());
    (lostFirst ? eligible : last).start();

    Scenarios.runUntil(
        world, "the eligible one leads", () -> Scenarios.leader(world) == eligible.id());
    assertThat(world.mayHaveLost()).isFalse();
    Scenarios.comeToRest(world);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void doesNotElectAnEmptiedReplicaBeforeItHasCaughtUp(long seed) {
    World world = Scenarios.formed(Settings.quiet(seed).withBrokers(5));
    int leader = Scenarios.leader(world);
    SimBroker emptied = world.broker(Scenarios.followers(world).get(0));
    SimBroker other = world.broker(Scenarios.followers(world).get(1));
    Scenarios.controllerTo(world, Scenarios.outsiders(world).get(0));
    emptied.replaceDisk();
    world.network().cut(leader, emptied.id());
    world.network().cut(other.id(), emptied.id());
    emptied.start();
    Scenarios.runUntil(
        world,
        "it serves again",
        () -> !emptied.isDamaged() && world.journal().image().isLive(emptied.id()));
    other.kill();
    world.broker(leader).kill();
    world.runFor(5_000_000);
    assertThat(Scenarios.leader(world)).isEqualTo(PartitionImage.NO_LEADER);

    Scenarios.comeToRest(world);
    assertThat(world.mayHaveLost()).isFalse();
    assertThat(Scenarios.image(world).isr()).contains(emptied.id());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void findsEverythingAgainAfterAllWereKilledAtOnce(long seed) {
    World world = Scenarios.formed(seed, Mutation.NONE);
    world.brokers().forEach(SimBroker::kill);
    startInSomeOrder(world);
    Scenarios.comeToRest(world);
    assertThat(world.mayHaveLost()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void findsEverythingAgainAfterAllLostTheirPowerWhereItWasFlushed(long seed) {
    World world = Scenarios.formed(Settings.quiet(seed).flushed());
    world.brokers().forEach(SimBroker::losePower);
    startInSomeOrder(world);
    Scenarios.comeToRest(world);
    assertThat(world.mayHaveLost()).isFalse();
  }

  private static void startInSomeOrder(World world) {
    List<SimBroker> order = new ArrayList<>(world.brokers());
    Collections.shuffle(order, new Random(world.settings().seed()));
    for (SimBroker broker : order) {
      world.runFor(1_500_000);
      broker.start();
    }
  }
}
