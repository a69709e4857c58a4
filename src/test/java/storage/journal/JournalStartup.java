package storage.journal;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.slf4j.LoggerFactory;

/**
 * Prints how long a journal takes from nothing to its first committed append, in a cold JVM and
 * again in the warm one, and what one append takes. Run by hand: {@code java -cp … JournalStartup
 * <directory>}.
 */
final class JournalStartup {
  private JournalStartup() {}

  public static void main(String[] args) throws Exception {
    Path directory = Path.of(args[0]);
    int appends = args.length > 1 ? Integer.parseInt(args[1]) : 200;
    LoggerFactory.getLogger(JournalStartup.class).info("a broker has loaded its logging by now");
    System.out.printf(
        Locale.ROOT,
        "JVM up %d ms%n",
        System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime());
    for (int i = 0; i < 3; i++) {
      long begin = System.nanoTime();
      JournalServer server = Journals.start(Journals.alone(directory));
      long started = System.nanoTime();
      long next = Journals.get(server.highestSequenceNr("p")) + 1;
      Journals.get(server.execute(Journals.append("w" + begin, next, "first")));
      long committed = System.nanoTime();
      for (int n = 1; n <= appends; n++) {
        Journals.get(server.execute(Journals.append("w" + begin, next + n, "event-" + n)));
      }
      long done = System.nanoTime();
      System.out.printf(
          Locale.ROOT,
          "start %.1f ms, first append %.1f ms, then %.3f ms each%n",
          (started - begin) / 1e6,
          (committed - started) / 1e6,
          (done - committed) / 1e6 / Math.max(1, appends));
      if (i < 2) {
        long closing = System.nanoTime();
        server.close();
        System.out.printf(Locale.ROOT, "close %.1f ms%n", (System.nanoTime() - closing) / 1e6);
      }
    }
    System.gc();
    Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.matches("(VmRSS|RssAnon|RssFile|Threads).*"))
        .forEach(System.out::println);
    System.exit(0);
  }
}
