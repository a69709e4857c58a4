package bench;

import java.util.Locale;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.pekko.stream.javadsl.Source;
import streams.Granary;
import streams.GranarySettings;
import streams.Producer;
import streams.ProducerSettings;

/**
 * Starts a broker in this JVM so many times, one after the other, each until its first record is
 * acknowledged, and prints for each {@code start_ms= topic_ms= record_ms= total_ms= close_ms=}. In
 * the last round a second broker starts beside the first: {@code second_…}.
 *
 * <pre>EmbeddedStart ROUNDS [nokafka]</pre>
 */
public final class EmbeddedStart {
  private EmbeddedStart() {}

  public static void main(String[] arguments) throws ExecutionException, InterruptedException {
    int rounds = Integer.parseInt(arguments[0]);
    GranarySettings settings = GranarySettings.create();
    if (arguments.length > 1) {
      settings = settings.withoutKafka();
    }
    for (int round = 1; round < rounds; round++) {
      Timed timed = Timed.start(settings);
      timed.close("round=" + round);
    }
    Timed first = Timed.start(settings);
    Timed second = Timed.start(settings);
    second.close("second");
    first.close("round=" + rounds);
  }

  private record Timed(Granary granary, long startNanos, long topicNanos, long recordNanos) {
    static Timed start(GranarySettings settings) throws ExecutionException, InterruptedException {
      long begin = System.nanoTime();
      Granary granary = Granary.start(settings);
      long started = System.nanoTime();
      granary.createTopic("first", 1);
      long created = System.nanoTime();
      Source.single(new ProducerRecord<String, String>("first", "record"))
          .runWith(
              Producer.plainSink(
                  ProducerSettings.create(granary, new StringSerializer(), new StringSerializer())),
              granary.system())
          .toCompletableFuture()
          .get();
      long acknowledged = System.nanoTime();
      return new Timed(granary, started - begin, created - started, acknowledged - created);
    }

    void close(String name) {
      long begin = System.nanoTime();
      granary.close();
      System.out.printf(
          Locale.ROOT,
          "%s start_ms=%.0f topic_ms=%.0f record_ms=%.0f total_ms=%.0f close_ms=%.0f%n",
          name,
          startNanos / 1e6,
          topicNanos / 1e6,
          recordNanos / 1e6,
          (startNanos + topicNanos + recordNanos) / 1e6,
          (System.nanoTime() - begin) / 1e6);
    }
  }
}
