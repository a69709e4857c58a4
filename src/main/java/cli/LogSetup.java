package cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/**
 * Logging without a configuration file, since reading one costs a tenth of a second at each start:
 * our own packages at INFO, the libraries at WARN, all to standard error. {@code GRANARY_LOG}
 * changes levels: {@code debug}, or {@code info,org.apache.pekko=debug,storage=trace}. Only for our
 * own program: in one that holds a broker as a library, logging is that program's.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class LogSetup extends ContextAwareBase implements Configurator {
  private static volatile boolean ours;

  /** Before anything is logged. */
  static void ofThisProgram() {
    ours = true;
  }

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    if (!ours) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    LayoutWrappingEncoder<ILoggingEvent> encoder = encoder(context);
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setName("stderr");
    appender.setTarget("System.err");
    appender.setEncoder(encoder);
    appender.start();

    context.getLogger("ROOT").setLevel(Level.WARN);
    context.getLogger("ROOT").addAppender(appender);
    for (String ours : new String[] {"actors", "storage", "streams", "cli"}) {
      context.getLogger(ours).setLevel(Level.INFO);
    }
    // The commands answer a client's failures in a sentence of their own.
    context.getLogger("org.apache.kafka").setLevel(Level.ERROR);
    context.getLogger("org.apache.ratis").setLevel(Level.ERROR);
    // Of a node that is gone we speak ourselves; these would, for each of the streams to it.
    context.getLogger("org.apache.pekko.stream.Materializer").setLevel(Level.ERROR);
    context
        .getLogger("org.apache.pekko.remote.artery.FlushBeforeDeathWatchNotification")
        .setLevel(Level.ERROR);
    apply(context, System.getenv("GRANARY_LOG"));
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  private static LayoutWrappingEncoder<ILoggingEvent> encoder(LoggerContext context) {
    LogLayout layout = new LogLayout();
    layout.setContext(context);
    layout.start();

    LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
    encoder.setContext(context);
    encoder.setLayout(layout);
    encoder.start();
    return encoder;
  }

  /** From now on what is logged goes to the end of this file, and nothing to standard error. */
  static void toFile(Path file) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    LayoutWrappingEncoder<ILoggingEvent> encoder = encoder(context);
    FileAppender<ILoggingEvent> appender = new FileAppender<>();
    appender.setContext(context);
    appender.setName("file");
    appender.setFile(file.toString());
    appender.setEncoder(encoder);
    appender.start();

    context.getLogger("ROOT").detachAndStopAllAppenders();
    context.getLogger("ROOT").addAppender(appender);
  }

  /**
   * @param levels a level for everything, {@code name=level}, or both, between commas; null: none
   */
  static void apply(LoggerContext context, String levels) {
    if (levels == null || levels.isBlank()) {
      return;
    }
    for (String part : levels.split(",", -1)) {
      int equals = part.indexOf('=');
      String logger = equals < 0 ? "ROOT" : part.substring(0, equals).strip();
      Level level = Level.toLevel(part.substring(equals + 1).strip(), null);
      if (level != null) {
        context.getLogger(logger).setLevel(level);
      }
    }
  }
}
