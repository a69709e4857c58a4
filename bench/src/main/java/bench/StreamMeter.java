package bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.stream.BoundedSourceQueue;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;

/**
 * Measures streams through a log: from a source in memory into a sink of records, out of a source
 * of records into a counter, both at the same time and in this JVM. Knows no broker: it is compiled
 * against each of the libraries that are compared.
 *
 * <p>Reads lines, and answers each with one:
 *
 * <ul>
 *   <li>{@code throughput RECORDS BYTES}: {@code rec_s=}, from the first record offered until the
 *       last is acknowledged and read
 *   <li>{@code latency PER_SECOND BYTES SECONDS}: {@code p50_us= p99_us=}, from when a record is
 *       due until it is read, the first fifth left out
 * </ul>
 */
final class StreamMeter {
  private static final int PARTITIONS = 6;
  private static final int KEYS = 1_000;
  private static final long PATIENCE_SECONDS = 120;
  private static final int QUEUE = 100_000;

  private final Contestant contestant;
  private final ClassicActorSystemProvider system;
  private final Admin admin;
  private int topics;

  /** A library with its broker. */
  interface Contestant {
    /**
     * @param promptly rather than many at a time, where one has to choose
     */
    Sink<ProducerRecord<byte[], byte[]>, CompletionStage<Done>> sink(boolean promptly);

    /** All partitions of the topic from their beginning. */
    Source<ConsumerRecord<byte[], byte[]>, ?> source(String topic, int partitions);
  }

  StreamMeter(Contestant contestant, ClassicActorSystemProvider system, String bootstrap) {
    this.contestant = contestant;
    this.system = system;
    this.admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
  }

  /** Until there are no more lines. */
  void serve() throws IOException, InterruptedException, ExecutionException, TimeoutException {
    System.out.println("ready");
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] words = line.split(" ");
      String topic = nextTopic();
      System.out.println(
          switch (words[0]) {
            case "throughput" ->
                throughput(topic, Integer.parseInt(words[1]), Integer.parseInt(words[2]));
            case "latency" ->
                latency(
                    topic,
                    Integer.parseInt(words[1]),
                    Integer.parseInt(words[2]),
                    Integer.parseInt(words[3]));
            default -> throw new IllegalArgumentException(line);
          });
    }
    admin.close();
  }

  /** An empty one whose partitions are all served; the one before it goes. */
  private String nextTopic() throws InterruptedException, ExecutionException {
    if (topics > 0) {
      admin.deleteTopics(List.of("measured-" + topics)).all().get();
    }
    String topic = "measured-" + ++topics;
    admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1))).all().get();
    Map<TopicPartition, OffsetSpec> ends =
        IntStream.range(0, PARTITIONS)
            .mapToObj(partition -> new TopicPartition(topic, partition))
            .collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest()));
    while (true) {
      try {
        admin.listOffsets(ends).all().get();
        return topic;
      } catch (ExecutionException notYet) {
        if (!(notYet.getCause() instanceof RetriableException)) {
          throw notYet;
        }
      }
    }
  }

  private static ProducerRecord<byte[], byte[]> record(String topic, int number, byte[] value) {
    return new ProducerRecord<>(
        topic, ByteBuffer.allocate(Long.BYTES).putLong(number % KEYS).array(), value);
  }

  private String throughput(String topic, int records, int bytes)
      throws InterruptedException, ExecutionException, TimeoutException {
    CompletionStage<Done> read =
        contestant.source(topic, PARTITIONS).take(records).runWith(Sink.ignore(), system);
    long begin = System.nanoTime();
    CompletionStage<Done> written =
        Source.range(1, records)
            .map(number -> record(topic, number, new byte[bytes]))
            .runWith(contestant.sink(false), system);
    get(written);
    get(read);
    return "rec_s=" + Math.round(records * 1e9 / (System.nanoTime() - begin));
  }

  private String latency(String topic, int perSecond, int bytes, int seconds)
      throws InterruptedException, ExecutionException, TimeoutException {
    int records = perSecond * seconds;
    long[] nanos = new long[records];
    int[] next = {0};
    CompletionStage<Done> read =
        contestant
            .source(topic, PARTITIONS)
            .take(records)
            .runWith(
                Sink.foreach(
                    record ->
                        nanos[next[0]++] =
                            System.nanoTime() - ByteBuffer.wrap(record.value()).getLong()),
                system);
    var into =
        Source.<ProducerRecord<byte[], byte[]>>queue(QUEUE)
            .toMat(contestant.sink(true), Keep.both())
            .run(system);
    BoundedSourceQueue<ProducerRecord<byte[], byte[]>> queue = into.first();
    long begin = System.nanoTime();
    for (int number = 0; number < records; number++) {
      long due = begin + number * (TimeUnit.SECONDS.toNanos(1) / perSecond);
      for (long now = System.nanoTime(); now < due; now = System.nanoTime()) {
        LockSupport.parkNanos(due - now);
      }
      byte[] value = ByteBuffer.allocate(bytes).putLong(due).array();
      if (!queue.offer(record(topic, number, value)).isEnqueued()) {
        throw new IllegalStateException(QUEUE + " records wait for the sink");
      }
    }
    queue.complete();
    get(into.second());
    get(read);
    long[] counted = Arrays.copyOfRange(nanos, records / 5, records);
    Arrays.sort(counted);
    return "p50_us=%d p99_us=%d"
        .formatted(counted[counted.length / 2] / 1_000, counted[counted.length / 100 * 99] / 1_000);
  }

  private static <T> T get(CompletionStage<T> stage)
      throws InterruptedException, ExecutionException, TimeoutException {
    return stage.toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }
}
