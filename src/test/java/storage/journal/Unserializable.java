package storage.journal;

import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;

/** An actor that persists what no serializer is bound to. */
final class Unserializable
    extends EventSourcedBehavior<Unserializable.Command, Unserializable.Event, String> {
  record Command() {}

  record Event() {}

  private Unserializable() {
    super(PersistenceId.ofUniqueId("unserializable"));
  }

  static Behavior<Command> create() {
    return new Unserializable();
  }

  @Override
  public String emptyState() {
    return "";
  }

  @Override
  public CommandHandler<Command, Event, String> commandHandler() {
    return newCommandHandlerBuilder()
        .forAnyState()
        .onAnyCommand(command -> Effect().persist(new Event()));
  }

  @Override
  public EventHandler<String, Event> eventHandler() {
    return (state, event) -> state;
  }
}
