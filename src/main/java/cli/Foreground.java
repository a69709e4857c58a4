package cli;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A broker that runs in this process until a signal ends it. */
final class Foreground {
  private static final int STOP_SECONDS_MAX = 30;

  private Foreground() {}

  /** The broker's end, tied to that of the process. */
  interface Guard {
    /** Stops the broker now, once; the end of the process then has nothing left to do. */
    void stopNow();
  }

  /** Starts the broker, says where it serves, and runs until a signal ends the process. */
  static int run(Services services, NodeChoice choice) {
    Console console = services.console();
    NodeChoice.Plan plan = choice.plan(console);
    RunningBroker broker =
        services.launcher().launch(plan.overrides(), plan.settings()).toCompletableFuture().join();
    stopAtExit(broker, console);
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
    return untilTerminated(broker);
  }

  /** From now on the end of the process stops the broker cleanly. */
  static Guard stopAtExit(RunningBroker broker, Console console) {
    Thread hook = new Thread(() -> stop(broker, console), "granary-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    return () -> {
      Runtime.getRuntime().removeShutdownHook(hook);
      stop(broker, console);
    };
  }

  /** Returns only if the broker ends without having been asked to. */
  static int untilTerminated(RunningBroker broker) {
    try {
      broker.system().getWhenTerminated().toCompletableFuture().join();
    } catch (CompletionException e) {
      throw Failures.explain(e);
    }
    throw CommandFailure.failed("the broker has stopped by itself; its log says why");
  }

  private static void stop(RunningBroker broker, Console console) {
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
