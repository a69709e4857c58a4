package simulation;

/** The clocks of one machine: how far they are off, and how fast they run. */
final class SimTime {
  private static final long EPOCH_MILLIS = 1_700_000_000_000L;

  private final World world;
  private final double rate;
  private long offsetMillis;
  private long bootMicros;

  SimTime(World world, double rate, long offsetMillis) {
    this.world = world;
    this.rate = rate;
    this.offsetMillis = offsetMillis;
  }

  /** Wall clock; may jump. */
  long nowMillis() {
    return EPOCH_MILLIS + offsetMillis + (long) (world.nowMicros() * rate) / 1_000;
  }

  /** Never goes back, but begins anew with the machine. */
  long monotonicMillis() {
    return 1_000 + (long) ((world.nowMicros() - bootMicros) * rate) / 1_000;
  }

  void reboot() {
    bootMicros = world.nowMicros();
  }

  void jump(long millis) {
    offsetMillis += millis;
  }
}
