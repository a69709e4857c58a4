package actors.broker;

import actors.BrokerEpoch;
import actors.Outcome;
import actors.broker.BrokerActor.Command;
import actors.controller.ClusterMetadata;
import actors.controller.Controller;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.kafka.common.Uuid;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * What this broker says to the controller. An answer comes back with what it is an answer to: the
 * attempt to register, or the epoch of the registration.
 */
final class ControllerLine {
  private final ActorContext<Command> context;
  private final BrokerActor.Wiring wiring;
  private final int brokerId;
  private final Uuid incarnation = Uuid.randomUuid();
  private final ActorRef<Controller.ImageChanged> images;
  private final ActorRef<Outcome<Integer>> leavingReply;
  private final List<ActorRef<?>> ofRegistration = new ArrayList<>();
  private ActorRef<Outcome<Controller.Registration>> registrationReply;
  private ActorRef<Outcome<BrokerEpoch>> readyReply;
  private ActorRef<Outcome<Controller.ProducerIdBlock>> producerIdReply;

  record ImageArrived(ClusterMetadata image) implements Command {}

  /** What became of an attempt to register. */
  record Registered(int attempt, Outcome<Controller.Registration> outcome) implements Command {}

  /** What became of the word that it is ready, said in an epoch. */
  record ReadyAnswered(BrokerEpoch asked, Outcome<BrokerEpoch> outcome) implements Command {}

  /** What became of a request for producer ids, made in an epoch. */
  record ProducerIds(BrokerEpoch asked, Outcome<Controller.ProducerIdBlock> outcome)
      implements Command {}

  record LeavingAnswered(Outcome<Integer> outcome) implements Command {}

  ControllerLine(ActorContext<Command> context, BrokerActor.Wiring wiring) {
    this.context = context;
    this.wiring = wiring;
    this.brokerId = wiring.settings().brokerId();
    this.images =
        context.messageAdapter(
            Controller.ImageChanged.class, changed -> new ImageArrived(changed.image()));
    this.leavingReply = adapter(LeavingAnswered::new);
    answerTo(BrokerLife.begun(brokerId));
  }

  /**
   * Message adapters are found by class, which an {@code Outcome} of two types would share; hence
   * an actor each.
   */
  private <T> ActorRef<Outcome<T>> adapter(Function<Outcome<T>, Command> wrap) {
    ActorRef<Command> self = context.getSelf();
    return context.spawnAnonymous(
        Behaviors.receiveMessage(
            outcome -> {
              self.tell(wrap.apply(outcome));
              return Behaviors.same();
            }));
  }

  /** Another attempt to register, or another registration: from now on answers are to that. */
  void answerTo(BrokerLife life) {
    ofRegistration.forEach(context::stop);
    ofRegistration.clear();
    BrokerEpoch epoch = life.epoch();
    int attempt = life.attempt();
    registrationReply = adapter(outcome -> new Registered(attempt, outcome));
    readyReply = adapter(outcome -> new ReadyAnswered(epoch, outcome));
    producerIdReply = adapter(outcome -> new ProducerIds(epoch, outcome));
    ofRegistration.addAll(List.of(registrationReply, readyReply, producerIdReply));
  }

  void register() {
    NodeSettings settings = wiring.settings();
    tell(
        new Controller.RegisterBroker(
            brokerId,
            incarnation,
            wiring.clusterId(),
            settings.advertisedHost(),
            settings.kafkaPort(),
            settings.rack(),
            wiring.epochs().whole(),
            registrationReply));
  }

  void subscribe(BrokerEpoch epoch) {
    tell(new Controller.Subscribe(images, epoch.value()));
  }

  void ready(BrokerEpoch epoch) {
    tell(new Controller.BrokerReady(brokerId, epoch, readyReply));
  }

  void allocateProducerIds(BrokerEpoch epoch) {
    tell(new Controller.AllocateProducerIds(brokerId, epoch, producerIdReply));
  }

  void leaving(BrokerEpoch epoch) {
    tell(new Controller.BrokerLeaving(brokerId, epoch, leavingReply));
  }

  /** Has this broker put under a fence. */
  void fence() {
    tell(new Controller.FenceBroker(brokerId, context.getSystem().ignoreRef()));
  }

  private void tell(Controller.Command command) {
    wiring.controller().tell(command);
  }
}
