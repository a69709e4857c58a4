package streams;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;

/** The partitions that a member holds: being located, read, or drained. Pure. */
final class Holdings {
  private final Map<Slot, Holding> holdings = new HashMap<>();
  private final SortedSet<Slot> unlocated = new TreeSet<>();
  private final boolean commits;
  private boolean patient = true;

  private static final class Holding {
    private Optional<Lease> lease = Optional.empty();
    private boolean hasCommitted;
    private Optional<Lease.Stopped> stopped = Optional.empty();
    private boolean draining;
  }

  /**
   * @param commits whether the stream commits what it has read
   */
  Holdings(boolean commits) {
    this.commits = commits;
  }

  void given(Collection<Slot> slots) {
    slots.forEach(slot -> holdings.put(slot, new Holding()));
    unlocated.addAll(slots);
  }

  /** Those of which nobody knows yet where they start. */
  List<Slot> unlocated() {
    return List.copyOf(unlocated);
  }

  boolean isUnlocated(Slot slot) {
    return unlocated.contains(slot);
  }

  /**
   * It is read from now on.
   *
   * @param hasCommitted whether the group has committed an offset of it
   */
  void located(Lease lease, boolean hasCommitted) {
    unlocated.remove(lease.slot());
    Holding holding = holdings.get(lease.slot());
    holding.lease = Optional.of(lease);
    holding.hasCommitted = hasCommitted;
  }

  /** Whether the member holds the partition, and by this lease. */
  boolean isCurrent(Lease lease) {
    Holding holding = holdings.get(lease.slot());
    return holding != null && holding.lease.filter(lease::equals).isPresent();
  }

  /** It is to be given up. */
  Optional<Lease> drain(Slot slot) {
    Holding holding = holdings.get(slot);
    holding.draining = true;
    return holding.lease;
  }

  /**
   * It is read no more.
   *
   * @return where reading began, if that is to be committed lest the next member begin at an end
   *     that has moved on
   */
  Optional<Long> stopped(Lease.Stopped stopped) {
    Holding holding = holdings.get(stopped.lease().slot());
    holding.stopped = Optional.of(stopped);
    boolean unknown = commits && !holding.hasCommitted && stopped.startOffset() >= 0;
    return unknown ? Optional.of(stopped.startOffset()) : Optional.empty();
  }

  /** What was emitted is waited for no longer than until what is asked for is committed. */
  void hurry() {
    patient = false;
  }

  /** Those that are to be given up, and with which nothing is under way any more. */
  List<Slot> drained(CommitBook<?> book) {
    List<Slot> drained = new ArrayList<>();
    holdings.forEach(
        (slot, holding) -> {
          if (holding.draining && isDone(slot, holding, book)) {
            drained.add(slot);
          }
        });
    return drained;
  }

  private boolean isDone(Slot slot, Holding holding, CommitBook<?> book) {
    if (holding.lease.isEmpty()) {
      return true;
    }
    if (holding.stopped.isEmpty() || book.isPending(slot)) {
      return false;
    }
    return !commits || !patient || book.committedUpTo(slot) >= holding.stopped.get().emittedEnd();
  }

  boolean isDraining(Slot slot) {
    return holdings.get(slot).draining;
  }

  /** Held no more. */
  Optional<Lease> remove(Slot slot) {
    unlocated.remove(slot);
    return holdings.remove(slot).lease;
  }

  boolean isEmpty() {
    return holdings.isEmpty();
  }

  void forEachLease(Consumer<Lease> action) {
    holdings.values().forEach(holding -> holding.lease.ifPresent(action));
  }
}
