package actors.broker;

import static actors.broker.NodesFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import actors.Outcome;
import actors.controller.Controller;
import actors.controller.TopicImage;
import actors.controller.TopicSpec;
import actors.group.GroupEvent.Caller;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.serialization.IntegerDeserializer;
import org.apache.kafka.common.serialization.IntegerSerializer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.testkit.TestSubscriber;
import org.apache.pekko.stream.testkit.javadsl.TestSink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import streams.Committer;
import streams.CommitterSettings;
import streams.Consumer;
import streams.Consumer.DrainingControl;
import streams.ConsumerMessage.CommittableMessage;
import streams.ConsumerSettings;
import streams.Producer;
import streams.ProducerMessage;
import streams.ProducerSettings;
import streams.StartPosition;
import streams.Subscriptions;

/** Sources that read in a group, at brokers of a cluster in this process. */
class StreamsInGroupsTest {
  private static final String TOPIC = "numbers";
  private static final String COPIES = "copies";
  private static final String GROUP = "readers";
  private static final int PATIENCE_SECONDS = 120;
  private static final int KEYS = 64;

  /** For the churn; {@code -Dstreams.churn.records=1000000} makes it a million. */
  private static final int RECORDS = Integer.getInteger("streams.churn.records", 100_000);

  private static final int CHURN_STEPS = 50;
  private static final int CHURN_STEPS_MAX = 20 * CHURN_STEPS + RECORDS / 1000;
  private static final int MEMBERS = 4;

  @TempDir Path root;
  private NodesFixture nodes;
  private GranaryNode node;

  private void brokers(int count) {
    nodes = new NodesFixture(root, count, count);
    Integer[] ids = new Integer[count];
    for (int id = 1; id <= count; id++) {
      nodes.start(id);
      ids[id - 1] = id;
    }
    nodes.awaitOneCluster(ids);
    for (int id : ids) {
      get(nodes.node(id).whenStarted());
    }
    node = nodes.node(1);
    await().until(() -> Arrays.stream(ids).allMatch(id -> node.metadata().isActive(id)));
  }

  @AfterEach
  void end() {
    nodes.close();
  }

  private static <T> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
  }

  private void create(int partitions, int replicas) {
    create(TOPIC, partitions, replicas);
  }

  private void create(String topic, int partitions, int replicas) {
    Outcome<TopicImage> created =
        get(
            AskPattern.<Controller.Command, Outcome<TopicImage>>ask(
                node.controller(),
                replyTo ->
                    new Controller.CreateTopic(
                        new TopicSpec(topic, partitions, replicas, Map.of(), Map.of()),
                        false,
                        replyTo),
                Duration.ofSeconds(20),
                node.system().scheduler()));
    assertThat(created).isInstanceOf(Outcome.Accepted.class);
    await().until(() -> node.metadata().topic(topic).isPresent());
  }

  private static ConsumerSettings<Integer, Integer> settings(GranaryNode at) {
    return ConsumerSettings.create(at, new IntegerDeserializer(), new IntegerDeserializer())
        .withGroupId(GROUP)
        .withStartPosition(StartPosition.EARLIEST);
  }

  /** Each number under the key that it leaves when divided by the number of keys. */
  private CompletionStage<Done> produce(int from, int to) {
    return Source.range(from, to - 1)
        .map(number -> new ProducerRecord<>(TOPIC, number % KEYS, number))
        .runWith(
            Producer.plainSink(
                ProducerSettings.create(node, new IntegerSerializer(), new IntegerSerializer())),
            node.system());
  }

  private CompletionStage<Done> produceTo(int partition, int number) {
    return Source.single(new ProducerRecord<>(TOPIC, partition, number, number))
        .runWith(
            Producer.plainSink(
                ProducerSettings.create(node, new IntegerSerializer(), new IntegerSerializer())),
            node.system());
  }

  /** What all members have read between them. */
  private static final class Tally {
    private final AtomicIntegerArray times;
    private final AtomicLong distinct = new AtomicLong();
    private final Map<Integer, Integer> lastOfKey = new HashMap<>();
    private final List<String> outOfOrder = new ArrayList<>();

    Tally(int count) {
      times = new AtomicIntegerArray(count);
    }

    void read(int number) {
      if (times.getAndIncrement(number) == 0) {
        distinct.incrementAndGet();
      }
      synchronized (this) {
        Integer before = lastOfKey.put(number % KEYS, number);
        if (before != null && before >= number && outOfOrder.size() < 20) {
          outOfOrder.add(number + " after " + before);
        }
      }
    }

    boolean hasAll() {
      return distinct.get() == times.length();
    }

    List<Integer> doubled() {
      List<Integer> doubled = new ArrayList<>();
      for (int number = 0; number < times.length() && doubled.size() < 20; number++) {
        if (times.get(number) > 1) {
          doubled.add(number);
        }
      }
      return doubled;
    }
  }

  private static final class Reader {
    private final AtomicLong count = new AtomicLong();
    private final DrainingControl<Done> control;

    Reader(GranaryNode at, Tally tally) {
      control =
          Consumer.committableSource(settings(at), Subscriptions.topics(TOPIC))
              .map(
                  message -> {
                    count.incrementAndGet();
                    tally.read(message.record().value());
                    return message.committableOffset();
                  })
              .toMat(
                  Committer.sink(CommitterSettings.create(at.system())),
                  Consumer::createDrainingControl)
              .run(at.system());
    }

    void drain() {
      get(control.drainAndShutdown(Runnable::run));
    }
  }

  @Nested
  class WhileMembersComeAndGo {
    @Test
    void everyRecordIsReadOnceAndInOrder() {
      brokers(1);
      create(12, 1);
      Tally tally = new Tally(RECORDS);
      Deque<Reader> readers = new ArrayDeque<>();
      List<Reader> all = new ArrayList<>();
      CompletionStage<Done> written = CompletableFuture.completedStage(Done.getInstance());
      int portion = RECORDS / CHURN_STEPS;

      for (int step = 0; step < CHURN_STEPS || !tally.hasAll(); step++) {
        if (step < CHURN_STEPS) {
          int from = step * portion;
          int to = step == CHURN_STEPS - 1 ? RECORDS : from + portion;
          written = written.thenCompose(done -> produce(from, to));
        }
        assertThat(step).as("all should have been read by now").isLessThan(CHURN_STEPS_MAX);
        Reader reader = new Reader(node, tally);
        readers.addLast(reader);
        all.add(reader);
        if (readers.size() > MEMBERS) {
          readers.removeFirst().drain();
        }
      }
      get(written);
      readers.forEach(Reader::drain);

      assertThat(tally.doubled()).as("read twice").isEmpty();
      assertThat(tally.outOfOrder).as("out of order").isEmpty();
      assertThat(all).filteredOn(reader -> reader.count.get() > 0).hasSizeGreaterThan(MEMBERS);
    }
  }

  @Nested
  class APartitionThatMoves {
    @Test
    void waitsForItsCommitsWhileTheOthersGoOn() {
      brokers(1);
      create(2, 1);
      get(produceTo(0, 0));
      get(produceTo(1, 1));
      Pair<Consumer.Control, TestSubscriber.Probe<CommittableMessage<Integer, Integer>>> first =
          run(settings(node));
      first.second().request(100);
      Map<Integer, CommittableMessage<Integer, Integer>> read = new HashMap<>();
      for (int i = 0; i < 2; i++) {
        CommittableMessage<Integer, Integer> message = first.second().expectNext();
        read.put(message.record().partition(), message);
      }

      Pair<Consumer.Control, TestSubscriber.Probe<CommittableMessage<Integer, Integer>>> second =
          run(settings(node));
      second.second().request(100);
      await().until(() -> described(node).members().size() == 2);
      // The first one gives up one of the two, and nobody knows which.
      get(produceTo(0, 10));
      get(produceTo(1, 11));
      CommittableMessage<Integer, Integer> kept = first.second().expectNext();
      int moving = 1 - kept.record().partition();
      for (int number = 20; number < 30; number++) {
        get(produceTo(kept.record().partition(), number));
        assertThat(first.second().expectNext().record().value()).isEqualTo(number);
      }
      second.second().expectNoMessage(Duration.ofMillis(1));

      get(read.get(moving).committableOffset().commit());

      assertThat(second.second().expectNext().record().value()).isEqualTo(10 + moving);
      first.first().shutdown();
      second.first().shutdown();
    }

    private Pair<Consumer.Control, TestSubscriber.Probe<CommittableMessage<Integer, Integer>>> run(
        ConsumerSettings<Integer, Integer> settings) {
      return Consumer.committableSource(settings, Subscriptions.topics(TOPIC))
          .toMat(TestSink.create(node.system()), Keep.both())
          .run(node.system());
    }
  }

  @Nested
  class OtherSources {
    @Test
    void onePerPartitionReadsAllOnceAcrossMoves() {
      brokers(1);
      create(8, 1);
      int count = 4_000;
      Tally tally = new Tally(count);
      DrainingControl<Done> first = partitioned(tally);
      get(produce(0, count / 2));
      DrainingControl<Done> second = partitioned(tally);
      get(produce(count / 2, count));
      await().until(tally::hasAll);

      get(first.drainAndShutdown(Runnable::run));
      get(second.drainAndShutdown(Runnable::run));

      assertThat(tally.doubled()).isEmpty();
      assertThat(tally.outOfOrder).isEmpty();
    }

    private DrainingControl<Done> partitioned(Tally tally) {
      return Consumer.committablePartitionedSource(settings(node), Subscriptions.topics(TOPIC))
          .flatMapMerge(
              100,
              partition ->
                  partition
                      .second()
                      .map(
                          message -> {
                            tally.read(message.record().value());
                            return message.committableOffset();
                          }))
          .toMat(
              Committer.sink(CommitterSettings.create(node.system())),
              Consumer::createDrainingControl)
          .run(node.system());
    }

    @Test
    void onePerPartitionWithoutCommitsEndsWhenThePartitionMoves() {
      brokers(1);
      create(2, 1);
      get(produceTo(0, 10));
      get(produceTo(1, 11));
      Plain first = new Plain();
      await().until(() -> first.read.size() == 2);

      Plain second = new Plain();
      await().until(() -> first.ended.size() == 1 && second.read.size() == 1);

      assertThat(second.read).containsExactly(10 + first.ended.get(0).partition());
      first.control.shutdown();
      second.control.shutdown();
    }

    /** Begins with the first record of every partition that it is given. */
    private final class Plain {
      private final List<Integer> read = new CopyOnWriteArrayList<>();
      private final List<TopicPartition> ended = new CopyOnWriteArrayList<>();
      private final Consumer.Control control =
          Consumer.plainPartitionedSource(settings(node), Subscriptions.topics(TOPIC))
              .to(
                  Sink.foreach(
                      partition -> {
                        var unused =
                            partition
                                .second()
                                .runForeach(record -> read.add(record.value()), node.system())
                                .thenAccept(done -> ended.add(partition.first()));
                      }))
              .run(node.system());
    }

    @Test
    void fromTopicToTopicCommitsWhatIsWritten() {
      brokers(1);
      create(4, 1);
      create(COPIES, 4, 1);
      int count = 2_000;
      get(produce(0, count));
      Tally copied = new Tally(count);
      Consumer.Control copies = read(COPIES, 4, copied);

      DrainingControl<Done> first = copying(count / 4);
      get(first.streamCompletion());
      get(first.drainAndShutdown(Runnable::run));
      DrainingControl<Done> second = copying(count);
      await().until(copied::hasAll);
      get(second.drainAndShutdown(Runnable::run));

      assertThat(copied.doubled()).isEmpty();
      assertThat(copied.outOfOrder).isEmpty();
      copies.shutdown();
    }

    /** Ends after so many. */
    private DrainingControl<Done> copying(int count) {
      return Consumer.committableSource(settings(node), Subscriptions.topics(TOPIC))
          .take(count)
          .map(
              message ->
                  ProducerMessage.single(
                      new ProducerRecord<>(
                          COPIES, message.record().key(), message.record().value()),
                      message.committableOffset()))
          .toMat(
              Producer.committableSink(
                  ProducerSettings.create(node, new IntegerSerializer(), new IntegerSerializer()),
                  CommitterSettings.create(node.system())),
              Consumer::createDrainingControl)
          .run(node.system());
    }

    private Consumer.Control read(String topic, int partitions, Tally tally) {
      TopicPartition[] all =
          IntStream.range(0, partitions)
              .mapToObj(partition -> new TopicPartition(topic, partition))
              .toArray(TopicPartition[]::new);
      return Consumer.plainSource(settings(node), Subscriptions.assignmentFromBeginning(all))
          .to(Sink.foreach(record -> tally.read(record.value())))
          .run(node.system());
    }

    @Test
    void atMostOnceGoesOnBehindWhatItGave() {
      brokers(1);
      create(1, 1);
      get(produce(0, 20));

      List<Integer> first = someAtMostOnce(10);
      List<Integer> second = someAtMostOnce(5);

      assertThat(first).startsWith(0, 1, 2).hasSize(10);
      assertThat(second).doesNotContainAnyElementsOf(first).hasSize(5);
    }

    private List<Integer> someAtMostOnce(int count) {
      Pair<Consumer.Control, CompletionStage<List<Integer>>> run =
          Consumer.atMostOnceSource(settings(node), Subscriptions.topicPattern("num.*"))
              .map(record -> record.value())
              .take(count)
              .toMat(Sink.seq(), Keep.both())
              .run(node.system());
      List<Integer> read = get(run.second());
      run.first().shutdown();
      get(run.first().isShutdown());
      return read;
    }
  }

  @Nested
  class OnSeveralBrokers {
    private static final int COUNT = 9_000;

    private final Tally tally = new Tally(COUNT);

    @Test
    void theCoordinatorIsAskedWhereverItIsAndAMemberThatDiesIsReplaced() {
      brokers(3);
      create(9, 3);
      int coordinator = coordinator();
      Map<Integer, Reader> readers = new HashMap<>();
      for (int id = 1; id <= 3; id++) {
        readers.put(id, new Reader(nodes.node(id), tally));
      }
      await().until(() -> partitionsOfMembers() == 9);
      get(produce(0, COUNT / 3));
      await().until(() -> tally.distinct.get() == COUNT / 3);
      assertThat(tally.doubled()).isEmpty();
      assertThat(tally.outOfOrder).isEmpty();

      int dies = coordinator == 3 ? 2 : 3;
      node = nodes.node(coordinator);
      nodes.kill(dies);
      readers.remove(dies);
      get(produce(COUNT / 3, COUNT));

      await().until(tally::hasAll);
      readers.values().forEach(Reader::drain);
    }

    @Test
    void nothingIsLostWhenTheCoordinatorsBrokerDies() {
      brokers(3);
      create(9, 3);
      int coordinator = coordinator();
      List<Reader> readers = new ArrayList<>();
      for (int id = 1; id <= 3; id++) {
        if (id != coordinator) {
          node = nodes.node(id);
          readers.add(new Reader(node, tally));
        }
      }
      get(produce(0, COUNT / 3));
      CompletionStage<Done> written = produce(COUNT / 3, 2 * COUNT / 3);
      nodes.kill(coordinator);
      get(written);
      get(produce(2 * COUNT / 3, COUNT));

      await().until(tally::hasAll);
      readers.forEach(Reader::drain);
    }

    private int coordinator() {
      get(node.groups().prepare());
      return await()
          .until(
              () -> node.groups().coordinatorOf(GROUP).fold(id -> id, refused -> 0), id -> id > 0);
    }

    /** Of three members, how many partitions they have between them when each has some. */
    private int partitionsOfMembers() {
      DescribedGroup group = described(nodes.node(coordinator()));
      List<Integer> counts =
          group.members().stream()
              .map(
                  member ->
                      member.assignment().topicPartitions().stream()
                          .mapToInt(topic -> topic.partitions().size())
                          .sum())
              .toList();
      boolean allHave = counts.size() == 3 && !counts.contains(0);
      return allHave ? counts.stream().mapToInt(Integer::intValue).sum() : 0;
    }
  }

  private static DescribedGroup described(GranaryNode at) {
    return (DescribedGroup)
        get(
            at.groups()
                .ask(
                    GROUP,
                    new Caller("test", "/here", (short) 0),
                    new ConsumerGroupDescribeRequestData().setGroupIds(List.of(GROUP))));
  }
}
