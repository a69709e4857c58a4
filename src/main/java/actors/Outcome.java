package actors;

import java.util.function.Function;
import org.apache.kafka.common.protocol.Errors;

/**
 * The answer to a request that may expectedly be refused: a value, or Kafka's error code and a
 * sentence. Expected refusals are values; exceptions are for broken disks and broken invariants.
 */
public sealed interface Outcome<T> {
  record Accepted<T>(T value) implements Outcome<T> {}

  /**
   * @param message names what is wrong and, where it is known, what to do
   */
  record Refused<T>(Errors error, String message) implements Outcome<T> {}

  static <T> Outcome<T> accepted(T value) {
    return new Accepted<>(value);
  }

  static <T> Outcome<T> refused(Errors error, String format, Object... arguments) {
    return new Refused<>(error, String.format(format, arguments));
  }

  /** One of the two functions' results; there is no third case. */
  default <R> R fold(Function<T, R> accepted, Function<Refused<T>, R> refused) {
    return this instanceof Accepted<T> a
        ? accepted.apply(a.value())
        : refused.apply((Refused<T>) this);
  }
}
