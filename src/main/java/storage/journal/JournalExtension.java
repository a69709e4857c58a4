package storage.journal;

import com.typesafe.config.Config;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.apache.pekko.actor.ExtensionIdProvider;

/**
 * The journal of an actor system: the one that its {@link JournalSetup} names, else one started
 * from {@code granary.journal} when first asked for, and closed when the system has terminated.
 */
public final class JournalExtension implements Extension {
  private static final Id ID = new Id();

  private final CompletableFuture<JournalServer> server;

  private JournalExtension(CompletionStage<JournalServer> server) {
    this.server = server.toCompletableFuture();
  }

  /** The extension of a system; the first call begins the start of the journal. */
  public static JournalExtension get(ClassicActorSystemProvider system) {
    return ID.get(system.classicSystem());
  }

  /**
   * Waits until the journal has started.
   *
   * @throws JournalException why it has not
   */
  public JournalServer awaitServer() {
    try {
      return server.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof JournalException known) {
        throw known;
      }
      throw e;
    }
  }

  /** The journal, once it has started; for those that must not wait. */
  CompletionStage<JournalServer> server() {
    return server;
  }

  /** Finds or makes the extension; for {@code pekko.extensions} and for {@link #get}. */
  public static final class Id extends AbstractExtensionId<JournalExtension>
      implements ExtensionIdProvider {
    @Override
    public JournalExtension createExtension(ExtendedActorSystem system) {
      return new JournalExtension(
          system
              .settings()
              .setup()
              .get(JournalSetup.class)
              .map(JournalSetup::server)
              .orElseGet(() -> started(system)));
    }

    @Override
    public Id lookup() {
      return ID;
    }

    private static CompletionStage<JournalServer> started(ExtendedActorSystem system) {
      CompletableFuture<JournalServer> starting = new CompletableFuture<>();
      Thread starter = new Thread(() -> start(system, starting), "journal-extension");
      starter.setDaemon(true);
      starter.start();
      system.registerOnTermination(() -> starting.handle(Id::close).join());
      return starting;
    }

    private static Void close(JournalServer server, Throwable failure) {
      if (failure == null) {
        server.close();
      }
      return null;
    }

    private static void start(
        ExtendedActorSystem system, CompletableFuture<JournalServer> starting) {
      try {
        Config config = system.settings().config();
        starting.complete(
            JournalServer.start(JournalSettings.from(config), transport(system, config)));
      } catch (RuntimeException | Error e) {
        starting.completeExceptionally(e);
      }
    }

    private static RaftTransport transport(ExtendedActorSystem system, Config config) {
      String name = config.getString("granary.journal.transport");
      if (name.equals("loopback")) {
        return new LoopbackTransport();
      }
      try {
        return system
            .dynamicAccess()
            .classLoader()
            .loadClass(name)
            .asSubclass(RaftTransport.class)
            .getConstructor(ActorSystem.class)
            .newInstance(system);
      } catch (ReflectiveOperationException | ClassCastException e) {
        throw new JournalException.BadSettings(
            "granary.journal.transport names '"
                + name
                + "', which is no RaftTransport with a constructor of an ActorSystem: "
                + e);
      }
    }
  }
}
