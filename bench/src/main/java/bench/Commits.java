package bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * How many commits a second a broker takes from Kafka's own consumers, each of a group of its own,
 * each with a bounded number of asynchronous commits under way. Prints {@code measuring} five
 * seconds after each of them has committed something, and in the end {@code commits= commits_s=
 * failed= p50_ms= p99_ms=}; a commit takes from its call to its callback, which is called within a
 * poll of a millisecond.
 *
 * <pre>Commits BOOTSTRAP CLIENTS SECONDS [IN_FLIGHT]</pre>
 */
public final class Commits {
  private static final String TOPIC = "committed";
  private static final int PARTITIONS = 8;
  private static final int IN_FLIGHT = 20;
  private static final long WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(5);

  private Commits() {}

  /** The time in which commits count, once everybody can commit. */
  private static final class Window {
    private final CountDownLatch unready;
    private volatile long startNanos = Long.MAX_VALUE;
    private volatile long endNanos = Long.MAX_VALUE;

    Window(int clients) {
      unready = new CountDownLatch(clients);
    }

    /** Begins after the warm-up. */
    void open(long nanos) throws InterruptedException {
      unready.await();
      long start = System.nanoTime() + WARM_UP_NANOS;
      endNanos = start + nanos;
      startNanos = start;
      TimeUnit.NANOSECONDS.sleep(WARM_UP_NANOS);
    }
  }

  /** One consumer with its thread. */
  private static final class Client extends Thread {
    private final Map<String, Object> settings;
    private final TopicPartition partition;
    private final int inFlightMax;
    private final Window window;
    private long[] nanos = new long[1 << 16];
    private int done;
    private int failed;
    private boolean ready;
    private int inFlight;
    private Exception lastFailure;

    Client(int number, String bootstrap, int inFlightMax, Window window) {
      super("client-" + number);
      this.settings = new HashMap<>();
      settings.put("bootstrap.servers", bootstrap);
      settings.put("group.id", "commits-" + number);
      settings.put("enable.auto.commit", "false");
      this.partition = new TopicPartition(TOPIC, number % PARTITIONS);
      this.inFlightMax = inFlightMax;
      this.window = window;
    }

    @Override
    public void run() {
      try (KafkaConsumer<byte[], byte[]> consumer =
          new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
        consumer.assign(List.of(partition));
        consumer.seek(partition, 0);
        consumer.pause(List.of(partition)); // nothing is read, so polls are for commits alone
        long offset = 0;
        while (System.nanoTime() < window.endNanos) {
          while (inFlight < inFlightMax) {
            commit(consumer, ++offset);
          }
          consumer.poll(Duration.ofMillis(1));
        }
      }
    }

    private void commit(KafkaConsumer<byte[], byte[]> consumer, long offset) {
      inFlight++;
      long sent = System.nanoTime();
      consumer.commitAsync(
          Map.of(partition, new OffsetAndMetadata(offset)),
          (offsets, failure) -> ended(sent, failure));
    }

    private void ended(long sentNanos, Exception failure) {
      inFlight--;
      if (failure == null && !ready) {
        ready = true;
        window.unready.countDown();
      }
      long now = System.nanoTime();
      if (now < window.startNanos || now > window.endNanos) {
        return;
      }
      if (failure != null) {
        failed++;
        lastFailure = failure;
        return;
      }
      if (done == nanos.length) {
        nanos = Arrays.copyOf(nanos, done * 2);
      }
      nanos[done++] = now - sentNanos;
    }
  }

  public static void main(String[] arguments) throws Exception {
    int count = Integer.parseInt(arguments[1]);
    long measuredNanos = TimeUnit.SECONDS.toNanos(Integer.parseInt(arguments[2]));
    int inFlight = arguments.length > 3 ? Integer.parseInt(arguments[3]) : IN_FLIGHT;
    createTopic(arguments[0]);
    Window window = new Window(count);
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Client client = new Client(i, arguments[0], inFlight, window);
      clients.add(client);
      client.start();
    }
    window.open(measuredNanos);
    System.out.println("measuring");
    for (Client client : clients) {
      client.join();
    }
    print(clients, measuredNanos / 1e9);
  }

  private static void createTopic(String bootstrap) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 1))).all().get();
    } catch (ExecutionException failed) {
      if (!(failed.getCause() instanceof org.apache.kafka.common.errors.TopicExistsException)) {
        throw failed;
      }
    }
  }

  private static void print(List<Client> clients, double seconds) {
    long[] sorted =
        clients.stream()
            .flatMapToLong(client -> Arrays.stream(client.nanos, 0, client.done))
            .sorted()
            .toArray();
    System.out.printf(
        Locale.ROOT,
        "commits=%d commits_s=%.1f failed=%d p50_ms=%.2f p99_ms=%.2f%n",
        sorted.length,
        sorted.length / seconds,
        clients.stream().mapToInt(client -> client.failed).sum(),
        quantile(sorted, 0.5),
        quantile(sorted, 0.99));
    clients.stream()
        .filter(client -> client.lastFailure != null)
        .findFirst()
        .ifPresent(client -> System.err.println("a commit failed: " + client.lastFailure));
  }

  private static double quantile(long[] sorted, double fraction) {
    return sorted.length == 0 ? 0 : sorted[(int) (fraction * (sorted.length - 1))] / 1e6;
  }
}
