package cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import picocli.CommandLine;

/** The tree of commands. Only the one that is called is built: each costs milliseconds at start. */
final class Commands {
  private static final Map<String, Function<Services, Object>> BY_NAME = new TreeMap<>();

  static {
    BY_NAME.put("start", StartCommand::new);
    BY_NAME.put("quickstart", QuickstartCommand::new);
    BY_NAME.put("cluster", services -> new ClusterCommand());
    BY_NAME.put("topic", services -> new TopicCommand());
    BY_NAME.put("group", services -> new GroupCommand());
    BY_NAME.put("produce", ProduceCommand::new);
    BY_NAME.put("consume", ConsumeCommand::new);
    BY_NAME.put("log", services -> new LogCommand());
    BY_NAME.put("completion", CompletionCommand::new);
    BY_NAME.put("train", TrainCommand::new);
  }

  private Commands() {}

  /** Runs the command and gives its exit status; says on standard error what went wrong. */
  static int execute(Services services, String... arguments) {
    Console console = services.console();
    try {
      return tree(services, arguments).execute(arguments);
    } finally {
      console.out().flush();
    }
  }

  /** All commands, or only the one that the arguments name. */
  static CommandLine tree(Services services, String... arguments) {
    Console console = services.console();
    GranaryCommand all = new GranaryCommand();
    CommandLine root = new CommandLine(all);
    if (arguments.length > 0 && BY_NAME.containsKey(arguments[0])) {
      add(root, arguments[0], services);
    } else {
      BY_NAME.keySet().forEach(name -> add(root, name, services));
    }
    return root.setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8))
        .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
        .setParameterExceptionHandler((mistake, args) -> onMistake(mistake, console))
        .setExecutionExceptionHandler(
            (thrown, line, parsed) -> Failures.report(thrown, all.verbose, console));
  }

  private static void add(CommandLine root, String name, Services services) {
    Object command = BY_NAME.get(name).apply(services);
    CommandLine line = new CommandLine(command);
    if (command instanceof TopicCommand) {
      TopicCommand.addTo(line, services);
    } else if (command instanceof GroupCommand) {
      GroupCommand.addTo(line, services);
    } else if (command instanceof ClusterCommand) {
      ClusterCommand.addTo(line, services);
    } else if (command instanceof LogCommand) {
      line.addSubcommand(new LogDumpCommand(services));
    }
    root.addSubcommand(name, line);
  }

  private static int onMistake(CommandLine.ParameterException mistake, Console console) {
    CommandLine line = mistake.getCommandLine();
    console.say("granary: %s", mistake.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(mistake, line.getErr());
    console.say("Try: %s --help", line.getCommandSpec().qualifiedName());
    return ExitCode.USAGE;
  }
}
