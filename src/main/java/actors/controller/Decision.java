package actors.controller;

import actors.Outcome;
import java.util.List;
import java.util.function.Function;
import org.apache.kafka.common.protocol.Errors;

/**
 * What a command comes to: the facts to be persisted together, all or none, and the reply that
 * leaves once they are durable. No facts: nothing changes, the reply leaves at once.
 */
record Decision<T>(List<MetadataFact> facts, Outcome<T> reply) {
  Decision {
    facts = List.copyOf(facts);
  }

  static <T> Decision<T> accepted(List<MetadataFact> facts, T reply) {
    return new Decision<>(facts, Outcome.accepted(reply));
  }

  /** There is nothing to do: what was asked for is so already. */
  static <T> Decision<T> alreadySo(T reply) {
    return accepted(List.of(), reply);
  }

  static <T> Decision<T> refused(Errors error, String format, Object... arguments) {
    return new Decision<>(List.of(), Outcome.refused(error, format, arguments));
  }

  /** What was asked for is done, and with it something that leaves the asker without its answer. */
  static <T> Decision<T> overtaken(
      List<MetadataFact> facts, Errors error, String format, Object... arguments) {
    return new Decision<>(facts, Outcome.refused(error, format, arguments));
  }

  /** Goes on with what a check accepted, or passes its refusal on. */
  static <A, T> Decision<T> of(Outcome<A> check, Function<A, Decision<T>> next) {
    return check.fold(next, refusal -> refused(refusal.error(), "%s", refusal.message()));
  }

  /** The reply without the facts: what would have happened. */
  Decision<T> onlyValidated() {
    return new Decision<>(List.of(), reply);
  }
}
