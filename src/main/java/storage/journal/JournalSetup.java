package storage.journal;

import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.setup.Setup;

/**
 * Hands an actor system a journal that somebody else starts and closes: the broker, which can start
 * it while the actor system starts; or a test, where two systems share one.
 */
public final class JournalSetup extends Setup {
  private final CompletionStage<JournalServer> server;

  private JournalSetup(CompletionStage<JournalServer> server) {
    this.server = server;
  }

  /**
   * A setup for {@code ActorSystemSetup.create(…)}; the caller closes the journal.
   *
   * @param server the journal, or why there is none
   */
  public static JournalSetup of(CompletionStage<JournalServer> server) {
    return new JournalSetup(server);
  }

  CompletionStage<JournalServer> server() {
    return server;
  }
}
