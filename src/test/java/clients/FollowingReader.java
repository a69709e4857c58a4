package clients;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.LongDeserializer;

/**
 * Reads all partitions as they grow, now and then from somewhere earlier again, and writes it down.
 */
final class FollowingReader implements Runnable {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final int POLLS_MIN = 50;
  private static final int POLLS_MORE_MAX = 200;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final String name;
  private final Map<String, Object> settings;
  private final List<TopicPartition> partitions;
  private final Recorder recorder;
  private final Random random;
  private final Map<TopicPartition, Long> known =
      new TreeMap<>(java.util.Comparator.comparingInt(TopicPartition::partition));
  private volatile boolean stopping;

  FollowingReader(
      String name, RunningCluster cluster, Workload workload, Recorder recorder, Random random) {
    this.name = name;
    this.settings = settings(cluster);
    this.partitions = partitions(workload);
    this.recorder = recorder;
    this.random = random;
  }

  private static Map<String, Object> settings(RunningCluster cluster) {
    Map<String, Object> settings = new HashMap<>(cluster.clientSettings());
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 100);
    settings.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 200);
    return settings;
  }

  private static List<TopicPartition> partitions(Workload workload) {
    return IntStream.range(0, workload.partitions())
        .mapToObj(partition -> new TopicPartition(workload.topic(), partition))
        .toList();
  }

  @Override
  public void run() {
    for (int session = 1; !stopping; session++) {
      try (Consumer<Long, Long> consumer =
          new KafkaConsumer<>(settings, new LongDeserializer(), new LongDeserializer())) {
        follow(consumer, name + "." + session);
      } catch (KafkaException refused) {
        // A position that the log has no more, for one: the history shows what was lost, if any.
      }
    }
  }

  private void follow(Consumer<Long, Long> consumer, String session) {
    consumer.assign(partitions);
    Map<TopicPartition, Recorder.Reader> readers = new HashMap<>();
    for (TopicPartition partition : partitions) {
      long start = random.nextLong(known.getOrDefault(partition, 0L) + 1);
      consumer.seek(partition, start);
      readers.put(partition, recorder.reader(session, partition.partition(), start, false));
    }
    int polls = POLLS_MIN + random.nextInt(POLLS_MORE_MAX);
    for (int poll = 0; poll < polls && !stopping; poll++) {
      for (ConsumerRecord<Long, Long> read : consumer.poll(POLL)) {
        TopicPartition partition = new TopicPartition(read.topic(), read.partition());
        readers.get(partition).read(read.offset(), read.value());
        known.merge(partition, read.offset(), Math::max);
      }
    }
  }

  void stop() {
    stopping = true;
  }

  /** Reads everything there is, from the beginning; called after the last send has ended. */
  static void readAll(RunningCluster cluster, Workload workload, Recorder recorder) {
    List<TopicPartition> partitions = partitions(workload);
    try (Consumer<Long, Long> consumer =
        new KafkaConsumer<>(settings(cluster), new LongDeserializer(), new LongDeserializer())) {
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      Map<TopicPartition, Recorder.Reader> readers = new HashMap<>();
      partitions.forEach(
          partition ->
              readers.put(partition, recorder.reader("last", partition.partition(), 0, true)));
      long giveUpNanos = System.nanoTime() + PATIENCE.toNanos();
      List<TopicPartition> unfinished = new ArrayList<>(partitions);
      while (!unfinished.isEmpty()) {
        for (ConsumerRecord<Long, Long> read : consumer.poll(POLL)) {
          readers
              .get(new TopicPartition(read.topic(), read.partition()))
              .read(read.offset(), read.value());
        }
        unfinished.removeIf(partition -> consumer.position(partition) >= ends.get(partition));
        if (System.nanoTime() > giveUpNanos) {
          throw new AssertionError("reading did not come to the end of " + unfinished);
        }
      }
    }
  }
}
