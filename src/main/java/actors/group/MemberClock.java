package actors.group;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * One member's child of its group: what the group waits for from it, and until when. A heartbeat
 * only moves a deadline; the scheduler hears of it when the earlier one has passed.
 */
final class MemberClock extends AbstractBehavior<MemberClock.Command> {
  private final TimerScheduler<Command> timers;
  private final ActorRef<GroupSupervisor.Command> group;
  private final Map<TimerKey.Kind, Deadline> deadlines = new EnumMap<>(TimerKey.Kind.class);

  sealed interface Command {}

  /**
   * From now on this deadline counts for its kind.
   *
   * @param number to be given back with it, so that one that has been started over is known
   */
  record Start(TimerKey timer, long millis, long number) implements Command {}

  record Stop(TimerKey timer) implements Command {}

  private record Look(TimerKey.Kind kind) implements Command {}

  private record Deadline(TimerKey timer, long number, long atNanos) {}

  private MemberClock(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      ActorRef<GroupSupervisor.Command> group) {
    super(context);
    this.timers = timers;
    this.group = group;
  }

  static Behavior<Command> create(ActorRef<GroupSupervisor.Command> group) {
    return Behaviors.setup(
        context -> Behaviors.withTimers(timers -> new MemberClock(context, timers, group)));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Start.class, this::onStart)
        .onMessage(Stop.class, this::onStop)
        .onMessage(Look.class, this::onLook)
        .build();
  }

  private Behavior<Command> onStart(Start start) {
    TimerKey.Kind kind = start.timer().kind();
    long atNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(start.millis());
    Deadline before = deadlines.put(kind, new Deadline(start.timer(), start.number(), atNanos));
    boolean isLookedAtInTime =
        before != null && timers.isTimerActive(kind) && before.atNanos() - atNanos <= 0;
    if (!isLookedAtInTime) {
      lookIn(kind, start.millis());
    }
    return this;
  }

  private Behavior<Command> onStop(Stop stop) {
    deadlines.remove(stop.timer().kind());
    timers.cancel(stop.timer().kind());
    return this;
  }

  private Behavior<Command> onLook(Look look) {
    Deadline deadline = deadlines.get(look.kind());
    if (deadline == null) {
      return this;
    }
    long leftNanos = deadline.atNanos() - System.nanoTime();
    if (leftNanos > 0) {
      lookIn(look.kind(), TimeUnit.NANOSECONDS.toMillis(leftNanos) + 1);
    } else {
      deadlines.remove(look.kind());
      group.tell(new GroupSupervisor.TimerRang(deadline.timer(), deadline.number()));
    }
    return this;
  }

  private void lookIn(TimerKey.Kind kind, long millis) {
    timers.startSingleTimer(kind, new Look(kind), Duration.ofMillis(Math.max(0, millis)));
  }
}
