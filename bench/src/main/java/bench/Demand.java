package bench;

import com.sun.tools.attach.AttachNotSupportedException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.stream.javadsl.Source;
import streams.Producer;
import streams.grpc.GranaryClient;

/**
 * Writes to a topic while a {@link StoppedReader} in another process wants nothing of it, then lets
 * that one go on slowly, and prints the memory of the processes meanwhile; see demand.sh.
 *
 * <pre>Demand inside|grpc PORT MEGABYTES STOPPED_SECONDS SLOW_SECONDS [BROKER_PID]</pre>
 */
public final class Demand {
  private static final int RECORD_BYTES = 1_000;
  private static final int VALUES = 1_024;
  private static final int PER_SECOND = 100;
  private static final String TOPIC = "demand";

  private final Process reader;
  private final BufferedReader answers;
  private final BufferedWriter orders;
  private final List<Meter> meters;
  private final String way;

  private record Meter(String name, Memory memory) {}

  private Demand(String way, int port, List<String> brokerPid)
      throws IOException, AttachNotSupportedException {
    this.way = way;
    String heap = setting("CONSUMER_HEAP", "-Xmx64m");
    String heapWithBroker = setting("BROKER_HEAP", "-Xmx128m");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            brokerPid.isEmpty() ? heapWithBroker : heap,
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            StoppedReader.class.getName(),
            way,
            Integer.toString(port),
            TOPIC,
            setting("CHUNK_BYTES", Integer.toString(1 << 20)));
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    reader = builder.start();
    answers = reader.inputReader(StandardCharsets.UTF_8);
    orders = reader.outputWriter(StandardCharsets.UTF_8);
    answer();
    Meter own = new Meter("consumer", Memory.of(Long.toString(reader.pid())));
    meters =
        brokerPid.isEmpty()
            ? List.of(own)
            : List.of(own, new Meter("broker", Memory.of(brokerPid.get(0))));
  }

  public static void main(String[] arguments) throws Exception {
    String way = arguments[0];
    int port = Integer.parseInt(arguments[1]);
    long bytes = Long.parseLong(arguments[2]) << 20;
    long stoppedNanos = Long.parseLong(arguments[3]) * 1_000_000_000L;
    String slowSeconds = arguments[4];
    Demand demand = new Demand(way, port, List.of(arguments).subList(5, arguments.length));
    ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "demand");
    try (GranaryClient client =
        GranaryClient.connect(system, "127.0.0.1:" + port).toCompletableFuture().get()) {
      write(client, system, RECORD_BYTES);
      demand.order("take 1");
      demand.show("before");
      long begin = System.nanoTime();
      for (int tenth = 0; tenth < 10; tenth++) {
        write(client, system, bytes / 10);
        if (tenth == 4) {
          demand.show("half of it written");
        }
      }
      System.out.printf(
          Locale.ROOT, "%s: %d MB written in %.1f s%n", way, bytes >> 20, since(begin) / 1e9);
      while (since(begin) < stoppedNanos) {
        Thread.sleep(Math.min(1_000, (stoppedNanos - since(begin)) / 1_000_000 + 1));
      }
      demand.show("all of it written");
      demand.order("slow " + PER_SECOND + " " + slowSeconds);
      demand.show("after " + slowSeconds + " s of " + PER_SECOND + " records a second");
    } finally {
      system.terminate();
      demand.orders.close();
      demand.reader.waitFor();
    }
  }

  private static long since(long begin) {
    return System.nanoTime() - begin;
  }

  private static String setting(String name, String otherwise) {
    String set = System.getenv(name);
    return set == null || set.isEmpty() ? otherwise : set;
  }

  /** Values do not repeat soon, so that nothing on the way makes them smaller. */
  private static void write(GranaryClient client, ActorSystem<?> system, long bytes)
      throws InterruptedException, ExecutionException {
    byte[][] values = new byte[VALUES][RECORD_BYTES];
    Random random = new Random(1);
    for (byte[] value : values) {
      random.nextBytes(value);
    }
    Source.range(1, (int) Math.max(1, bytes / RECORD_BYTES))
        .map(number -> new ProducerRecord<byte[], byte[]>(TOPIC, values[number % VALUES]))
        .runWith(
            Producer.plainSink(
                client.producer(new ByteArraySerializer(), new ByteArraySerializer())),
            system)
        .toCompletableFuture()
        .get();
  }

  private String order(String text) throws IOException {
    orders.write(text);
    orders.newLine();
    orders.flush();
    return answer();
  }

  private String answer() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("the reader has ended");
    }
    return line;
  }

  private void show(String when) throws IOException {
    StringBuilder line = new StringBuilder(way).append(": ").append(when).append(':');
    for (Meter meter : meters) {
      Memory.Used used = meter.memory().afterCollection();
      line.append(
          String.format(
              Locale.ROOT,
              " %s_heap_mb=%.1f %s_direct_mb=%.1f",
              meter.name(),
              used.heap() / 1e6,
              meter.name(),
              used.direct() / 1e6));
    }
    System.out.println(line.append(' ').append(order("figures")));
  }
}
