package cli;

import cli.data.OrderCheck;
import cli.data.RecordReader.KeyedLine;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.pekko.Done;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.UniqueKillSwitch;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;

/**
 * Sends records through a stream sink and reads them back through a stream source as they arrive.
 * The memory it takes does not depend on how many there are: what waits is bounded by the streams'
 * demand, what is compared by {@link OrderCheck}.
 */
final class RoundTrip {
  /** So many keys are compared one by one: some 200 MB at the worst. */
  private static final int KEYS_MAX = 1_000_000;

  private static final long LOOK_MILLIS = 100;
  private static final long STALLED_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final String BLOCKING = "pekko.actor.default-blocking-io-dispatcher";

  private final RunningBroker broker;
  private final String topic;
  private final Sink<ProducerRecord<byte[], byte[]>, CompletionStage<Done>> sink;
  private final OrderCheck check = new OrderCheck(KEYS_MAX);
  private final AtomicLong bytesSent = new AtomicLong();
  private final AtomicLong bytesRead = new AtomicLong();

  RoundTrip(RunningBroker broker, String topic) {
    this(broker, topic, broker.sink());
  }

  /**
   * @param sink of the broker
   */
  RoundTrip(
      RunningBroker broker,
      String topic,
      Sink<ProducerRecord<byte[], byte[]>, CompletionStage<Done>> sink) {
    this.broker = broker;
    this.topic = topic;
    this.sink = sink;
  }

  /**
   * What came of it.
   *
   * @param bytes sent, without keys
   * @param writtenNanos from the start until the last record was acknowledged
   * @param readNanos from the start until the last record was read
   */
  record Result(OrderCheck.Verdict verdict, long bytes, long writtenNanos, long readNanos) {}

  /**
   * Runs to the end.
   *
   * @param from where each partition ends before the first record is sent
   * @param lines read on a thread that may block
   */
  Result run(Iterator<KeyedLine> lines, Map<TopicPartition, Long> from, Progress progress)
      throws InterruptedException {
    Pair<UniqueKillSwitch, CompletionStage<Done>> reading =
        broker
            .source(from)
            .viaMat(KillSwitches.single(), Keep.right())
            .toMat(Sink.foreach(this::onRead), Keep.both())
            .run(broker.system());
    CompletableFuture<Done> read = reading.second().toCompletableFuture();
    try {
      CompletableFuture<Done> written = write(lines);
      long writtenNanos = await(written, read, progress);
      return new Result(check.verdict(), bytesSent.get(), writtenNanos, progress.elapsedNanos());
    } finally {
      reading.first().shutdown();
    }
  }

  private CompletableFuture<Done> write(Iterator<KeyedLine> lines) {
    return Source.fromIterator(() -> lines)
        .map(this::onSend)
        .withAttributes(ActorAttributes.dispatcher(BLOCKING))
        .async()
        .runWith(sink, broker.system())
        .toCompletableFuture();
  }

  private ProducerRecord<byte[], byte[]> onSend(KeyedLine line) {
    check.sent(line.key(), line.value());
    bytesSent.addAndGet(line.value().length);
    return new ProducerRecord<>(topic, line.key(), line.value());
  }

  private void onRead(ConsumerRecord<byte[], byte[]> record) {
    check.read(record.key(), record.value());
    bytesRead.addAndGet(record.value().length);
  }

  /** Until everything is read back, or nothing has come for long; gives the time of writing. */
  private long await(
      CompletableFuture<Done> written, CompletableFuture<Done> read, Progress progress)
      throws InterruptedException {
    long writtenNanos = -1;
    long lastCount = -1;
    long lastNanos = System.nanoTime();
    while (writtenNanos < 0 || check.readCount() < check.sentCount()) {
      if (writtenNanos < 0 && isDone(written, LOOK_MILLIS)) {
        writtenNanos = progress.elapsedNanos();
        lastNanos = System.nanoTime();
      } else if (writtenNanos >= 0 && isDone(read, 1)) {
        return writtenNanos;
      } else if (read.isCompletedExceptionally()) {
        read.join();
      }
      long count = check.readCount();
      if (count != lastCount) {
        lastCount = count;
        lastNanos = System.nanoTime();
      } else if (writtenNanos >= 0 && System.nanoTime() - lastNanos > STALLED_NANOS) {
        return writtenNanos;
      }
      progress.update(
          String.format("sent %,d, read back", check.sentCount()), count, bytesRead.get());
    }
    return writtenNanos;
  }

  private static boolean isDone(CompletableFuture<Done> stream, long waitMillis)
      throws InterruptedException {
    try {
      stream.get(waitMillis, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new CompletionException(e.getCause());
    }
  }
}
