package simulation;

import static org.assertj.core.api.Assertions.assertThat;

import actors.BrokerEpoch;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Registrations that take the place of a broker that lives. */
class RegistrationTest {
  private static final int BROKER = 2;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aBrokerRegistersAnewAfterALateWordOfItsFormerLife(long seed) {
    World world = Scenarios.formed(seed, Mutation.NONE);
    BrokerEpoch before = world.broker(BROKER).epoch();

    registerAnother(world);
    world.runFor(5_000_000);

    assertThat(world.broker(BROKER).epoch().value()).isGreaterThan(before.value());
    assertThat(registered(world)).isEqualTo(world.broker(BROKER).epoch());
    assertThat(world.journal().image().isLive(BROKER)).isTrue();
    Scenarios.comeToRest(world);
  }

  /** The other registers at once whenever this one has, and yet little comes of it. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void twoUnderOneIdTakeTurnsMoreAndMoreSlowly(long seed) {
    World world = Scenarios.formed(seed, Mutation.NONE);
    int turns = 0;

    for (int tenths = 0; tenths < 600; tenths++) {
      if (registered(world).equals(world.broker(BROKER).epoch())) {
        registerAnother(world);
        turns++;
      }
      world.runFor(100_000);
    }

    assertThat(turns).isBetween(5, 12);
    Scenarios.comeToRest(world);
  }

  private static BrokerEpoch registered(World world) {
    return world.journal().image().brokers().get(BROKER).epoch();
  }

  private static void registerAnother(World world) {
    world
        .liveControllers()
        .get(0)
        .register(
            world.broker(BROKER), new Uuid(1, world.nowMicros()), Optional.empty(), outcome -> {});
  }
}
