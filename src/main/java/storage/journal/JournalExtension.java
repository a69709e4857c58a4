package storage.journal;

import com.typesafe.config.Config;
import java.util.Optional;
import java.util.concurrent.CompletionException;
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

  private final JournalServer server;

  private JournalExtension(JournalServer server) {
    this.server = server;
  }

  /**
   * The extension of a system; waits for the journal's start.
   *
   * @throws JournalException if the journal does not start
   */
  public static JournalExtension get(ClassicActorSystemProvider system) {
    return ID.get(system.classicSystem());
  }

  /** The journal's server. */
  public JournalServer server() {
    return server;
  }

  /** Finds or makes the extension; for {@code pekko.extensions} and for {@link #get}. */
  public static final class Id extends AbstractExtensionId<JournalExtension>
      implements ExtensionIdProvider {
    @Override
    public JournalExtension createExtension(ExtendedActorSystem system) {
      Optional<JournalSetup> setup = system.settings().setup().get(JournalSetup.class);
      return new JournalExtension(setup.map(Id::given).orElseGet(() -> started(system)));
    }

    @Override
    public Id lookup() {
      return ID;
    }

    private static JournalServer given(JournalSetup setup) {
      try {
        return setup.server().toCompletableFuture().join();
      } catch (CompletionException e) {
        if (e.getCause() instanceof JournalException known) {
          throw known;
        }
        throw e;
      }
    }

    private static JournalServer started(ExtendedActorSystem system) {
      Config config = system.settings().config();
      JournalServer server =
          JournalServer.start(JournalSettings.from(config), transport(system, config));
      system.registerOnTermination(server::close);
      return server;
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
