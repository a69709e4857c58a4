package clients;

import static clients.Clients.newTopic;
import static clients.Clients.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 of the broker while it is written to: what was acknowledged is there, once, in order. */
class KillIT {
  private static final int FILE_BYTES_MIN = 30_000_000;

  private RunningBroker broker;

  @BeforeEach
  void start() {
    broker = RunningBroker.start(BrokerSettings.defaults());
  }

  @AfterEach
  void close() {
    broker.close();
  }

  @Test
  void nothingThatProduceCalledAcknowledgedIsLost(@TempDir Path directory) throws IOException {
    Path file = realText(directory);
    String topic = newTopic(broker, "killed-for-good");

    ChildProcess.Finished produced;
    try (ChildProcess produce = produce(file, topic, 5)) {
      awaitRecords(topic, 50_000);
      broker.kill9();
      produced = produce.finish();
    }
    broker.restart();

    assertThat(produced.exitCode()).as(produced.said()).isNotZero();
    Matcher acknowledged = Pattern.compile("up to line (\\d+)").matcher(produced.err());
    assertThat(acknowledged.find()).as(produced.err()).isTrue();
    List<String> stored = valuesOf(topic);
    assertThat(stored).hasSizeGreaterThanOrEqualTo(Integer.parseInt(acknowledged.group(1)));
    assertThat(stored).hasSizeGreaterThanOrEqualTo(50_000);
    assertIsPrefix(stored, file);
  }

  @Test
  void produceGoesOnWhereTheBrokerComesBack(@TempDir Path directory) throws IOException {
    Path file = realText(directory);
    String topic = newTopic(broker, "killed-and-back");

    try (ChildProcess produce = produce(file, topic, 120)) {
      awaitRecords(topic, 20_000);
      broker.kill9();
      broker.restart();
      assertThat(produce.finish().exitCode()).as(produce.said()).isZero();
    }

    List<String> stored = valuesOf(topic);
    assertIsPrefix(stored, file);
    try (Stream<String> lines = Files.lines(file)) {
      assertThat(stored).hasSize((int) lines.count());
    }
  }

  @Test
  void anIdempotentProducerLosesAndRepeatsNothingThroughManyKills() throws InterruptedException {
    String topic = newTopic(broker, "killed-often", 3, Map.of());
    Numbers numbers = new Numbers(topic);
    Thread thread = new Thread(numbers, "numbers");
    thread.start();
    for (int kill = 0; kill < 5; kill++) {
      int enough = numbers.acknowledged.get() + 3000;
      await("acknowledgements after kill " + kill)
          .atMost(Clients.PATIENCE)
          .until(() -> numbers.acknowledged.get() >= enough || numbers.failure.get() != null);
      assertThat(numbers.failure.get()).isNull();
      broker.kill9();
      broker.restart();
    }
    numbers.stopping = true;
    thread.join();

    assertThat(numbers.failure.get()).isNull();
    assertThat(numbers.acknowledged).hasValue(numbers.sent);
    for (int partition = 0; partition < 3; partition++) {
      List<ConsumerRecord<String, String>> records =
          Clients.readAll(broker, new TopicPartition(topic, partition));
      List<String> expected = new ArrayList<>();
      for (int number = partition; number < numbers.sent; number += 3) {
        expected.add(Integer.toString(number));
      }
      assertThat(records.stream().map(ConsumerRecord::value).toList()).isEqualTo(expected);
    }
  }

  @Test
  void groupsGoOnByThemselvesFromWhatTheyHaveCommitted() {
    String topic = newTopic(broker, "killed-under-groups");
    List<String> protocols = List.of("classic", "consumer");
    Clients.send(broker, topic, "before");
    List<Consumer<String, String>> members = new ArrayList<>();
    try (Admin admin = Clients.admin(broker)) {
      for (String protocol : protocols) {
        Consumer<String, String> member = member(protocol, topic);
        members.add(member);
        Clients.poll(member, 1);
        member.commitSync();
      }

      broker.kill9();
      broker.restart();

      for (String group : protocols) {
        assertThat(
                result(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
                    .get(new TopicPartition(topic, 0))
                    .offset())
            .isEqualTo(1);
      }
      Clients.send(broker, topic, "after");
      for (Consumer<String, String> member : members) {
        assertThat(Clients.poll(member, 1).get(0).value()).isEqualTo("after");
        member.commitSync();
      }
    } finally {
      members.forEach(Consumer::close);
    }
  }

  private Consumer<String, String> member(String protocol, String topic) {
    Consumer<String, String> member =
        Clients.consumer(
            broker,
            Map.of(
                "group.protocol",
                protocol,
                "group.id",
                protocol,
                "auto.offset.reset",
                "earliest",
                "enable.auto.commit",
                "false"));
    member.subscribe(List.of(topic));
    return member;
  }

  /** Sends numbers until told to stop, with Kafka's idempotent producer as it comes. */
  private final class Numbers implements Runnable {
    final AtomicInteger acknowledged = new AtomicInteger();
    final AtomicReference<Exception> failure = new AtomicReference<>();
    private final String topic;
    volatile boolean stopping;
    private volatile int sent;

    Numbers(String topic) {
      this.topic = topic;
    }

    @Override
    public void run() {
      try (Producer<String, String> producer =
          Clients.producer(
              broker,
              Map.of(
                  "delivery.timeout.ms", 300_000,
                  "max.block.ms", 300_000,
                  "batch.size", 2000,
                  // What waits while the broker is away is all sent again.
                  "buffer.memory", 200_000))) {
        int number = 0;
        while (!stopping && failure.get() == null) {
          String value = Integer.toString(number);
          var unused =
              producer.send(
                  new ProducerRecord<>(topic, number % 3, null, value),
                  (metadata, thrown) -> {
                    if (thrown == null) {
                      acknowledged.incrementAndGet();
                    } else {
                      failure.compareAndSet(null, thrown);
                    }
                  });
          number++;
        }
        producer.flush();
        sent = number;
      }
    }
  }

  private ChildProcess produce(Path file, String topic, int timeoutSeconds) {
    BrokerProgram.Launch launch =
        BrokerProgram.Granary.command(
            BrokerSettings.defaults(),
            List.of(
                "produce",
                topic,
                "--file",
                file.toString(),
                "--bootstrap",
                broker.bootstrap(),
                "--timeout",
                Integer.toString(timeoutSeconds)));
    return ChildProcess.start(launch.command(), launch.environment());
  }

  private void awaitRecords(String topic, long count) {
    await("records in " + topic)
        .atMost(Clients.PATIENCE)
        .until(() -> RecordsOnWire.endOffset(broker, topic) >= count);
  }

  private List<String> valuesOf(String topic) {
    return Clients.readAll(broker, new TopicPartition(topic, 0)).stream()
        .map(ConsumerRecord::value)
        .toList();
  }

  private static void assertIsPrefix(List<String> stored, Path file) throws IOException {
    try (Stream<String> lines = Files.lines(file)) {
      List<String> expected = lines.limit(stored.size()).toList();
      for (int i = 0; i < stored.size(); i++) {
        if (!stored.get(i).equals(expected.get(i))) {
          throw new AssertionError(
              "record " + i + " is <" + stored.get(i) + "> and not <" + expected.get(i) + ">");
        }
      }
    }
  }

  /** Text that people wrote: this project's own sources, as often as it takes, lines numbered. */
  private static Path realText(Path directory) throws IOException {
    StringBuilder text = new StringBuilder(FILE_BYTES_MIN + (1 << 20));
    List<String> lines = sourceLines();
    for (int number = 0; text.length() < FILE_BYTES_MIN; number++) {
      text.append(number).append(' ').append(lines.get(number % lines.size())).append('\n');
    }
    return Files.writeString(directory.resolve("lines.txt"), text, StandardCharsets.UTF_8);
  }

  private static List<String> sourceLines() throws IOException {
    try (Stream<Path> files = Files.walk(BrokerProgram.Granary.checkout().resolve("src"))) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .sorted()
          .flatMap(KillIT::lines)
          .toList();
    }
  }

  private static Stream<String> lines(Path file) {
    try {
      return Files.readAllLines(file).stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
