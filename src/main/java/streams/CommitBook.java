package streams;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.protocol.Errors;

/**
 * What a member is to commit: one request at a time, and what comes meanwhile goes with the next. A
 * partition's offset only moves forward. Pure.
 *
 * @param <T> whom the result of an order is for
 */
final class CommitBook<T> {
  private final SortedMap<Slot, Position> waiting = new TreeMap<>();
  private SortedMap<Slot, Position> underWay = Collections.emptySortedMap();
  private boolean asking;
  private final Map<Slot, Long> committed = new HashMap<>();
  private final List<Order<T>> orders = new ArrayList<>();

  /**
   * Where a group stands in a partition.
   *
   * @param offset the next one to be read
   * @param leaderEpoch of the record before it; -1: not known
   */
  record Position(long offset, int leaderEpoch, String metadata) {
    private static Position later(Position one, Position other) {
      return other.offset() >= one.offset() ? other : one;
    }
  }

  /** What came of an order. */
  sealed interface Result {
    /** The log has all of it. */
    record Committed() implements Result {}

    /** A partition is not the member's any more; whoever has it now reads on from before. */
    record Lost(Slot slot) implements Result {}

    record Refused(Slot slot, Errors error) implements Result {}
  }

  record Settled<T>(T order, Result result) {}

  /** What to do about the rest after an answer. */
  enum Then {
    GO_ON,
    /** The coordinator is away: again after a pause. */
    PAUSE,
    /** The member's epoch was not the coordinator's: again after a heartbeat. */
    BEAT
  }

  /**
   * @param then before {@link #next} is asked again
   */
  record Outcome<T>(List<Settled<T>> settled, Then then) {}

  private static final class Order<T> {
    private final T order;
    private final Map<Slot, Long> open;
    private Result result = new Result.Committed();

    private Order(T order, Map<Slot, Long> open) {
      this.order = order;
      this.open = open;
    }
  }

  /** The group stands here in a partition that the member has just been given. */
  void begin(Slot slot, long offset) {
    committed.put(slot, offset);
  }

  /** To be committed; what is committed already is settled at once. */
  List<Settled<T>> add(T order, Map<Slot, Position> positions) {
    Map<Slot, Long> open = new TreeMap<>();
    positions.forEach(
        (slot, position) -> {
          if (position.offset() > committedUpTo(slot)) {
            open.put(slot, position.offset());
            waiting.merge(slot, position, Position::later);
          }
        });
    orders.add(new Order<>(order, open));
    return settle();
  }

  /** What to ask the coordinator for now; empty: nothing, or it has not answered yet. */
  Optional<SortedMap<Slot, Position>> next() {
    if (asking || waiting.isEmpty()) {
      return Optional.empty();
    }
    asking = true;
    underWay = new TreeMap<>();
    for (Iterator<Map.Entry<Slot, Position>> all = waiting.entrySet().iterator();
        all.hasNext() && underWay.size() < Limits.COMMIT_PARTITIONS_MAX; ) {
      Map.Entry<Slot, Position> first = all.next();
      underWay.put(first.getKey(), first.getValue());
      all.remove();
    }
    return Optional.of(Collections.unmodifiableSortedMap(underWay));
  }

  /**
   * The coordinator has answered.
   *
   * @param errors of each partition that was asked for; one that is missing is asked for again
   */
  Outcome<T> answered(Map<Slot, Errors> errors) {
    SortedMap<Slot, Position> asked = underWay;
    underWay = Collections.emptySortedMap();
    asking = false;
    Then then = Then.GO_ON;
    for (Map.Entry<Slot, Position> one : asked.entrySet()) {
      Slot slot = one.getKey();
      Errors error = errors.getOrDefault(slot, Errors.REQUEST_TIMED_OUT);
      if (error == Errors.NONE) {
        committed.merge(slot, one.getValue().offset(), Math::max);
        // What came meanwhile may be from before: an offset never moves back.
        waiting.computeIfPresent(
            slot, (same, position) -> position.offset() > committedUpTo(slot) ? position : null);
        continue;
      }
      Then mine = treatmentOf(error);
      if (mine == Then.GO_ON) {
        fail(
            slot,
            error == Errors.UNKNOWN_TOPIC_ID
                ? new Result.Lost(slot)
                : new Result.Refused(slot, error));
      } else {
        waiting.merge(slot, one.getValue(), Position::later);
        then = mine == Then.BEAT || then == Then.BEAT ? Then.BEAT : Then.PAUSE;
      }
    }
    return new Outcome<>(settle(), then);
  }

  private static Then treatmentOf(Errors error) {
    return switch (error) {
      case STALE_MEMBER_EPOCH, FENCED_MEMBER_EPOCH, UNKNOWN_MEMBER_ID, GROUP_ID_NOT_FOUND ->
          Then.BEAT;
      case UNKNOWN_TOPIC_ID -> Then.GO_ON;
      default -> error.exception() instanceof RetriableException ? Then.PAUSE : Then.GO_ON;
    };
  }

  private List<Settled<T>> settle() {
    List<Settled<T>> settled = new ArrayList<>();
    orders.removeIf(
        order -> {
          order.open.entrySet().removeIf(one -> one.getValue() <= committedUpTo(one.getKey()));
          if (order.open.isEmpty()) {
            settled.add(new Settled<>(order.order, order.result));
          }
          return order.open.isEmpty();
        });
    return settled;
  }

  /** The partition is not the member's any more: what is still to be committed of it is not. */
  List<Settled<T>> forget(Slot slot) {
    waiting.remove(slot);
    if (underWay.containsKey(slot)) {
      SortedMap<Slot, Position> rest = new TreeMap<>(underWay);
      rest.remove(slot);
      underWay = rest;
    }
    committed.remove(slot);
    fail(slot, new Result.Lost(slot));
    return settle();
  }

  /** The rest of an order is still carried out. */
  private void fail(Slot slot, Result why) {
    for (Order<T> order : orders) {
      if (order.open.remove(slot) != null) {
        order.result = why;
      }
    }
  }

  /** Whether anything of the partition is still to be committed. */
  boolean isPending(Slot slot) {
    return waiting.containsKey(slot) || underWay.containsKey(slot);
  }

  /** Below this offset all is committed; -1: nothing is. */
  long committedUpTo(Slot slot) {
    return committed.getOrDefault(slot, -1L);
  }
}
