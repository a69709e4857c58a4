package actors;

import java.time.Duration;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;

/**
 * Death watch of actors that may live on other nodes. A broker that comes back at its old address
 * speaks to the others before the last of them has heard that it is a member again. Whatever such a
 * one watches there in the meantime, Pekko's cluster says at once that it has died, for it still
 * remembers the life before ({@code ClusterRemoteWatcher.addWatch}). Here the watch begins when its
 * node is known.
 */
public final class MemberWatch extends AbstractBehavior<MemberWatch.Message> {
  private static final Duration LOOK_INTERVAL = Duration.ofMillis(50);

  /** What is no member by then has died in all likelihood, and may be said to have. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final TimerScheduler<Message> timers;
  private final ActorRef<?> other;
  private final Runnable tell;
  private long looksLeft;
  private boolean known;

  enum Message {
    LOOK,
    GONE
  }

  private MemberWatch(
      ActorContext<Message> context,
      TimerScheduler<Message> timers,
      ActorRef<?> other,
      Runnable tell,
      Duration patience) {
    super(context);
    this.timers = timers;
    this.other = other;
    this.tell = tell;
    this.looksLeft = patience.dividedBy(LOOK_INTERVAL);
    timers.startTimerWithFixedDelay(Message.LOOK, LOOK_INTERVAL);
  }

  /**
   * Has the context's actor told when the other one has stopped, or its node is no member any more.
   * It may be told though it has stopped watching meanwhile.
   *
   * @param gone what it is told
   */
  public static <T> void watchWith(ActorContext<T> context, ActorRef<?> other, T gone) {
    watchWith(context, other, gone, PATIENCE);
  }

  static <T> void watchWith(ActorContext<T> context, ActorRef<?> other, T gone, Duration patience) {
    if (isKnown(context.getSystem(), other)) {
      context.watchWith(other, gone);
    } else {
      ActorRef<T> self = context.getSelf();
      context.spawnAnonymous(create(other, () -> self.tell(gone), patience));
    }
  }

  private static Behavior<Message> create(ActorRef<?> other, Runnable tell, Duration patience) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> new MemberWatch(context, timers, other, tell, patience)));
  }

  private static boolean isKnown(ActorSystem<?> system, ActorRef<?> other) {
    Address address = other.path().address();
    if (address.hasLocalScope()) {
      return true;
    }
    for (Member member : Cluster.get(system).state().getMembers()) {
      if (member.address().equals(address) && !member.status().equals(MemberStatus.joining())) {
        return true;
      }
    }
    return false;
  }

  @Override
  public Receive<Message> createReceive() {
    return newReceiveBuilder()
        .onMessageEquals(Message.LOOK, this::look)
        .onMessageEquals(Message.GONE, this::onGone)
        .build();
  }

  /** Known once, it is watched a look later: Pekko's watcher hears of it by a way of its own. */
  private Behavior<Message> look() {
    looksLeft--;
    if (known || looksLeft <= 0) {
      timers.cancelAll();
      getContext().watchWith(other, Message.GONE);
    }
    known = isKnown(getContext().getSystem(), other);
    return this;
  }

  private Behavior<Message> onGone() {
    tell.run();
    return Behaviors.stopped();
  }
}
