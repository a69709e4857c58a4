package clients;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests that mistreat a broker one to mistreat, with a bystander on it all the time. After
 * each test both must be well.
 */
final class HostileBroker implements ParameterResolver, AfterEachCallback {
  private static final Namespace NAMESPACE = Namespace.create(HostileBroker.class);

  /** One broker and its bystander. */
  record Victim(RunningBroker broker, Bystander bystander) implements AutoCloseable {
    static Victim start() {
      RunningBroker broker = RunningBroker.start(BrokerSettings.defaults());
      return new Victim(broker, new Bystander(broker));
    }

    @Override
    public void close() {
      try (broker) {
        bystander.close();
        broker.assertUnharmed();
      }
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == RunningBroker.class || type == Bystander.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Victim victim = victim(context);
    return parameter.getParameter().getType() == Bystander.class
        ? victim.bystander()
        : victim.broker();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    Victim victim = victim(context);
    try {
      victim.broker().assertUnharmed();
      victim.bystander().awaitProgress();
    } catch (AssertionError | RuntimeException harmed) {
      // The next test gets a new one, and shows what it does by itself.
      context.getRoot().getStore(NAMESPACE).remove(Victim.class);
      victim.broker().close();
      throw harmed;
    }
  }

  private static Victim victim(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(Victim.class, type -> Victim.start(), Victim.class);
  }
}
