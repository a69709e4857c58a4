package actors.controller;

import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.Uuid;

/** Where the controller's chance comes from: the system, or a seed. */
public interface Randomness {
  /** An id that nobody else has. */
  Uuid uuid();

  /** Not negative. */
  int placementStart();

  /** Of the system. */
  static Randomness ofSystem() {
    return new Randomness() {
      @Override
      public Uuid uuid() {
        return Uuid.randomUuid();
      }

      @Override
      public int placementStart() {
        return ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE);
      }
    };
  }

  /** Repeatable. */
  static Randomness seeded(RandomGenerator generator) {
    return new Randomness() {
      @Override
      public Uuid uuid() {
        Uuid drawn = new Uuid(generator.nextLong(), generator.nextLong());
        return Uuid.RESERVED.contains(drawn) ? uuid() : drawn;
      }

      @Override
      public int placementStart() {
        return generator.nextInt(Integer.MAX_VALUE);
      }
    };
  }
}
