package storage.journal;

import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;

/** An event-sourced actor whose state is the text of its events, one after another. */
final class Ledger extends EventSourcedBehavior<Ledger.Command, String, String> {
  sealed interface Command {}

  record Write(List<String> events, ActorRef<String> replyTo) implements Command {}

  record Read(ActorRef<String> replyTo) implements Command {}

  private final int snapshotEvery;

  private Ledger(String name, int snapshotEvery) {
    super(PersistenceId.ofUniqueId(name));
    this.snapshotEvery = snapshotEvery;
  }

  static Behavior<Command> named(String name) {
    return new Ledger(name, 0);
  }

  /** Saves a snapshot every so many events and deletes what it covers. */
  static Behavior<Command> snapshotting(String name, int every) {
    return new Ledger(name, every);
  }

  @Override
  public String emptyState() {
    return "";
  }

  @Override
  public CommandHandler<Command, String, String> commandHandler() {
    return newCommandHandlerBuilder()
        .forAnyState()
        .onCommand(
            Write.class,
            (state, write) ->
                Effect().persist(write.events()).thenReply(write.replyTo(), written -> written))
        .onCommand(Read.class, (state, read) -> Effect().reply(read.replyTo(), state))
        .build();
  }

  @Override
  public EventHandler<String, String> eventHandler() {
    return (state, event) -> state + event;
  }

  @Override
  public RetentionCriteria retentionCriteria() {
    return snapshotEvery == 0
        ? RetentionCriteria.disabled()
        : RetentionCriteria.snapshotEvery(snapshotEvery, 1).withDeleteEventsOnSnapshot();
  }
}
