package simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import storage.record.RecordBatch;

/**
 * Bits that flip on a disk. That every batch that is stored or read is sound is looked at
 * throughout.
 */
class DamageScenarioTest {
  private static final int CHECKED_FROM = 21;

  /** The damaged one is the only replica left that leads; an empty one wants everything from it. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void neitherServesNorReplicatesABatchInWhichABitHasFlipped(long seed) {
    World world = Scenarios.formed(Settings.quiet(seed).withBrokers(5));
    SimBroker leader = world.broker(Scenarios.leader(world));
    SimBroker damaged = world.broker(Scenarios.followers(world).get(0));
    SimBroker empty = world.broker(Scenarios.followers(world).get(1));
    Scenarios.controllerTo(world, Scenarios.outsiders(world).get(0));
    damaged.stop();
    long offset = flipABit(damaged, seed);
    damaged.start();
    Scenarios.runUntil(world, "all are in sync", () -> Scenarios.image(world).isr().size() == 3);

    empty.replaceDisk();
    Scenarios.runUntil(
        world, "one is out", () -> !Scenarios.image(world).isr().contains(empty.id()));
    leader.kill();
    Scenarios.runUntil(
        world,
        "the damaged one is alone",
        () -> Scenarios.image(world).isr().equals(List.of(damaged.id())));
    SimConsumer reader = new SimConsumer(world, 2_000, 0);
    empty.start();
    world.runFor(10_000_000);

    assertThat(reader.position()).isPositive();
    assertThat(reader.position()).isLessThanOrEqualTo(offset);
    assertThat(empty.ghost(0).end()).isLessThanOrEqualTo(offset);
    assertThat(Scenarios.image(world).isr()).doesNotContain(empty.id());
  }

  /** Somewhere in the middle of its log, where a checksum stands for it; the batch's offset. */
  private static long flipABit(SimBroker broker, long seed) {
    Path path = Path.of("/data/orders-0/00000000000000000000.log").toAbsolutePath();
    ByteBuffer bytes = ByteBuffer.wrap(broker.disk().read(path));
    int at = 0;
    while (at < bytes.limit() / 2) {
      at += RecordBatch.size(bytes, at);
    }
    Random random = new Random(seed);
    int place = CHECKED_FROM + random.nextInt(RecordBatch.size(bytes, at) - CHECKED_FROM);
    broker.disk().flipBit(path, at + place, random.nextInt(8));
    broker.ghost(0).expectDamage();
    return RecordBatch.baseOffset(bytes, at);
  }
}
