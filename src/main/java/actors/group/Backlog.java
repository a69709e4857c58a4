package actors.group;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;

/**
 * What a group has decided and the log has not confirmed yet, in order: the effects of a decision
 * follow those of all before it, and none of them precedes its records' commit.
 */
final class Backlog {
  /** What is decided without records. */
  private static final long NOTHING_TO_APPEND = -1;

  private final Deque<Entry> entries = new ArrayDeque<>();

  /**
   * @param before the group as it was, to be put back if the records are refused
   * @param refused what to do then about the event itself, with the code for clients
   * @param isRest other records of the same decision have gone to the log before it
   */
  record Entry(
      long correlation,
      Optional<Group> before,
      Verdict verdict,
      Consumer<Errors> refused,
      boolean isRest) {}

  private record Done(long correlation) {}

  private final Deque<Done> committed = new ArrayDeque<>();

  boolean isEmpty() {
    return entries.isEmpty();
  }

  void add(Entry entry) {
    entries.add(entry);
  }

  /** Waits for what is before it only. */
  void addWithoutRecords(Optional<Group> before, Verdict verdict) {
    entries.add(new Entry(NOTHING_TO_APPEND, before, verdict, error -> {}, false));
  }

  /** The records of this correlation are committed: carries out what may be carried out now. */
  void committed(long correlation, Consumer<Entry> carryOut) {
    committed.add(new Done(correlation));
    while (!entries.isEmpty() && isCommitted(entries.peek())) {
      carryOut.accept(entries.poll());
    }
  }

  private boolean isCommitted(Entry entry) {
    return entry.correlation() == NOTHING_TO_APPEND
        || committed.remove(new Done(entry.correlation()));
  }

  /**
   * The records of this correlation were refused before they reached the log.
   *
   * @return the decision, taken back; empty if later ones have followed from it or a part of it is
   *     in the log, and then nobody knows what that says
   */
  Optional<Entry> takeBack(long correlation) {
    Entry last = entries.peekLast();
    boolean isWhole = last != null && last.correlation() == correlation && !last.isRest();
    return isWhole ? Optional.of(entries.pollLast()) : Optional.empty();
  }

  /** Whether the log refuses a batch with this code before it appends it. */
  static boolean isRefusedBefore(Errors error) {
    return error == Errors.NOT_ENOUGH_REPLICAS;
  }
}
