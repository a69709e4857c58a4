package actors.broker;

import actors.BrokerEpoch;
import actors.Outcome;
import actors.broker.BrokerActor.Command;
import actors.controller.Controller;
import java.time.Duration;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives producer ids to whoever asks, and asks the controller for more. Part of the broker's actor.
 */
final class ProducerIdDesk {
  private static final Logger LOG = LoggerFactory.getLogger(ProducerIdDesk.class);
  private static final Duration REPEAT = Duration.ofSeconds(1);

  private final TimerScheduler<Command> timers;
  private final ControllerLine controller;
  private final ProducerIds ids = new ProducerIds();

  /** To itself: somebody may still be waiting. */
  record AskAgain() implements Command {}

  ProducerIdDesk(TimerScheduler<Command> timers, ControllerLine controller) {
    this.timers = timers;
    this.controller = controller;
  }

  /**
   * @param epoch of the broker's present registration
   */
  void next(BrokerEpoch epoch, ActorRef<Long> replyTo) {
    if (ids.ask(replyTo)) {
      askWhileWanted(epoch);
    }
  }

  /** Asks, and asks again while somebody waits: the controller may have been away. */
  void askWhileWanted(BrokerEpoch epoch) {
    if (ids.isWantedBySomebody()) {
      controller.allocateProducerIds(epoch);
      timers.startSingleTimer(new AskAgain(), REPEAT);
    }
  }

  void allocated(Outcome<Controller.ProducerIdBlock> outcome) {
    if (outcome instanceof Outcome.Accepted<Controller.ProducerIdBlock> accepted) {
      ids.add(accepted.value());
    } else if (outcome instanceof Outcome.Refused<Controller.ProducerIdBlock> refused) {
      LOG.warn("the controller gives no producer ids yet: {}", refused.message());
    }
  }
}
