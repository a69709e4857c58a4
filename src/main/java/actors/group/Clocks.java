package actors.group;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;

/**
 * The timers of a group, each kept by the child of the member that it is about; there is one for
 * the group's own as well. A child is there as long as something is waited for.
 */
final class Clocks {
  private final ActorContext<GroupSupervisor.Command> context;
  private final Map<String, ActorRef<MemberClock.Command>> children = new HashMap<>();
  private final Map<String, Set<TimerKey.Kind>> running = new HashMap<>();
  private final Map<TimerKey, Long> numbers = new HashMap<>();
  private long lastNumber;

  Clocks(ActorContext<GroupSupervisor.Command> context) {
    this.context = context;
  }

  void start(TimerKey timer, long millis) {
    long number = ++lastNumber;
    numbers.put(timer, number);
    running
        .computeIfAbsent(timer.memberId(), first -> EnumSet.noneOf(TimerKey.Kind.class))
        .add(timer.kind());
    children
        .computeIfAbsent(
            timer.memberId(),
            first -> context.spawnAnonymous(MemberClock.create(context.getSelf())))
        .tell(new MemberClock.Start(timer, millis, number));
  }

  void stop(TimerKey timer) {
    if (numbers.remove(timer) != null) {
      children.get(timer.memberId()).tell(new MemberClock.Stop(timer));
      over(timer);
    }
  }

  /** Whether a timer that has rung is not one that was stopped or started over meanwhile. */
  boolean hasRung(TimerKey timer, long number) {
    if (!numbers.remove(timer, number)) {
      return false;
    }
    over(timer);
    return true;
  }

  private void over(TimerKey timer) {
    Set<TimerKey.Kind> rest = running.get(timer.memberId());
    rest.remove(timer.kind());
    if (rest.isEmpty()) {
      running.remove(timer.memberId());
      context.stop(children.remove(timer.memberId()));
    }
  }

  void stopAll() {
    children.values().forEach(context::stop);
    children.clear();
    running.clear();
    numbers.clear();
  }

  boolean areAllStopped() {
    return children.isEmpty();
  }
}
