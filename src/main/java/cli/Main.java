package cli;

import java.util.Optional;

/** Where the program begins. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    LogSetup.ofThisProgram();
    System.exit(run(new Services(Console.ofProcess(), EmbeddedBroker::launch), arguments));
  }

  /** Runs the command that the arguments name; gives the exit status. */
  static int run(Services services, String... arguments) {
    Optional<NodeChoice> plainStart = StartArguments.parse(arguments);
    return plainStart.isPresent()
        ? start(services, plainStart.get())
        : Commands.execute(services, arguments);
  }

  private static int start(Services services, NodeChoice choice) {
    try {
      return Foreground.run(services, choice);
    } catch (RuntimeException e) {
      return Failures.report(e, false, services.console());
    }
  }
}
