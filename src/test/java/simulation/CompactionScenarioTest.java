package simulation;

import static org.assertj.core.api.Assertions.assertThat;

import actors.partition.SimReplica;
import org.junit.jupiter.api.Test;
import storage.log.PartitionLog;

/** Compaction on every replica by itself, while they replicate, fail, and come back. */
class CompactionScenarioTest {
  private static final long SEED = 11;

  private static World formed() {
    return Scenarios.formed(Settings.quiet(SEED).compacting());
  }

  private static PartitionLog log(World world, int broker) {
    return world.broker(broker).replica(0).map(SimReplica::log).orElseThrow();
  }

  private static void untilCompacted(World world, int broker, long offset) {
    Scenarios.runUntil(
        world,
        "broker " + broker + " has compacted its log to " + offset,
        () ->
            world.broker(broker).replica(0).filter(SimReplica::isOpen).isPresent()
                && log(world, broker).cleanedOffset() > offset);
  }

  @Test
  void eachReplicaCompactsItsLogAndKeepsTheLastOfEachKey() {
    World world = formed();
    for (SimBroker broker : world.brokers()) {
      untilCompacted(world, broker.id(), 100);
    }

    Scenarios.comeToRest(world);

    for (SimBroker broker : world.brokers()) {
      assertThat(log(world, broker.id()).sizeBytes())
          .isLessThan(world.truth(0).end() * 20); // records take four times as much
    }
  }

  @Test
  void aFollowerIsFilledFromALeaderThatHasCompactedWhatItLacks() {
    World world = formed();
    SimBroker away = Scenarios.bystander(world);
    away.replaceDisk();
    untilCompacted(world, Scenarios.leader(world), 200);
    away.start();
    untilCompacted(world, away.id(), 200);

    Scenarios.comeToRest(world);

    assertThat(log(world, away.id()).logEndOffset()).isEqualTo(world.truth(0).end());
  }

  @Test
  void whoeverIsKilledOrLosesPowerOverACleaningFindsTheLastOfEachKey() {
    World world = formed();
    for (int i = 0; i < 12; i++) {
      SimBroker broker = Scenarios.bystander(world);
      Scenarios.runUntil(
          world,
          "broker " + broker.id() + " is in sync",
          () -> Scenarios.image(world).isr().contains(broker.id()));
      world.runFor(1_300_000 + 137_000L * i);
      if (i % 2 == 0) {
        broker.kill();
      } else {
        broker.losePower();
      }
      world.runFor(500_000);
      broker.start();
    }

    Scenarios.comeToRest(world);
  }
}
