package streams;

import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * A partition in the hands of a member, from when it is given until it is released. The stage that
 * reads it and the member tell each other through it that it ends; any thread.
 */
final class Lease {
  static final long NOTHING = -1;

  private final GroupHandle group;
  private final Slot slot;
  private final TopicPartition partition;
  private final StartPoint start;
  private final Consumer<Stopped> told;
  private volatile boolean revoked;
  private Optional<Runnable> reader = Optional.empty();
  private boolean stopped;

  /**
   * The stage emits nothing more of it.
   *
   * @param emittedEnd behind the last record emitted; {@link #NOTHING}: none was
   * @param startOffset where reading began; {@link #NOTHING}: that was not known yet
   */
  record Stopped(Lease lease, long emittedEnd, long startOffset) {}

  /**
   * @param told is told once when it is read no more
   */
  Lease(
      GroupHandle group,
      Slot slot,
      TopicPartition partition,
      StartPoint start,
      Consumer<Stopped> told) {
    this.group = group;
    this.slot = slot;
    this.partition = partition;
    this.start = start;
    this.told = told;
  }

  GroupHandle group() {
    return group;
  }

  Slot slot() {
    return slot;
  }

  TopicPartition partition() {
    return partition;
  }

  StartPoint start() {
    return start;
  }

  /** Nothing more of it may be emitted, and what was is to be committed without delay. */
  boolean isRevoked() {
    return revoked;
  }

  /**
   * A stage reads it from now on, and is to say {@link #stopped} some time.
   *
   * @param onRevoke orders it to
   * @return false: it must not, or another does already
   */
  synchronized boolean attach(Runnable onRevoke) {
    if (stopped || reader.isPresent()) {
      return false;
    }
    reader = Optional.of(onRevoke);
    return true;
  }

  /** The member wants it back. */
  void revoke() {
    Optional<Runnable> order;
    synchronized (this) {
      revoked = true;
      order = reader;
    }
    if (order.isPresent()) {
      order.get().run();
    } else {
      stopped(NOTHING, NOTHING);
    }
  }

  /** See {@link Stopped}; only the first time counts. */
  void stopped(long emittedEnd, long startOffset) {
    synchronized (this) {
      if (stopped) {
        return;
      }
      stopped = true;
    }
    told.accept(new Stopped(this, emittedEnd, startOffset));
  }
}
