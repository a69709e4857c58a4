package streams.kafka;

import actors.Outcome;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.common.protocol.Errors;

/**
 * The changes that one request wants, by their subject, in the order of the request. A subject that
 * is named twice gets neither change, and what passes the bound is refused.
 *
 * @param <K> what is to change
 * @param <V> how
 */
final class Wishes<K, V> {
  private final Map<K, Outcome<V>> bySubject = new LinkedHashMap<>();

  /**
   * @param wish what to ask of the controller, or why not to
   */
  void add(K subject, Supplier<Outcome<V>> wish) {
    if (bySubject.containsKey(subject)) {
      bySubject.put(subject, Outcome.refused(Errors.INVALID_REQUEST, "named twice in one request"));
    } else if (bySubject.size() >= RequestLimits.CHANGES_MAX) {
      bySubject.put(
          subject,
          Outcome.refused(
              Errors.POLICY_VIOLATION,
              "at most %d changes in one request",
              RequestLimits.CHANGES_MAX));
    } else {
      bySubject.put(subject, wish.get());
    }
  }

  Map<K, Outcome<V>> bySubject() {
    return bySubject;
  }
}
