package actors.broker;

import actors.BrokerEpoch;
import actors.Outcome;
import actors.controller.BrokerImage;
import actors.controller.ClusterMetadata;
import org.apache.kafka.common.protocol.Errors;

/**
 * What this broker is to the controller, as far as it knows: not registered, registered, or ready
 * and thus trusted to lead. Says what is to be said next; each answer and each image makes the next
 * state. A broker whose place another registration of its id has taken registers anew, after pauses
 * that grow: a late word of a former life is soon made good, and two nodes under one id do not wear
 * the cluster out.
 *
 * @param attempt grows each time that it registers anew; what was said in an earlier one means
 *     nothing any more
 * @param epoch of its registration; {@link BrokerEpoch#NONE} until it is known
 * @param version of the newest image that it has taken; 0 before the first
 * @param ready the controller has let it in
 * @param pauseTicks for how long it says nothing
 */
record BrokerLife(
    int brokerId, int attempt, BrokerEpoch epoch, long version, boolean ready, int pauseTicks) {

  /** The longest pause before it registers anew, in ticks. */
  static final int PAUSE_TICKS_MAX = 600;

  /** What it has to say to the controller. */
  enum Word {
    REGISTER,
    SUBSCRIBE,
    READY,
    NOTHING
  }

  record Step(BrokerLife next, Word word) {}

  static BrokerLife begun(int brokerId) {
    return new BrokerLife(brokerId, 0, BrokerEpoch.NONE, 0, false, 0);
  }

  boolean isRegistered() {
    return !epoch.equals(BrokerEpoch.NONE);
  }

  /** Nothing has to be said again and again. */
  boolean isSettled() {
    return ready;
  }

  /**
   * To be called at even intervals until it is settled, and whenever something changes that may
   * make it ready.
   *
   * @param mayServe its replicas run, and its disk is sound
   */
  Step tick(boolean mayServe) {
    if (!isRegistered()) {
      return pauseTicks > 0
          ? new Step(with(epoch, version, ready, pauseTicks - 1), Word.NOTHING)
          : new Step(this, Word.REGISTER);
    }
    if (!hasImage()) {
      return new Step(this, Word.SUBSCRIBE);
    }
    return new Step(this, isDue(mayServe) ? Word.READY : Word.NOTHING);
  }

  /** Whether it is to say that it is ready, and was not yet let in. */
  boolean isDue(boolean mayServe) {
    return isRegistered() && hasImage() && !ready && mayServe;
  }

  /** One of this registration: what came before told what another life was to do. */
  private boolean hasImage() {
    return version > 0 && version >= epoch.value();
  }

  /**
   * @param ofAttempt in which the registration was asked for
   */
  BrokerLife registered(int ofAttempt, BrokerEpoch given) {
    return isRegistered() || ofAttempt != attempt ? this : with(given, version, false, 0);
  }

  /** An image from before its registration would make it lead epochs of its former life again. */
  boolean takes(ClusterMetadata image) {
    return isRegistered() && image.version() >= Math.max(version, epoch.value());
  }

  /**
   * It has taken the image.
   *
   * @param wantsToServe if it is under a fence, it asks again to be let in: nobody else lifts it
   */
  BrokerLife shown(ClusterMetadata image, boolean wantsToServe) {
    BrokerLife next = with(epoch, image.version(), ready, 0);
    BrokerImage self = image.brokers().get(brokerId);
    if (self == null) {
      return next;
    }
    if (self.epoch().value() > epoch.value()) {
      return next.overtaken();
    }
    boolean isFenced = self.fenced() && self.epoch().equals(epoch);
    return isFenced && wantsToServe ? next.with(epoch, next.version(), false, 0) : next;
  }

  /**
   * @param asked the epoch in which it said that it is ready
   */
  BrokerLife readyAnswered(BrokerEpoch asked, Outcome<BrokerEpoch> outcome) {
    if (outcome instanceof Outcome.Refused<BrokerEpoch> refused) {
      return refused(asked, refused.error());
    }
    return asked.equals(epoch) ? with(epoch, version, true, 0) : this;
  }

  /**
   * Something that it has said in an epoch was refused: where that is not the epoch under which the
   * controller knows its id, it is registered no more.
   */
  BrokerLife refused(BrokerEpoch asked, Errors error) {
    return error == Errors.STALE_BROKER_EPOCH && isRegistered() && asked.equals(epoch)
        ? overtaken()
        : this;
  }

  private BrokerLife overtaken() {
    int doublings = Math.min(attempt, Integer.SIZE - 2);
    int pause = Math.min(1 << doublings, PAUSE_TICKS_MAX) - 1;
    return new BrokerLife(brokerId, attempt + 1, BrokerEpoch.NONE, version, false, pause);
  }

  private BrokerLife with(
      BrokerEpoch nextEpoch, long nextVersion, boolean nextReady, int nextPause) {
    return new BrokerLife(brokerId, attempt, nextEpoch, nextVersion, nextReady, nextPause);
  }
}
