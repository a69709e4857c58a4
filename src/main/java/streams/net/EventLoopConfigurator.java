package streams.net;

import com.typesafe.config.Config;
import java.util.concurrent.ThreadFactory;
import org.apache.pekko.dispatch.DispatcherPrerequisites;
import org.apache.pekko.dispatch.ExecutorServiceConfigurator;
import org.apache.pekko.dispatch.ExecutorServiceFactory;
import org.apache.pekko.dispatch.MonitorableThreadFactory;

/**
 * Makes an {@link EventLoop} the executor of a Pekko dispatcher: name this class as {@code
 * executor} in the dispatcher's configuration.
 */
public final class EventLoopConfigurator extends ExecutorServiceConfigurator {

  /** Called by Pekko. */
  public EventLoopConfigurator(Config config, DispatcherPrerequisites prerequisites) {
    super(config, prerequisites);
  }

  @Override
  public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory threads) {
    ThreadFactory named =
        threads instanceof MonitorableThreadFactory pekkos
            ? pekkos.withName(pekkos.name() + "-" + id)
            : threads;
    return () -> new EventLoop(named);
  }
}
