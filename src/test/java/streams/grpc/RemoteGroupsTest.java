package streams.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static streams.grpc.GrpcBroker.get;

import actors.group.GroupEvent.Caller;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.serialization.IntegerDeserializer;
import org.apache.kafka.common.serialization.IntegerSerializer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import streams.Committer;
import streams.CommitterSettings;
import streams.Consumer;
import streams.Consumer.DrainingControl;
import streams.ConsumerMetrics;
import streams.ConsumerSettings;
import streams.Producer;
import streams.StartPosition;
import streams.Subscriptions;

/** Members of groups in an actor system that has nothing to do with the broker's. */
@ExtendWith(GrpcBroker.class)
@TestInstance(Lifecycle.PER_CLASS)
class RemoteGroupsTest {
  private static final int PARTITIONS = 8;
  private static final int KEYS = 32;
  private static final int MEMBERS = 4;
  private static final short OFFSETS_VERSION = 10;

  /** Less than the session of a member. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private GrpcBroker.Running broker;
  private ActorTestKit elsewhere;
  private ActorSystem<?> system;
  private GranaryClient client;

  @BeforeAll
  void connect(GrpcBroker.Running running) {
    broker = running;
    elsewhere = Elsewhere.kit();
    system = elsewhere.system();
    client = get(GranaryClient.connect(system, "127.0.0.1:" + running.port()));
  }

  @AfterAll
  void close() {
    client.close();
    elsewhere.shutdownTestKit();
  }

  private static ConditionFactory await() {
    return Awaitility.await().atMost(PATIENCE);
  }

  private static ConsumerSettings<Integer, Integer> in(
      String group, ConsumerSettings<Integer, Integer> settings) {
    return settings.withGroupId(group).withStartPosition(StartPosition.EARLIEST);
  }

  private ConsumerSettings<Integer, Integer> remote(GranaryClient by, String group) {
    return in(group, by.consumer(new IntegerDeserializer(), new IntegerDeserializer()));
  }

  private ConsumerSettings<Integer, Integer> inside(String group) {
    return in(
        group,
        ConsumerSettings.create(
            broker.node(), new IntegerDeserializer(), new IntegerDeserializer()));
  }

  private CompletionStage<Done> produce(String topic, int from, int to) {
    return Source.range(from, to - 1)
        .map(number -> new ProducerRecord<>(topic, number % KEYS, number))
        .runWith(
            Producer.plainSink(client.producer(new IntegerSerializer(), new IntegerSerializer())),
            system);
  }

  /** What all members have read between them, in the order in which they did. */
  private static final class Tally {
    private final int count;
    private final List<Integer> read = Collections.synchronizedList(new ArrayList<>());

    private Tally(int count) {
      this.count = count;
    }

    boolean hasAll() {
      return read.size() >= count;
    }

    void assertEachOnceInOrder() {
      List<Integer> all = List.copyOf(read);
      assertThat(all.stream().sorted())
          .containsExactlyElementsOf(IntStream.range(0, count).boxed().toList());
      Map<Integer, List<Integer>> byKey = new HashMap<>();
      all.forEach(n -> byKey.computeIfAbsent(n % KEYS, key -> new ArrayList<>()).add(n));
      assertThat(byKey.values()).allSatisfy(ofKey -> assertThat(ofKey).isSorted());
    }
  }

  private static final class Reader {
    private final AtomicInteger count = new AtomicInteger();
    private final ActorSystem<?> system;
    private final DrainingControl<Done> control;

    private Reader(
        ConsumerSettings<Integer, Integer> settings,
        String topic,
        Tally tally,
        ActorSystem<?> system,
        Runnable onRecord) {
      this.system = system;
      control =
          Consumer.committableSource(settings, Subscriptions.topics(topic))
              .map(
                  message -> {
                    count.incrementAndGet();
                    tally.read.add(message.record().value());
                    onRecord.run();
                    return message.committableOffset();
                  })
              .toMat(
                  Committer.sink(CommitterSettings.create(system)), Consumer::createDrainingControl)
              .run(system);
    }

    void drain() {
      get(control.drainAndShutdown(system.executionContext()));
    }
  }

  private Reader remoteReader(GranaryClient by, String topic, Tally tally, Runnable onRecord) {
    return new Reader(remote(by, "of-" + topic), topic, tally, system, onRecord);
  }

  private static void ignored() {}

  private long committed(String topic) {
    OffsetFetchResponseGroup answer =
        (OffsetFetchResponseGroup)
            get(
                broker
                    .node()
                    .groups()
                    .ask(
                        "of-" + topic,
                        new Caller("test", "/here", OFFSETS_VERSION),
                        new OffsetFetchRequestGroup().setGroupId("of-" + topic).setTopics(null)));
    return answer.topics().stream()
        .flatMap(one -> one.partitions().stream())
        .mapToLong(OffsetFetchResponsePartitions::committedOffset)
        .sum();
  }

  @Test
  void shareATopicWithOneInsideWhileMembersComeAndGo() {
    int portion = 1_000;
    int portions = 12;
    int stepsMax = 400;
    String topic = broker.topic(PARTITIONS, Map.of());
    Tally tally = new Tally(portion * portions);
    Deque<Reader> present = new ArrayDeque<>();
    List<Reader> remote = new ArrayList<>();
    List<Reader> inside = new ArrayList<>();

    for (int step = 0; step < portions || !tally.hasAll(); step++) {
      assertThat(step).as("all should have been read by now").isLessThan(stepsMax);
      if (step < portions) {
        get(produce(topic, step * portion, (step + 1) * portion));
      }
      boolean isInside = step % MEMBERS == MEMBERS - 1;
      Reader reader =
          isInside
              ? new Reader(
                  inside("of-" + topic), topic, tally, broker.system(), RemoteGroupsTest::ignored)
              : remoteReader(client, topic, tally, RemoteGroupsTest::ignored);
      (isInside ? inside : remote).add(reader);
      present.addLast(reader);
      if (present.size() > MEMBERS) {
        present.removeFirst().drain();
      }
    }
    present.forEach(Reader::drain);

    tally.assertEachOnceInOrder();
    assertThat(committed(topic)).isEqualTo(tally.count);
    assertThat(remote).filteredOn(reader -> reader.count.get() > 0).hasSizeGreaterThan(2);
  }

  @Test
  void loseAndDoubleNothingWhenConnectionsBreak() throws IOException {
    int count = 12_000;
    int breaks = 3;
    String topic = broker.topic(PARTITIONS, Map.of());
    Deque<GrpcServer> doors = new ConcurrentLinkedDeque<>();
    for (int i = 0; i <= breaks; i++) {
      doors.addLast(GrpcServer.start(broker.node()));
    }
    String endpoints =
        String.join(",", doors.stream().map(door -> "127.0.0.1:" + get(door.port())).toList());
    try (GranaryClient breaking = get(GranaryClient.connect(system, endpoints))) {
      Tally tally = new Tally(count);
      AtomicInteger seen = new AtomicInteger();
      Runnable breakNow =
          () -> {
            if (seen.incrementAndGet() % (count / (breaks + 1)) == 0 && doors.size() > 1) {
              var unused = doors.removeFirst().stop();
            }
          };
      Reader first = remoteReader(breaking, topic, tally, breakNow);
      get(produce(topic, 0, count / 3));
      Reader second = remoteReader(breaking, topic, tally, breakNow);
      get(produce(topic, count / 3, 2 * count / 3));
      Reader third = remoteReader(breaking, topic, tally, breakNow);
      get(produce(topic, 2 * count / 3, count));

      await().until(tally::hasAll);
      first.drain();
      second.drain();
      third.drain();

      tally.assertEachOnceInOrder();
      assertThat(committed(topic)).isEqualTo(count);
      assertThat(doors).hasSize(1);
    } finally {
      doors.forEach(door -> get(door.stop()));
    }
  }

  @Test
  void readByPartitionAndWithoutCommitting() {
    String topic = broker.topic(PARTITIONS, Map.of());
    get(produce(topic, 0, 1_000));
    List<Integer> byPartition = new CopyOnWriteArrayList<>();

    Consumer.Control partitioned =
        Consumer.plainPartitionedSource(remote(client, "partitioned"), Subscriptions.topics(topic))
            .flatMapMerge(PARTITIONS, pair -> pair.second())
            .map(ConsumerRecord::value)
            .to(Sink.foreach(byPartition::add))
            .run(system);
    List<Integer> atMostOnce =
        get(
            Consumer.atMostOnceSource(remote(client, "at-most-once"), Subscriptions.topics(topic))
                .take(10)
                .map(ConsumerRecord::value)
                .runWith(Sink.seq(), system));
    List<Integer> plain =
        get(
            Consumer.plainSource(remote(client, "plain"), Subscriptions.topics(topic))
                .take(1_000)
                .map(ConsumerRecord::value)
                .runWith(Sink.seq(), system));

    await().until(() -> byPartition.size() >= 1_000);
    ConsumerMetrics metrics = get(partitioned.metrics());
    assertThat(metrics.records()).isEqualTo(1_000);
    assertThat(metrics.places())
        .hasSize(PARTITIONS)
        .allSatisfy(place -> assertThat(place.lag()).hasValue(0));
    get(partitioned.shutdown());
    assertThat(byPartition).doesNotHaveDuplicates().hasSize(1_000);
    assertThat(atMostOnce).doesNotHaveDuplicates().hasSize(10);
    assertThat(plain).doesNotHaveDuplicates().hasSize(1_000);
  }
}
