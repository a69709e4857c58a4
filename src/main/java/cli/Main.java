package cli;

/** Where the program begins. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    Commands.Services services = new Commands.Services(Console.ofProcess(), new EmbeddedBroker());
    System.exit(Commands.execute(services, arguments));
  }
}
