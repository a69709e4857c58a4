package clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.IntegerDeserializer;
import org.apache.kafka.common.serialization.IntegerSerializer;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import streams.Consumer;
import streams.Producer;
import streams.ProducerMessage;
import streams.ProducerMessage.Envelope;
import streams.ProducerMessage.Result;
import streams.ProducerMessage.Results;
import streams.Subscriptions;
import streams.grpc.GranaryClient;

/**
 * Records from a stream into a topic, and from it into another stream, by gRPC. Each carries its
 * key and how many of that key came before it, so that one that is missing, comes twice or in
 * another order is seen when it is read. They are sent in stretches: one begins when it is opened.
 */
final class StreamLoad {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int KEYS = 1_000;
  private static final int VALUE_BYTES = 100;

  private final String topic;
  private final int stretchRecords;
  private final List<CompletableFuture<Source<Integer, NotUsed>>> stretches;

  /** By partition: offsets up to here are acknowledged. */
  private final long[] acknowledgedEnds;

  /** By key: so many were read. */
  private final int[] readOfKey = new int[KEYS];

  private final Progress acknowledged = new Progress();
  private final Progress read = new Progress();
  private final CompletionStage<Done> written;
  private final CompletionStage<Done> reading;

  /** How far one of the streams is, and how long it has stood still. */
  private static final class Progress {
    private volatile int count;
    private long lastNanos = System.nanoTime();
    private long longestNanos;
    private long longestEndNanos;

    private synchronized void more() {
      long now = System.nanoTime();
      if (now - lastNanos > longestNanos) {
        longestNanos = now - lastNanos;
        longestEndNanos = now;
      }
      lastNanos = now;
      count++;
    }

    private synchronized void look() {
      lastNanos = System.nanoTime();
      longestNanos = 0;
    }

    private synchronized String pause(long sinceNanos) {
      return "%d ms, until %d ms after that"
          .formatted(
              TimeUnit.NANOSECONDS.toMillis(longestNanos),
              TimeUnit.NANOSECONDS.toMillis(longestEndNanos - sinceNanos));
    }
  }

  /**
   * @param topic empty
   * @param stretches all of the same length
   */
  StreamLoad(
      GranaryClient client,
      ActorSystem<?> system,
      String topic,
      int partitions,
      int records,
      int stretches) {
    this.topic = topic;
    this.stretchRecords = records / stretches;
    this.stretches =
        Stream.generate(CompletableFuture<Source<Integer, NotUsed>>::new).limit(stretches).toList();
    this.acknowledgedEnds = new long[partitions];
    reading =
        Consumer.plainSource(
                client.consumer(new IntegerDeserializer(), new ByteArrayDeserializer()),
                Subscriptions.assignmentFromBeginning(
                    IntStream.range(0, partitions)
                        .mapToObj(partition -> new TopicPartition(topic, partition))
                        .toArray(TopicPartition[]::new)))
            .take(total())
            .runWith(Sink.foreach(this::onRead), system);
    written =
        Source.from(this.stretches)
            .flatMapConcat(Source::completionStageSource)
            .map(this::record)
            .via(
                Producer.flexiFlow(
                    client.producer(new IntegerSerializer(), new ByteArraySerializer())))
            .runWith(Sink.foreach(this::onAcknowledged), system);
  }

  private int total() {
    return stretchRecords * stretches.size();
  }

  private Envelope<Integer, byte[], NotUsed> record(int number) {
    byte[] value = ByteBuffer.allocate(VALUE_BYTES).putInt(number / KEYS).array();
    return ProducerMessage.single(new ProducerRecord<>(topic, number % KEYS, value));
  }

  private void onAcknowledged(Results<Integer, byte[], NotUsed> result) {
    RecordMetadata metadata = ((Result<Integer, byte[], NotUsed>) result).metadata();
    long expected = acknowledgedEnds[metadata.partition()]++;
    if (metadata.offset() != expected) {
      throw new AssertionError("acknowledged " + metadata + " and not offset " + expected);
    }
    acknowledged.more();
  }

  private void onRead(ConsumerRecord<Integer, byte[]> record) {
    int expected = readOfKey[record.key()]++;
    int number = ByteBuffer.wrap(record.value()).getInt();
    if (number != expected) {
      throw new AssertionError(
          "number %d of its key and not %d: %s".formatted(number, expected, record));
    }
    read.more();
  }

  /** The records of this stretch may be sent. */
  void open(int stretch) {
    stretches
        .get(stretch)
        .complete(Source.range(stretch * stretchRecords, (stretch + 1) * stretchRecords - 1));
  }

  /** Waits until half of this stretch is acknowledged; pauses count from here. */
  void awaitHalf(int stretch) {
    awaitAcknowledged(stretch * stretchRecords + stretchRecords / 2);
    acknowledged.look();
    read.look();
  }

  /** Waits until all of this stretch, and what came before, is acknowledged and read. */
  void awaitAll(int stretch) {
    int count = (stretch + 1) * stretchRecords;
    awaitAcknowledged(count);
    await(count + " records read")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> read.count >= count || hasFailed());
    assertGoesOn();
  }

  private void awaitAcknowledged(int count) {
    await(count + " records acknowledged")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(1))
        .until(() -> acknowledged.count >= count || hasFailed());
    assertGoesOn();
  }

  private boolean hasFailed() {
    return written.toCompletableFuture().isCompletedExceptionally()
        || reading.toCompletableFuture().isCompletedExceptionally();
  }

  private void assertGoesOn() {
    if (hasFailed()) {
      awaitEnds();
    }
  }

  /**
   * How long each stream stood still at most since half of the stretch.
   *
   * @param sinceNanos when something was done about it
   */
  String pauses(long sinceNanos) {
    return "nothing acknowledged for %s; nothing read for %s"
        .formatted(acknowledged.pause(sinceNanos), read.pause(sinceNanos));
  }

  /** Both streams come to their end, and every record was acknowledged and read once. */
  void finishFlawless() {
    awaitEnds();
    assertThat(acknowledged.count).isEqualTo(total());
    assertThat(read.count).isEqualTo(total());
  }

  private void awaitEnds() {
    assertThat(written).as("the sink").succeedsWithin(PATIENCE);
    assertThat(reading).as("the source").succeedsWithin(PATIENCE);
  }

  /** What the partition's end is, if nothing is in it twice. */
  long expectedEnd(int partition) {
    return acknowledgedEnds[partition];
  }
}
