package actors.controller;

import actors.Outcome;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * This broker's door to the controller, wherever that runs. Commands and answers that do not fit
 * into a frame go in parts, and whoever subscribes to the image has an {@link ImageFollower} follow
 * it; those who use the door see neither.
 */
final class ControllerGateway extends AbstractBehavior<Controller.Command> {
  private final MessageCodec codec;
  private final Freight freight;
  private final ActorRef<Controller.Command> controller;
  private final Map<ActorRef<Controller.ImageChanged>, ActorRef<ImageFollower.Message>> followers =
      new HashMap<>();
  private int couriers;

  private ControllerGateway(
      ActorContext<Controller.Command> context, ActorRef<Controller.Command> controller) {
    super(context);
    this.controller = controller;
    this.codec = new MessageCodec(ActorRefResolver.get(context.getSystem()));
    this.freight = new Freight(codec);
  }

  /**
   * The door stays open whatever a message did to it; who followed the image subscribes again.
   *
   * @param controller the way there, such as the singleton's proxy
   */
  static Behavior<Controller.Command> create(ActorRef<Controller.Command> controller) {
    return Behaviors.supervise(
            Behaviors.<Controller.Command>setup(
                context -> new ControllerGateway(context, controller)))
        .onFailure(RuntimeException.class, SupervisorStrategy.restart());
  }

  @Override
  public Receive<Controller.Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Controller.Subscribe.class, this::onSubscribe)
        .onMessage(Controller.SubscriberGone.class, this::onSubscriberGone)
        .onMessage(Controller.AnsweredAtLength.class, this::onAnsweredAtLength)
        .onMessage(Controller.CourierGone.class, this::onCourierGone)
        .onAnyMessage(this::pass)
        .build();
  }

  private Behavior<Controller.Command> pass(Controller.Command command) {
    controller.tell(command);
    return this;
  }

  private Behavior<Controller.Command> onSubscribe(Controller.Subscribe command) {
    ActorRef<Controller.ImageChanged> subscriber = command.subscriber();
    ActorRef<ImageFollower.Message> known = followers.get(subscriber);
    if (known == null) {
      ActorRef<ImageFollower.Message> follower =
          getContext()
              .spawnAnonymous(
                  ImageFollower.create(codec, controller, subscriber, command.knownVersion()));
      getContext().watchWith(follower, new Controller.SubscriberGone(subscriber));
      followers.put(subscriber, follower);
    } else {
      known.tell(new ImageFollower.Again(command.knownVersion()));
    }
    return this;
  }

  private Behavior<Controller.Command> onSubscriberGone(Controller.SubscriberGone gone) {
    followers.remove(gone.subscriber());
    return this;
  }

  private Behavior<Controller.Command> onCourierGone(Controller.CourierGone gone) {
    couriers--;
    return this;
  }

  private Behavior<Controller.Command> onAnsweredAtLength(Controller.AnsweredAtLength<?> command) {
    send(command);
    return this;
  }

  private <T> void send(Controller.AnsweredAtLength<T> command) {
    if (couriers >= Limits.COURIERS_MAX) {
      command
          .replyTo()
          .tell(
              Outcome.refused(
                  Errors.THROTTLING_QUOTA_EXCEEDED,
                  "This broker waits for %d answers of the controller already.",
                  couriers));
      return;
    }
    Freight.Load load = freight.load(command);
    if (load.sizeBytes() > Limits.COMMAND_BYTES_MAX) {
      command
          .replyTo()
          .tell(
              Outcome.refused(
                  Errors.POLICY_VIOLATION,
                  "What is asked of the controller takes %d bytes; the most is %d.",
                  load.sizeBytes(),
                  Limits.COMMAND_BYTES_MAX));
      return;
    }
    freight.load(command.answeredTo(courierTo(command.replyTo()))).sendTo(controller);
  }

  private <T> ActorRef<Outcome<T>> courierTo(ActorRef<Outcome<T>> replyTo) {
    ActorRef<Object> courier = getContext().spawnAnonymous(Courier.create(codec, replyTo));
    getContext().watchWith(courier, Controller.CourierGone.INSTANCE);
    couriers++;
    return courier.narrow();
  }
}
