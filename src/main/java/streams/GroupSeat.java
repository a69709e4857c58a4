package streams;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.protocol.Errors;

/**
 * A member's seat in its group: what it holds, what it must give up, and what it says next. It says
 * one thing at a time. A partition is held from when the coordinator has named it until the member
 * has let go of it, and until then every heartbeat names it, so the coordinator gives it to nobody
 * else. Pure.
 */
final class GroupSeat {
  static final int JOINING = 0;
  static final int LEAVING = -1;

  /** Held, and what for. */
  private enum Hold {
    READ,
    DRAINED
  }

  private final SortedMap<Slot, Hold> held = new TreeMap<>();
  private SortedSet<Slot> assigned = new TreeSet<>();
  private int epoch = JOINING;
  private boolean due = true;
  private boolean whole = true;
  private boolean hasSpoken;
  private Optional<Word> underWay = Optional.empty();
  private boolean leaves;
  private boolean withdraws;
  private boolean gone;

  /**
   * What to say to the coordinator.
   *
   * @param epoch to join, to leave, or the member's
   * @param whole all that the member says of itself is said again: the coordinator is not known to
   *     know it
   * @param held every partition that nobody else may have
   */
  record Word(int epoch, boolean whole, SortedSet<Slot> held) {}

  /**
   * What follows from an answer.
   *
   * @param given to be read from now on
   * @param revoked to be drained, and then {@link GroupSeat#released}
   * @param lost not the member's any more, whatever is under way
   */
  record Change(List<Slot> given, List<Slot> revoked, List<Slot> lost) {
    static final Change NONE = new Change(List.of(), List.of(), List.of());
  }

  /** What a refusal means. */
  enum Refusal {
    /** Worth saying again after a pause. */
    PASSES,
    /** The group does not know the member any more; it joins anew, with nothing. */
    REMOVED,
    /** It cannot be a member. */
    FINAL
  }

  /** It is time for a sign of life, or there may be something new. */
  void due() {
    due = true;
  }

  /** What to say now; empty: nothing, or the last answer is still awaited. */
  Optional<Word> next() {
    if (gone || !due || underWay.isPresent()) {
      return Optional.empty();
    }
    if (leaves && held.isEmpty() && !hasSpoken) {
      gone = true;
      return Optional.empty();
    }
    due = false;
    hasSpoken = true;
    boolean goes = withdraws || (leaves && held.isEmpty());
    underWay = Optional.of(new Word(goes ? LEAVING : epoch, whole, new TreeSet<>(held.keySet())));
    return underWay;
  }

  /**
   * The coordinator has answered.
   *
   * @param told all partitions that the member is to have; empty: as before
   */
  Change answered(int newEpoch, Optional<SortedSet<Slot>> told) {
    Word word = underWay.orElseThrow();
    underWay = Optional.empty();
    if (word.epoch() == LEAVING) {
      left();
      return Change.NONE;
    }
    epoch = newEpoch;
    whole = false;
    told.ifPresent(slots -> assigned = new TreeSet<>(slots));
    return new Change(leaves ? List.of() : take(), leaves ? List.of() : giveUp(), List.of());
  }

  private List<Slot> take() {
    List<Slot> given = new ArrayList<>();
    for (Slot slot : assigned) {
      if (held.putIfAbsent(slot, Hold.READ) == null) {
        given.add(slot);
      }
    }
    return given;
  }

  private List<Slot> giveUp() {
    List<Slot> revoked = new ArrayList<>();
    held.forEach(
        (slot, hold) -> {
          if (hold == Hold.READ && !assigned.contains(slot)) {
            revoked.add(slot);
          }
        });
    revoked.forEach(slot -> held.put(slot, Hold.DRAINED));
    return revoked;
  }

  private void left() {
    if (withdraws) {
      withdraws = false;
      beginAnew();
    }
    if (leaves) {
      gone = true;
    }
  }

  /** The coordinator has refused, or has not been reached, or has not answered. */
  Refusal kindOf(Errors error) {
    return switch (error) {
      case FENCED_MEMBER_EPOCH, UNKNOWN_MEMBER_ID -> Refusal.REMOVED;
      case GROUP_ID_NOT_FOUND ->
          underWay.map(word -> word.epoch() == JOINING).orElse(false)
              ? Refusal.FINAL
              : Refusal.REMOVED;
      default -> error.exception() instanceof RetriableException ? Refusal.PASSES : Refusal.FINAL;
    };
  }

  /** What follows from a refusal. */
  Change refused(Errors error) {
    Refusal kind = kindOf(error);
    boolean wasLeaving = underWay.orElseThrow().epoch() == LEAVING;
    underWay = Optional.empty();
    whole = true;
    if (kind == Refusal.PASSES) {
      due = true;
      return Change.NONE;
    }
    if (wasLeaving) {
      left();
      return Change.NONE;
    }
    List<Slot> lost = List.copyOf(held.keySet());
    held.clear();
    beginAnew();
    // One who is fenced may still be there under its id, and in its own way.
    withdraws = error == Errors.FENCED_MEMBER_EPOCH;
    gone = leaves && !withdraws;
    return new Change(List.of(), List.of(), lost);
  }

  private void beginAnew() {
    assigned = new TreeSet<>();
    epoch = JOINING;
    whole = true;
    due = true;
  }

  /** The member is done with the partition; said as soon as it is done with all it must give up. */
  void released(Slot slot) {
    if (held.remove(slot) == null) {
      return;
    }
    if (assigned.contains(slot)) {
      whole = true;
    }
    if (!held.containsValue(Hold.DRAINED)) {
      due = true;
    }
  }

  /**
   * The member wants to go, once it has released all that it holds.
   *
   * @return what it has to release that it did not have to before
   */
  List<Slot> leave() {
    if (leaves) {
      return List.of();
    }
    leaves = true;
    due |= held.isEmpty();
    List<Slot> revoked = new ArrayList<>();
    held.forEach(
        (slot, hold) -> {
          if (hold == Hold.READ) {
            revoked.add(slot);
          }
        });
    revoked.forEach(slot -> held.put(slot, Hold.DRAINED));
    return revoked;
  }

  /** It is over whatever the coordinator knows; its session there runs out. */
  void giveUpLeaving() {
    gone = leaves;
  }

  /** Nothing is to be said any more. */
  boolean isGone() {
    return gone;
  }

  boolean isLeaving() {
    return leaves;
  }

  /** That commits are to name; {@link #JOINING} while there is none. */
  int epoch() {
    return epoch;
  }

  boolean isSpeaking() {
    return underWay.isPresent();
  }

  Collection<Slot> held() {
    return List.copyOf(held.keySet());
  }
}
