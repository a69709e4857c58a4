package clients;

import java.time.Duration;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests one broker for all of them, started when the first one asks. For tests that leave it
 * as they would wish to find it: topics of their own, and nothing that harms it.
 */
final class SharedBroker implements ParameterResolver {
  /** How long members of groups may be silent before they are taken for dead. */
  static final Duration SESSION = Duration.ofSeconds(5);

  private static final Namespace NAMESPACE = Namespace.create(SharedBroker.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == RunningBroker.class;
  }

  @Override
  public RunningBroker resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(
            RunningBroker.class,
            type ->
                RunningBroker.start(
                    BrokerSettings.defaults()
                        .with("group.initial.rebalance.delay.ms", "0")
                        .with("group.min.session.timeout.ms", "1000")
                        .with("group.consumer.heartbeat.interval.ms", "300")
                        .with("group.consumer.session.timeout.ms", "" + SESSION.toMillis())
                        .withGrpc()),
            RunningBroker.class);
  }
}
