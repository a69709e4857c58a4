package actors.controller;

import actors.Outcome;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * Waits for one answer of the controller, which comes whole or in parts, and hands it on. Gives up
 * long after the one who asked has.
 */
final class Courier {
  private enum GiveUp {
    INSTANCE
  }

  private Courier() {}

  static <T> Behavior<Object> create(MessageCodec codec, ActorRef<Outcome<T>> replyTo) {
    return Behaviors.setup(
        context -> {
          context.setReceiveTimeout(Limits.COURIER_TIMEOUT, GiveUp.INSTANCE);
          Reassembly parts = new Reassembly(1, Limits.ANSWER_BYTES_MAX);
          ActorRef<Object> receiver = replyTo.unsafeUpcast();
          return Behaviors.receive(Object.class)
              .onMessageEquals(GiveUp.INSTANCE, Behaviors::stopped)
              .onMessage(
                  MessagePart.class,
                  part -> {
                    Optional<Reassembly.Whole> whole = parts.add(part);
                    if (whole.isEmpty()) {
                      return Behaviors.same();
                    }
                    receiver.tell(
                        codec.fromBytes(whole.get().bytes().toArray(), whole.get().manifest()));
                    return Behaviors.stopped();
                  })
              .onMessage(
                  Outcome.class,
                  outcome -> {
                    receiver.tell(outcome);
                    return Behaviors.stopped();
                  })
              .build();
        });
  }
}
