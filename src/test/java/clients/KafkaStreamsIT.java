package clients;

import static clients.Clients.newTopic;
import static clients.Clients.result;
import static clients.Clients.unusedName;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Kafka Streams with a repartition topic, a state store and its changelog; at least once. */
@ExtendWith(SharedBroker.class)
class KafkaStreamsIT {
  private static final int PARTITIONS = 3;

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

  /** So many that somebody is at work on them while members come and go. */
  private static final List<String> MANY_LINES =
      Collections.nCopies(200, LATER_LINES).stream().flatMap(List::stream).toList();

  /**
   * How often a word may be counted when one member is killed that had just counted it: it may be
   * split off again, and each of the two be counted again.
   */
  private static final long COUNTED_MAX = 4;

  private final RunningBroker broker;
  private final String id = unusedName("word-count");
  private final GroupSeats seats;
  private final String input;
  private final String output;
  private final Map<String, Long> expected = new TreeMap<>();
  private final Map<String, Long> latest = new TreeMap<>();
  private final List<ChildProcess> started = new ArrayList<>();

  @TempDir Path states;

  KafkaStreamsIT(RunningBroker broker) {
    this.broker = broker;
    this.seats = new GroupSeats(broker, id);
    this.input = newTopic(broker, "lines", PARTITIONS, Map.of());
    this.output = newTopic(broker, "words", 1, Map.of());
  }

  @AfterEach
  void endAll() {
    started.forEach(ChildProcess::close);
  }

  /** A member with this state, or none. */
  private ChildProcess start(String state) {
    ChildProcess program =
        KafkaTools.startOurs(
            WordCount.class,
            broker.bootstrap(),
            id,
            input,
            output,
            states.resolve(state).toString(),
            Long.toString(SharedBroker.SESSION.toMillis()));
    started.add(program);
    return program;
  }

  private String said() {
    return started.stream().map(ChildProcess::said).collect(Collectors.joining("\n"));
  }

  /** Lets it end in order, as it does where its standard input ends. */
  private static void end(ChildProcess program) throws IOException {
    program.process().getOutputStream().close();
    program.finish().succeeded();
  }

  private void send(List<String> lines) {
    try (Producer<String, String> producer = Clients.producer(broker, Map.of())) {
      for (int i = 0; i < lines.size(); i++) {
        var unused = producer.send(new ProducerRecord<>(input, i % PARTITIONS, null, lines.get(i)));
      }
    }
    lines.forEach(
        line -> WordCount.words(line).forEach(word -> expected.merge(word, 1L, Long::sum)));
  }

  /** Reads on in the output. */
  private Map<String, Long> latest(Consumer<String, String> reader) {
    reader
        .poll(Duration.ofMillis(200))
        .forEach(one -> latest.put(one.key(), Long.valueOf(one.value())));
    return latest;
  }

  /** Until the last count of each word is the expected one. */
  private void awaitCounts(Consumer<String, String> reader) {
    await("the counts")
        .atMost(Clients.PATIENCE)
        .untilAsserted(() -> assertThat(latest(reader)).as(said()).isEqualTo(expected));
  }

  /**
   * What it has counted it has the broker delete from the topic in between, now and then when it
   * commits; so it is given lines without words to commit.
   */
  private void awaitNothingLeft(String repartition) {
    List<TopicPartition> partitions =
        IntStream.range(0, PARTITIONS)
            .mapToObj(partition -> new TopicPartition(repartition, partition))
            .toList();
    try (Consumer<String, String> reader = Clients.consumer(broker, Map.of())) {
      await("an empty " + repartition)
          .atMost(Clients.PATIENCE)
          .untilAsserted(
              () -> {
                send(Collections.nCopies(PARTITIONS, "..."));
                assertThat(reader.beginningOffsets(partitions))
                    .isEqualTo(reader.endOffsets(partitions));
              });
      assertThat(reader.endOffsets(partitions).values()).anyMatch(end -> end > 0);
    }
  }

  @Test
  void countsOnFromItsChangelogWhereTheLocalStateIsGoneAndAsMembersComeAndGo() throws IOException {
    try (Consumer<String, String> reader = Clients.consumer(broker, Map.of())) {
      List<TopicPartition> partitions = List.of(new TopicPartition(output, 0));
      reader.assign(partitions);
      reader.seekToBeginning(partitions);

      send(FIRST_LINES);
      ChildProcess alone = start("alone");
      awaitCounts(reader);
      awaitNothingLeft(id + "-" + WordCount.STORE + "-repartition");
      end(alone);
      assertThat(restored(alone)).isZero();

      int words = expected.size();
      send(LATER_LINES);
      List<ChildProcess> three = List.of(start("first"), start("second"), start("third"));
      seats.await(3, 3);
      awaitCounts(reader);
      await()
          .atMost(Clients.PATIENCE)
          .until(() -> three.stream().mapToLong(KafkaStreamsIT::restored).sum() >= words);
      leaveAndJoinInOrder(reader, three.get(2));
      loseOneOfThree(reader, three.get(1));
    }
    try (Admin admin = Clients.admin(broker)) {
      String store = id + "-" + WordCount.STORE;
      assertThat(result(admin.listTopics().names()))
          .contains(store + "-changelog", store + "-repartition");
    }
  }

  /** Who ends in order has committed all that it has counted. */
  private void leaveAndJoinInOrder(Consumer<String, String> reader, ChildProcess leaving)
      throws IOException {
    send(MANY_LINES);
    awaitSome(reader);
    end(leaving);
    send(MANY_LINES);
    awaitCounts(reader);
    seats.await(2, 0);

    start("joining");
    send(MANY_LINES);
    seats.await(3, 1);
    awaitCounts(reader);
  }

  /** What it had counted and not committed is counted again, but nothing is left out. */
  private void loseOneOfThree(Consumer<String, String> reader, ChildProcess dying) {
    Map<String, Long> exact = new TreeMap<>(expected);
    send(MANY_LINES);
    awaitSome(reader);
    dying.kill9();
    send(MANY_LINES);
    seats.await(2, 0);
    await("counts of no less than there is")
        .atMost(Clients.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(latest(reader))
                    .as(said())
                    .allSatisfy(
                        (word, count) ->
                            assertThat(count).isGreaterThanOrEqualTo(expected.get(word))));
    assertThat(latest)
        .hasSameSizeAs(expected)
        .allSatisfy(
            (word, count) -> {
              long before = exact.get(word);
              assertThat(count - before)
                  .isLessThanOrEqualTo(COUNTED_MAX * (expected.get(word) - before));
            });
  }

  /** Until there are other counts than before. */
  private void awaitSome(Consumer<String, String> reader) {
    Map<String, Long> before = new TreeMap<>(latest);
    await().atMost(Clients.PATIENCE).until(() -> !latest(reader).equals(before));
  }

  /** How many records of the changelog it says that it has read. */
  private static long restored(ChildProcess program) {
    return program.out().lines().mapToLong(Long::parseLong).sum();
  }
}
