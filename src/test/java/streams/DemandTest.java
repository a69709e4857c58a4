package streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import actors.broker.Edge;
import actors.broker.Node;
import actors.partition.WatchedDisk;
import com.google.protobuf.ByteString;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.grpc.GrpcClientSettings;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.testkit.TestSubscriber;
import org.apache.pekko.stream.testkit.javadsl.TestSink;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import streams.grpc.GranaryClient;
import streams.grpc.GrpcEdge;
import streams.grpc.GrpcServer;
import streams.grpc.v1.ConsumeRequest;
import streams.grpc.v1.PartitionStart;
import streams.grpc.v1.ProduceRecord;
import streams.grpc.v1.ProduceRequest;
import streams.grpc.v1.RecordsClient;
import streams.grpc.v1.Start;

/** Demand reaches the disk, and the lack of it: what is read and what is held, counted in bytes. */
@TestInstance(Lifecycle.PER_CLASS)
class DemandTest {
  private static final int MIB = 1 << 20;
  private static final int CHUNK_BYTES = 64 * 1024;
  private static final int CHUNKS = 4;
  private static final int BATCH_BYTES = 16 * 1024;
  private static final int RECORD_BYTES = 4 * 1024;

  /** Of a record in the log, with its share of its batch's header. */
  private static final int LOGGED_BYTES = RECORD_BYTES + 40;

  /** Headers are looked at in windows of eight kilobytes until a piece is found. */
  private static final int LOOKUP_BYTES = 4 * 8 * 1024;

  /** What one message to a reader has at most. */
  private static final int RESPONSE_BYTES = 256 * 1024;

  private static final int WINDOW_BYTES = 64 * 1024;

  /** So often something else goes the same way while a writer is stopped. */
  private static final int ROUNDS = 20;

  private static final int HELD_BYTES = 256 * 1024;

  /** Such that nothing becomes smaller on the way, where gRPC folds what repeats within 32 KiB. */
  private static final List<byte[]> VALUES =
      new Random(1).ints(64).mapToObj(DemandTest::randomValue).toList();

  private final WatchedDisk disk = new WatchedDisk();
  private Granary granary;
  private volatile GrpcServer server;
  private GranaryClient client;
  private RecordsClient records;

  /** How a program reaches the broker. */
  private enum Way {
    /** It holds the broker. */
    INSIDE(0),
    /** By our own client, which asks for pieces. */
    CLIENT(0),
    /**
     * By what everybody has: here records are under way too, in messages that are made, sent and
     * taken apart, and in the window and buffers of HTTP/2.
     */
    ANY_GRPC(4 * RESPONSE_BYTES + WINDOW_BYTES);

    private final int underWayBytes;

    Way(int underWayBytes) {
      this.underWayBytes = underWayBytes;
    }
  }

  @BeforeAll
  void start() {
    granary =
        Granary.start(
            GranarySettings.create()
                .withoutKafka()
                .withFiles(disk)
                .withConfig(
                    ConfigFactory.parseString(
                        "pekko.test.single-expect-default = 60s,"
                            + " granary.client.connect-timeout = 60s, granary.grpc { port = 0,"
                            + " produce-buffer-bytes = "
                            + HELD_BYTES
                            + " }"))
                .withEdge(this::open));
    int port = get(server.port());
    client = get(GranaryClient.connect(granary.system(), "127.0.0.1:" + port));
    records =
        RecordsClient.create(
            GrpcClientSettings.connectToServiceAt("127.0.0.1", port, system())
                .withTls(false)
                .withChannelBuilderOverrides(channel -> channel.flowControlWindow(WINDOW_BYTES)),
            system());
  }

  private Edge.Opened open(Node node) throws IOException {
    server = GrpcServer.start(node);
    return server::stop;
  }

  @AfterAll
  void stop() {
    get(records.close());
    client.close();
    granary.close();
  }

  private ActorSystem<?> system() {
    return granary.system();
  }

  private static byte[] randomValue(int seed) {
    byte[] value = new byte[RECORD_BYTES];
    new Random(seed).nextBytes(value);
    return value;
  }

  private WatchedDisk.Reads readOf(String topic) {
    return disk.reads(topic + "-0");
  }

  private static <T> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  private ProducerSettings<byte[], byte[]> producer(Way way) {
    var keys = new ByteArraySerializer();
    return (way == Way.CLIENT
            ? client.producer(keys, keys)
            : ProducerSettings.create(granary, keys, keys))
        .withBatchBytes(BATCH_BYTES)
        .withBufferBytesMax(HELD_BYTES);
  }

  private ConsumerSettings<byte[], byte[]> consumer(Way way) {
    var keys = new ByteArrayDeserializer();
    return (way == Way.CLIENT
            ? client.consumer(keys, keys)
            : ConsumerSettings.create(granary, keys, keys))
        .withChunkBytes(CHUNK_BYTES)
        .withChunksMax(CHUNKS);
  }

  private static Source<ProducerRecord<byte[], byte[]>, NotUsed> numbered(String topic, int count) {
    return Source.range(1, count)
        .map(number -> new ProducerRecord<>(topic, VALUES.get(number % VALUES.size())));
  }

  private void write(String topic, int count) {
    get(
        numbered(topic, count)
            .runWith(
                Producer.plainSink(producer(Way.INSIDE).withBufferBytesMax(32 * MIB)), system()));
  }

  /** The offsets of the records of the topic's one partition. */
  private TestSubscriber.Probe<Long> read(Way way, String topic) {
    Source<Long, ?> offsets =
        way == Way.ANY_GRPC
            ? records
                .consume(
                    ConsumeRequest.newBuilder()
                        .setTopic(topic)
                        .setBufferBytes((long) CHUNK_BYTES * CHUNKS)
                        .addPartitions(
                            PartitionStart.newBuilder()
                                .setStart(Start.newBuilder().setBeginning(true)))
                        .build())
                .mapConcat(answer -> answer.getRecordsList())
                .map(record -> record.getOffset())
            : Consumer.plainSource(
                    consumer(way),
                    Subscriptions.assignmentFromBeginning(new TopicPartition(topic, 0)))
                .map(record -> record.offset());
    return offsets.runWith(TestSink.create(system().classicSystem()), system());
  }

  private String topic(String what, Way way) {
    String name = what + "-" + way;
    granary.createTopic(name, 1);
    return name;
  }

  @ParameterizedTest
  @EnumSource
  void aStoppedDownstreamHasNoMoreReadForItHoweverMuchArrives(Way way) {
    int count = 32 * MIB / RECORD_BYTES;
    int more = 100;
    String topic = topic("stopped", way);
    TestSubscriber.Probe<Long> stopped = read(way, topic);
    stopped.request(1);
    write(topic, 1);
    stopped.expectNext(0L);

    write(topic, count);

    assertThat(readOf(topic).end()).isLessThanOrEqualTo(2L * CHUNK_BYTES + way.underWayBytes);
    stopped.request(more);
    for (long offset = 1; offset <= more; offset++) {
      stopped.expectNext(offset);
    }
    stopped.cancel();
  }

  @ParameterizedTest
  @EnumSource
  void aSlowDownstreamHasAPieceReadAheadOfIt(Way way) {
    int count = 4 * MIB / RECORD_BYTES;
    String topic = topic("slow", way);
    write(topic, 2 * count);
    TestSubscriber.Probe<Long> slow = read(way, topic);

    for (long taken = 1; taken <= count; taken++) {
      slow.request(1).expectNext(taken - 1);

      long delivered = taken * LOGGED_BYTES;
      assertThat(readOf(topic).end())
          .isLessThanOrEqualTo(delivered + CHUNK_BYTES + BATCH_BYTES + way.underWayBytes);
    }
    long pieces = readOf(topic).end() / (CHUNK_BYTES - BATCH_BYTES) + 1;
    assertThat(readOf(topic).bytes())
        .as("each byte once, and what it takes to find the pieces")
        .isLessThanOrEqualTo(readOf(topic).end() + pieces * LOOKUP_BYTES);
    slow.cancel();
  }

  @ParameterizedTest
  @EnumSource
  void aPartitionThatDoesNotAnswerStopsTheUpstream(Way way) {
    int count = 16 * MIB / RECORD_BYTES;
    String topic = topic("mute", way);
    String other = topic("other", way);
    write(other, 1);
    AtomicLong pulled = new AtomicLong();
    disk.writes().hold();
    CompletionStage<Done> written =
        writing(way, numbered(topic, count).wireTap(record -> pulled.incrementAndGet()));
    disk.writes().awaitOne();
    Awaitility.await().until(() -> (pulled.get() + 1) * RECORD_BYTES >= HELD_BYTES);
    for (int round = 0; round < ROUNDS; round++) {
      TestSubscriber.Probe<Long> meanwhile = read(way, other);
      meanwhile.request(1).expectNext(0L);
      meanwhile.cancel();
    }

    long takenBytes = pulled.get() * RECORD_BYTES;
    disk.writes().letGo();

    get(written);
    assertThat(takenBytes).isLessThanOrEqualTo(HELD_BYTES + RECORD_BYTES + way.underWayBytes);
  }

  @Test
  void aBrokerThatWouldLeaveStreamsNothingDoesNotStart() {
    GranarySettings stingy =
        GranarySettings.create()
            .withoutKafka()
            .withConfig(
                ConfigFactory.parseString("granary.grpc { port = 0, stream-bytes-max = 1 MiB }"))
            .withEdge(new GrpcEdge());

    assertThatThrownBy(() -> Granary.start(stingy))
        .isInstanceOf(StartFailed.class)
        .hasMessageContaining("granary.grpc.stream-bytes-max is 1048576")
        .hasMessageContaining("it takes 16384000");
  }

  @Test
  void tenThousandStreamsAtOnceEachGetTheirRecord() {
    String topic = topic("many", Way.INSIDE);
    var stream =
        Consumer.plainSource(
                consumer(Way.INSIDE),
                Subscriptions.assignmentFromBeginning(new TopicPartition(topic, 0)))
            .toMat(Sink.head(), Keep.right());
    List<CompletionStage<ConsumerRecord<byte[], byte[]>>> readers =
        Stream.generate(() -> stream.run(system())).limit(10_000).toList();

    write(topic, 1);

    assertThat(readers).allSatisfy(reader -> assertThat(get(reader).offset()).isZero());
  }

  private CompletionStage<Done> writing(
      Way way, Source<ProducerRecord<byte[], byte[]>, NotUsed> written) {
    return way == Way.ANY_GRPC
        ? records.produce(written.map(DemandTest::message)).runWith(Sink.ignore(), system())
        : written.runWith(Producer.plainSink(producer(way)), system());
  }

  private static ProduceRequest message(ProducerRecord<byte[], byte[]> record) {
    return ProduceRequest.newBuilder()
        .addRecords(
            ProduceRecord.newBuilder()
                .setTopic(record.topic())
                .setValue(ByteString.copyFrom(record.value())))
        .build();
  }
}
