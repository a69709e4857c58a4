package actors.controller;

import java.io.NotSerializableException;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * Follows the controller's image for one subscriber, wherever the controller is: begins with a
 * whole image, applies what is new, and asks again where something is missing. The subscriber sees
 * whole images only. Asking goes on all the time, since a controller that has just taken office
 * knows of no follower. A controller that answers with less than the subscriber has heard of is
 * told so: it has been overtaken.
 */
final class ImageFollower extends AbstractBehavior<ImageFollower.Message> {
  private final MessageCodec codec;
  private final ActorRef<Controller.Command> controller;
  private final ActorRef<Controller.ImageChanged> subscriber;
  private final ActorRef<ImageMessage> self;
  private final Reassembly parts = new Reassembly(2, Limits.IMAGE_BYTES_MAX);
  private ClusterMetadata image = ClusterMetadata.EMPTY;
  private long knownVersion;

  /** Ticks in which neither an answer nor a part of one has come; from -1: nothing is awaited. */
  private int silentTicks = -1;

  sealed interface Message {}

  /**
   * Tell the subscriber the present image once more, and ask whether there is a newer one.
   *
   * @param knownVersion of which the subscriber has heard
   */
  record Again(long knownVersion) implements Message {}

  private enum Tick implements Message {
    INSTANCE
  }

  private enum SubscriberGone implements Message {
    INSTANCE
  }

  private record Arrived(ImageMessage message) implements Message {}

  private ImageFollower(
      ActorContext<Message> context,
      MessageCodec codec,
      ActorRef<Controller.Command> controller,
      ActorRef<Controller.ImageChanged> subscriber,
      long knownVersion) {
    super(context);
    this.codec = codec;
    this.controller = controller;
    this.subscriber = subscriber;
    this.knownVersion = knownVersion;
    this.self = context.messageAdapter(ImageMessage.class, Arrived::new);
  }

  /**
   * Stops when the subscriber does.
   *
   * @param knownVersion of which the subscriber has heard already
   */
  static Behavior<Message> create(
      MessageCodec codec,
      ActorRef<Controller.Command> controller,
      ActorRef<Controller.ImageChanged> subscriber,
      long knownVersion) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> {
                  timers.startTimerWithFixedDelay(Tick.INSTANCE, Limits.FOLLOW_INTERVAL);
                  context.watchWith(subscriber, SubscriberGone.INSTANCE);
                  return new ImageFollower(context, codec, controller, subscriber, knownVersion)
                      .ask();
                }));
  }

  @Override
  public Receive<Message> createReceive() {
    return newReceiveBuilder()
        .onMessage(Arrived.class, this::onArrived)
        .onMessage(Tick.class, tick -> onTick())
        .onMessage(Again.class, this::onAgain)
        .onMessage(SubscriberGone.class, gone -> Behaviors.stopped())
        .build();
  }

  private ImageFollower ask() {
    silentTicks = 0;
    controller.tell(new Controller.Follow(image.version(), self));
    return this;
  }

  private Behavior<Message> onTick() {
    if (image.version() < knownVersion) {
      // Only named: what is wanted is asked for from the version that is here.
      controller.tell(new Controller.Follow(knownVersion, self));
    }
    if (silentTicks < 0) {
      return ask();
    }
    silentTicks++;
    int patience = parts.isUnderWay() ? Limits.PART_PATIENCE_TICKS : Limits.FOLLOW_PATIENCE_TICKS;
    return silentTicks >= patience ? ask() : this;
  }

  private Behavior<Message> onAgain(Again again) {
    knownVersion = Math.max(knownVersion, again.knownVersion());
    if (image.version() > 0) {
      subscriber.tell(new Controller.ImageChanged(image));
    }
    return silentTicks < 0 ? ask() : this;
  }

  private Behavior<Message> onArrived(Arrived arrived) throws NotSerializableException {
    if (arrived.message() instanceof MessagePart part) {
      silentTicks = 0;
      Optional<Reassembly.Whole> whole = parts.add(part);
      if (whole.isPresent()) {
        accept(codec.fromBytes(whole.get().bytes().toArray(), whole.get().manifest()));
      }
    } else {
      accept(arrived.message());
    }
    return this;
  }

  private void accept(Object message) {
    silentTicks = -1;
    if (message instanceof Controller.ImageChanged changed) {
      advance(changed.image());
    } else if (message instanceof Controller.ImageUpdate update) {
      follow(update);
    }
  }

  private void follow(Controller.ImageUpdate update) {
    long known = image.version() - update.fromVersion();
    if (known < 0) {
      ask();
    } else if (known < update.facts().size()) {
      advance(image.applyAll(update.facts().subList((int) known, update.facts().size())));
    }
  }

  /** What is older than what we have comes from a controller that is none any more. */
  private void advance(ClusterMetadata next) {
    if (next.version() > image.version()) {
      image = next;
      subscriber.tell(new Controller.ImageChanged(image));
    }
  }
}
