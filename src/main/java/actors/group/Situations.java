package actors.group;

import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Where groups learn the {@link Situation} that they are in. Safe for any thread.
 *
 * @param nowMillis wall clock
 */
record Situations(
    LongSupplier nowMillis,
    GroupSettings settings,
    Supplier<TopicsView> topics,
    Supplier<String> freshIds) {
  Situation now() {
    return new Situation(nowMillis.getAsLong(), settings, topics.get(), freshIds);
  }
}
