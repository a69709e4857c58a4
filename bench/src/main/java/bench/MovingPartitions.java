package bench;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.IntegerDeserializer;
import org.apache.kafka.common.serialization.IntegerSerializer;
import org.apache.pekko.Done;
import org.apache.pekko.stream.javadsl.Source;
import streams.Committer;
import streams.CommitterSettings;
import streams.Consumer;
import streams.Consumer.DrainingControl;
import streams.ConsumerSettings;
import streams.Granary;
import streams.GranarySettings;
import streams.Producer;
import streams.ProducerSettings;
import streams.StartPosition;
import streams.Subscriptions;

/**
 * For how long a partition is silent when it moves from one stream of a group to another: eight
 * partitions get a record each every 2 ms, and every half second a member joins or the oldest
 * leaves, all in this JVM. Prints the longest silence of each partition in each half second, those
 * that moved and those that stayed apart; by how much ({@code cost}) one that moved was silent for
 * longer than those that stayed in the same half second, which is what the move itself costs; and
 * how much longer than asked for a thread that sleeps for a millisecond slept at worst, which is
 * what the machine makes everybody wait. A half second with a silence of more than 100 ms has a
 * line of its own.
 *
 * <pre>MovingPartitions ROUNDS</pre>
 */
public final class MovingPartitions {
  private static final String TOPIC = "moving";
  private static final int PARTITIONS = 8;
  private static final int MEMBERS_MAX = 4;
  private static final Duration PERIOD = Duration.ofMillis(2);
  private static final long ROUND_MILLIS = 500;
  private static final int WARM_UP_ROUNDS = 20;

  private final Granary granary;
  private final long[] lastNanos = new long[PARTITIONS];
  private final int[] owner = new int[PARTITIONS];
  private final long[] silence = new long[PARTITIONS];
  private final boolean[] moved = new boolean[PARTITIONS];
  private volatile long worstSleepNanos;

  private MovingPartitions(Granary granary) {
    this.granary = granary;
  }

  public static void main(String[] arguments) throws InterruptedException {
    try (Granary granary = Granary.start(GranarySettings.create().withoutKafka())) {
      granary.createTopic(TOPIC, PARTITIONS);
      new MovingPartitions(granary).run(Integer.parseInt(arguments[0]));
    }
  }

  private synchronized void read(int partition, int member) {
    long now = System.nanoTime();
    if (lastNanos[partition] > 0) {
      silence[partition] = Math.max(silence[partition], now - lastNanos[partition]);
      moved[partition] |= owner[partition] != member;
    }
    lastNanos[partition] = now;
    owner[partition] = member;
  }

  private DrainingControl<Done> join(int member) {
    ConsumerSettings<Integer, Integer> settings =
        ConsumerSettings.create(granary, new IntegerDeserializer(), new IntegerDeserializer())
            .withGroupId("movers")
            .withStartPosition(StartPosition.EARLIEST);
    return Consumer.committableSource(settings, Subscriptions.topics(TOPIC))
        .map(
            message -> {
              read(message.record().partition(), member);
              return message.committableOffset();
            })
        .toMat(
            Committer.sink(CommitterSettings.create(granary.system())),
            Consumer::createDrainingControl)
        .run(granary.system());
  }

  private void produce() {
    var unused =
        Source.tick(PERIOD, PERIOD, 0)
            .mapConcat(
                tick ->
                    IntStream.range(0, PARTITIONS)
                        .mapToObj(p -> new ProducerRecord<>(TOPIC, p, p, p))
                        .toList())
            .runWith(
                Producer.plainSink(
                    ProducerSettings.create(
                        granary, new IntegerSerializer(), new IntegerSerializer())),
                granary.system());
  }

  private void watchSleep() {
    Thread watch =
        new Thread(
            () -> {
              while (true) {
                long before = System.nanoTime();
                try {
                  TimeUnit.MILLISECONDS.sleep(1);
                } catch (InterruptedException ended) {
                  return;
                }
                worstSleepNanos = Math.max(worstSleepNanos, System.nanoTime() - before - 1_000_000);
              }
            });
    watch.setDaemon(true);
    watch.start();
  }

  private void run(int rounds) throws InterruptedException {
    produce();
    watchSleep();
    List<Long> whereMoved = new ArrayList<>();
    List<Long> whereStayed = new ArrayList<>();
    List<Long> costs = new ArrayList<>();
    List<Long> sleeps = new ArrayList<>();
    Deque<DrainingControl<Done>> members = new ArrayDeque<>();
    for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
      synchronized (this) {
        Arrays.fill(silence, 0);
        Arrays.fill(moved, false);
        worstSleepNanos = 0;
      }
      if (round % 2 == 0 || members.size() < 2) {
        members.addLast(join(round));
      } else {
        var unused = members.removeFirst().drainAndShutdown(Runnable::run);
      }
      while (members.size() > MEMBERS_MAX) {
        var unused = members.removeFirst().drainAndShutdown(Runnable::run);
      }
      TimeUnit.MILLISECONDS.sleep(ROUND_MILLIS);
      synchronized (this) {
        if (round >= 0) {
          long ofStayed = longest(false);
          for (int p = 0; p < PARTITIONS; p++) {
            (moved[p] ? whereMoved : whereStayed).add(silence[p]);
            if (moved[p]) {
              costs.add(Math.max(0, silence[p] - ofStayed));
            }
          }
          sleeps.add(worstSleepNanos);
          report(round);
        }
      }
    }
    print("moved", whereMoved);
    print("stayed", whereStayed);
    print("cost", costs);
    print("sleep", sleeps);
  }

  private long longest(boolean ofMoved) {
    return IntStream.range(0, PARTITIONS)
        .filter(p -> moved[p] == ofMoved)
        .mapToLong(p -> silence[p])
        .max()
        .orElse(0);
  }

  /** A round in which something was silent for long, with what the machine did to a sleeper. */
  private void report(int round) {
    long worst = Arrays.stream(silence).max().orElse(0);
    if (worst > TimeUnit.MILLISECONDS.toNanos(100)) {
      System.out.printf(
          Locale.ROOT,
          "round=%d silence_ms=%s moved=%s sleep_ms=%.0f%n",
          round,
          Arrays.toString(Arrays.stream(silence).map(nanos -> nanos / 1_000_000).toArray())
              .replace(" ", ""),
          Arrays.toString(moved).replace(" ", ""),
          worstSleepNanos / 1e6);
    }
  }

  private static void print(String name, List<Long> nanos) {
    Collections.sort(nanos);
    System.out.printf(
        Locale.ROOT,
        "%s=%d p50_ms=%.1f p90_ms=%.1f p99_ms=%.1f max_ms=%.1f%n",
        name,
        nanos.size(),
        quantile(nanos, 0.5),
        quantile(nanos, 0.9),
        quantile(nanos, 0.99),
        quantile(nanos, 1));
  }

  private static double quantile(List<Long> sorted, double fraction) {
    return sorted.isEmpty() ? 0 : sorted.get((int) (fraction * (sorted.size() - 1))) / 1e6;
  }
}
