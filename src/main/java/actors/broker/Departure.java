package actors.broker;

import actors.BrokerEpoch;
import actors.Outcome;
import actors.broker.BrokerActor.Command;
import java.time.Duration;
import java.util.Optional;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * Hands over what the broker leads: tells the controller that it is about to stop until nothing is
 * left to wait for. Part of the broker's actor.
 */
final class Departure {
  private static final Duration REPEAT = Duration.ofMillis(200);

  private final TimerScheduler<Command> timers;
  private final ControllerLine controller;
  private Optional<ActorRef<Done>> replyTo = Optional.empty();

  /** To itself. */
  record SayAgain() implements Command {}

  Departure(TimerScheduler<Command> timers, ControllerLine controller) {
    this.timers = timers;
    this.controller = controller;
  }

  boolean isUnderWay() {
    return replyTo.isPresent();
  }

  /**
   * @param whom told when it is over
   */
  void begin(BrokerEpoch epoch, ActorRef<Done> whom) {
    replyTo = Optional.of(whom);
    say(epoch);
  }

  void say(BrokerEpoch epoch) {
    controller.leaving(epoch);
    timers.startSingleTimer(new SayAgain(), REPEAT);
  }

  void answered(Outcome<Integer> stillLed) {
    boolean goesOn = stillLed instanceof Outcome.Accepted<Integer> accepted && accepted.value() > 0;
    if (!goesOn) {
      timers.cancel(new SayAgain());
      replyTo.ifPresent(asker -> asker.tell(Done.getInstance()));
      replyTo = Optional.empty();
    }
  }
}
