package clients;

import static clients.Clients.newTopic;
import static clients.Clients.result;
import static clients.Clients.unusedName;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Kafka Streams with a repartition topic, a state store and its changelog; at least once. */
@ExtendWith(SharedBroker.class)
class KafkaStreamsIT {
  private static final List<String> FIRST_LINES =
      List.of(
          "A log is an old thing: one line after the other, and none is ever changed.",
          "Whoever reads the log from its first line knows what its writer knew.",
          "A reader that stops and comes back goes on at the line after its last.",
          "The log does not care how many readers it has, or how slow they are.");

  private static final List<String> LATER_LINES =
      List.of(
          "What the readers counted is in a log of its own.",
          "So the one who lost the counts reads that log, and counts on.");

  private final RunningBroker broker;

  KafkaStreamsIT(RunningBroker broker) {
    this.broker = broker;
  }

  private static void count(List<String> lines, Map<String, Long> counts) {
    lines.forEach(line -> WordCount.words(line).forEach(word -> counts.merge(word, 1L, Long::sum)));
  }

  private ChildProcess start(String id, String input, String output, Path state) {
    return KafkaTools.startOurs(
        WordCount.class, broker.bootstrap(), id, input, output, state.toString());
  }

  /** Lets it end in order, as it does where its standard input ends. */
  private static ChildProcess.Finished end(ChildProcess program) throws IOException {
    program.process().getOutputStream().close();
    return program.finish().succeeded();
  }

  private void send(String topic, List<String> lines) {
    try (Producer<String, String> producer = Clients.producer(broker, Map.of())) {
      for (int i = 0; i < lines.size(); i++) {
        var unused = producer.send(new ProducerRecord<>(topic, i % 2, null, lines.get(i)));
      }
    }
  }

  /** Reads on in the output until the last count of each word is the expected one. */
  private static void awaitCounts(
      ChildProcess program,
      Consumer<String, String> output,
      Map<String, Long> latest,
      Map<String, Long> expected) {
    await("the counts")
        .atMost(Clients.PATIENCE)
        .untilAsserted(
            () -> {
              output
                  .poll(Duration.ofMillis(200))
                  .forEach(one -> latest.put(one.key(), Long.valueOf(one.value())));
              assertThat(latest).as(program.said()).isEqualTo(expected);
            });
  }

  /**
   * What it has counted it has the broker delete from the topic in between, now and then when it
   * commits; so it is given lines without words to commit.
   */
  private void awaitNothingLeft(String input, String repartition) {
    List<TopicPartition> partitions =
        List.of(new TopicPartition(repartition, 0), new TopicPartition(repartition, 1));
    try (Consumer<String, String> reader = Clients.consumer(broker, Map.of())) {
      await("an empty " + repartition)
          .atMost(Clients.PATIENCE)
          .untilAsserted(
              () -> {
                send(input, List.of("..."));
                assertThat(reader.beginningOffsets(partitions))
                    .isEqualTo(reader.endOffsets(partitions));
              });
      assertThat(reader.endOffsets(partitions).values()).anyMatch(end -> end > 0);
    }
  }

  @Test
  void countsOnFromItsChangelogWhereTheLocalStateIsGone(@TempDir Path states) throws IOException {
    String input = newTopic(broker, "lines", 2, Map.of());
    String output = newTopic(broker, "words", 1, Map.of());
    String id = unusedName("word-count");
    Map<String, Long> expected = new TreeMap<>();
    Map<String, Long> latest = new TreeMap<>();
    try (Consumer<String, String> reader = Clients.consumer(broker, Map.of())) {
      List<TopicPartition> partitions = List.of(new TopicPartition(output, 0));
      reader.assign(partitions);
      reader.seekToBeginning(partitions);

      send(input, FIRST_LINES);
      count(FIRST_LINES, expected);
      try (ChildProcess first = start(id, input, output, states.resolve("first"))) {
        awaitCounts(first, reader, latest, expected);
        awaitNothingLeft(input, id + "-" + WordCount.STORE + "-repartition");
        assertThat(restored(end(first))).isZero();
      }

      send(input, LATER_LINES);
      int words = expected.size();
      count(LATER_LINES, expected);
      try (ChildProcess second = start(id, input, output, states.resolve("none-of-it"))) {
        awaitCounts(second, reader, latest, expected);
        assertThat(restored(end(second))).isGreaterThanOrEqualTo(words);
      }
    }
    try (Admin admin = Clients.admin(broker)) {
      String store = id + "-" + WordCount.STORE;
      assertThat(result(admin.listTopics().names()))
          .contains(store + "-changelog", store + "-repartition");
    }
  }

  /** How many records of the changelog it says that it read. */
  private static long restored(ChildProcess.Finished program) {
    return program.lines().stream().mapToLong(Long::parseLong).sum();
  }
}
