package cli;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A broker that runs in this process until a signal ends it. */
final class Foreground {
  private static final int STOP_SECONDS_MAX = 30;

  private final RunningBroker broker;
  private final Console console;
  private final Thread hook;
  private volatile boolean stopping;

  /** From now on the end of the process stops the broker cleanly. */
  Foreground(RunningBroker broker, Console console) {
    this.broker = broker;
    this.console = console;
    this.hook = new Thread(this::stop, "granary-stop");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Starts the broker, says where it serves, and runs until a signal ends the process. */
  static int run(Services services, NodeChoice choice) {
    Console console = services.console();
    console.variable(NodeProcess.WITH_PROCESS).map(Long::valueOf).ifPresent(Foreground::endWith);
    NodeChoice.Plan plan = choice.plan(console);
    RunningBroker broker =
        services.launcher().launch(plan.overrides(), plan.settings()).toCompletableFuture().join();
    Foreground foreground = new Foreground(broker, console);
    console
        .out()
        .println(
            "Granary "
                + Release.number()
                + ": broker "
                + plan.settings().brokerId()
                + " serves Kafka clients on "
                + plan.settings().advertisedHost()
                + ":"
                + broker.kafkaPort()
                + "; data in "
                + plan.settings().dataDirectory());
    console.out().flush();
    return foreground.untilTerminated();
  }

  /** This process ends when that one has, cleanly. */
  private static void endWith(long pid) {
    var unused =
        ProcessHandle.of(pid)
            .map(ProcessHandle::onExit)
            .orElseGet(() -> CompletableFuture.completedFuture(null))
            .thenRunAsync(() -> System.exit(ExitCode.OK));
  }

  /** Stops the broker before the process ends. */
  void stopNow() {
    Runtime.getRuntime().removeShutdownHook(hook);
    stop();
  }

  /**
   * Waits for the broker's end. One that a signal asked for is no failure; the process is ending
   * already then, with the status that the signal gives it.
   */
  int untilTerminated() {
    try {
      broker.whenStopped().toCompletableFuture().join();
    } catch (CompletionException e) {
      throw Failures.explain(e);
    }
    if (stopping) {
      return ExitCode.OK;
    }
    throw CommandFailure.failed("the broker has stopped by itself; its log says why");
  }

  private void stop() {
    stopping = true;
    try {
      broker.stop().toCompletableFuture().get(STOP_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      console.say(
          "granary: the broker did not stop within %d s; the next start recovers its logs",
          STOP_SECONDS_MAX);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      console.say("granary: while stopping: %s", Failures.explain(e).getMessage());
    }
  }
}
