package actors.controller;

import java.io.NotSerializableException;
import java.util.Optional;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.BehaviorInterceptor;
import org.apache.pekko.actor.typed.TypedActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets the controller see whole commands only, in however many parts they come. */
final class Intake extends BehaviorInterceptor<Controller.Command, Controller.Command> {
  private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

  private final MessageCodec codec;
  private final Reassembly parts =
      new Reassembly(Limits.COMMANDS_IN_PARTS_MAX, Limits.COMMAND_BYTES_MAX);

  Intake(MessageCodec codec) {
    super(Controller.Command.class);
    this.codec = codec;
  }

  @Override
  public Behavior<Controller.Command> aroundReceive(
      TypedActorContext<Controller.Command> context,
      Controller.Command message,
      ReceiveTarget<Controller.Command> target) {
    if (!(message instanceof MessagePart part)) {
      return target.apply(context, message);
    }
    return parts
        .add(part)
        .flatMap(this::command)
        .map(command -> target.apply(context, command))
        .orElseGet(Behaviors::same);
  }

  /** What cannot be read was sent by another release: as if it had not come. */
  private Optional<Controller.Command> command(Reassembly.Whole whole) {
    try {
      return codec.fromBytes(whole.bytes().toArray(), whole.manifest())
              instanceof Controller.Command command
          ? Optional.of(command)
          : Optional.empty();
    } catch (NotSerializableException malformed) {
      LOG.warn("a command is left out: {}", malformed.getMessage());
      return Optional.empty();
    }
  }
}
