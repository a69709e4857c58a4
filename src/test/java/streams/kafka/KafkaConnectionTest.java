package streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import actors.partition.Replica;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.ResponseHeader;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.stream.testkit.TestPublisher;
import org.apache.pekko.stream.testkit.TestSubscriber;
import org.apache.pekko.stream.testkit.javadsl.TestSink;
import org.apache.pekko.stream.testkit.javadsl.TestSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import storage.record.Batches;
import streams.net.MemoryBudget;
import streams.net.Outgoing;

class KafkaConnectionTest extends HandlerFixture {
  private static final int PATIENCE_SECONDS = 20;
  private static final short METADATA_VERSION = 12;
  private static final short PRODUCE_VERSION = 13;
  private static final short FETCH_VERSION = 16;

  /** Requests for metadata, whose answers the test gives. */
  private final LinkedBlockingQueue<CompletableFuture<ApiMessage>> asked =
      new LinkedBlockingQueue<>();

  private final MemoryBudget budget = new MemoryBudget(1 << 20);
  private final TestProbe<Replica.Command> replica = probe(Replica.Command.class);
  private final Deque<ByteBuffer> received = new ArrayDeque<>();
  private final TestPublisher.Probe<ByteBuffer> client;
  private final TestSubscriber.Probe<Outgoing> answers;

  KafkaConnectionTest() {
    node.shows(Images.of(Images.topic("orders", Images.partition(0, 1, 1))));
    node.runs("orders", 0, replica.ref());
    ApiTable apis =
        ApiTable.of(List.of(new Held(), new Broken(), new ProduceHandler(), new FetchHandler()));
    var connected =
        TestSource.<ByteBuffer>create(node.system())
            .via(new KafkaConnection(node, apis, budget, "test"))
            .toMat(
                TestSink.<Outgoing>create(node.system()),
                org.apache.pekko.stream.javadsl.Keep.both())
            .run(node.system());
    client = connected.first();
    answers = connected.second();
  }

  @AfterEach
  void givesAllMemoryBackInTheEnd() {
    answers.cancel();
    Awaitility.await().until(() -> budget.usedBytes() == 0);
  }

  @Nested
  class WhenRequestsAreUnderWay {
    @Test
    void answersInTheOrderOfRequestsThoughLaterOnesAreDoneFirst() {
      answers.request(10);
      ask(1);
      ask(2);
      ask(3);
      CompletableFuture<ApiMessage> first = nextAsked();
      CompletableFuture<ApiMessage> second = nextAsked();
      CompletableFuture<ApiMessage> third = nextAsked();

      third.complete(named("third"));
      second.complete(named("second"));
      first.complete(named("first"));

      assertThat(List.of(clusterOf(1), clusterOf(2), clusterOf(3)))
          .containsExactly("first", "second", "third");
    }

    @Test
    void sendsAnswersThatAreReadyTogetherAsOneMessage() {
      ask(1);
      ask(2);
      nextAsked().complete(named("first"));
      nextAsked().complete(named("second"));

      answers.request(1);
      split(answers.expectNext());

      assertThat(received).hasSize(2);
    }

    @Test
    void takesNoMoreThanItsBound() {
      answers.request(1_000);
      for (int i = 0; i < Limits.REQUESTS_UNDER_WAY_PER_CONNECTION_MAX; i++) {
        ask(i);
      }
      CompletableFuture<ApiMessage> first = nextAsked();
      for (int i = 1; i < Limits.REQUESTS_UNDER_WAY_PER_CONNECTION_MAX; i++) {
        awaitAsked();
      }
      ask(1_000);
      long held = budget.usedBytes();

      assertThat(asked).as("one more while all are under way").isEmpty();
      assertThat(held).isPositive();
      first.complete(named("first"));

      awaitAsked();
      assertThat(clusterOf(0)).isEqualTo("first");
    }

    @Test
    void givesBackTheMemoryOfWhatIsAnswered() {
      answers.request(1);
      ask(1);
      CompletableFuture<ApiMessage> asked = nextAsked();
      assertThat(budget.usedBytes()).isPositive();

      asked.complete(named("first"));
      answers.expectNext();

      assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void answersAFailureWithAnErrorOfItsKind() {
      answers.request(1);
      ask(1);

      nextAsked().completeExceptionally(Errors.REQUEST_TIMED_OUT.exception("too late"));

      MetadataResponseData answer =
          (MetadataResponseData) answer(1, ApiKeys.METADATA, METADATA_VERSION);
      assertThat(answer.topics().iterator().next().errorCode())
          .isEqualTo(Errors.REQUEST_TIMED_OUT.code());
    }

    @Test
    void forgetsThemWhenTheConnectionIsLost() {
      answers.request(1);
      ask(1);
      CompletableFuture<ApiMessage> asked = nextAsked();

      client.sendComplete();
      answers.expectComplete();
      asked.complete(named("nobody listens"));

      Awaitility.await().until(() -> budget.usedBytes() == 0);
    }

    @Test
    void survivesAHandlerThatFails() {
      answers.request(2);
      send(
          ApiKeys.DESCRIBE_CLUSTER,
          (short) 0,
          1,
          new org.apache.kafka.common.message.DescribeClusterRequestData());

      assertThat(
              ((org.apache.kafka.common.message.DescribeClusterResponseData)
                      answer(1, ApiKeys.DESCRIBE_CLUSTER, (short) 0))
                  .errorCode())
          .isEqualTo(Errors.UNKNOWN_SERVER_ERROR.code());
      apiVersions(2);
      answer(2, ApiKeys.API_VERSIONS, (short) 3);
    }
  }

  @Nested
  class WhenARequestCannotBeServed {
    @Test
    void answersAnUnknownVersionOfApiVersionsAsVersionZero() {
      answers.request(1);
      ByteBuffer frame = frame(ApiKeys.API_VERSIONS, (short) 3, 5, versionsRequest());
      frame.putShort(2, (short) 99);
      client.sendNext(frame);

      ApiVersionsResponseData answer =
          (ApiVersionsResponseData) answer(5, ApiKeys.API_VERSIONS, (short) 0);
      assertThat(answer.errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
      assertThat(answer.apiKeys().find(ApiKeys.API_VERSIONS.id)).isNotNull();
    }

    @Test
    void closesAfterAnApiThatDoesNotExist() {
      answers.request(1);
      ByteBuffer frame = frame(ApiKeys.API_VERSIONS, (short) 3, 5, versionsRequest());
      frame.putShort(0, (short) 9_999);

      client.sendNext(frame);

      answers.expectComplete();
    }

    @Test
    void closesAfterAnApiThatIsNotServed() {
      answers.request(1);

      send(
          ApiKeys.HEARTBEAT,
          (short) 4,
          1,
          new org.apache.kafka.common.message.HeartbeatRequestData());

      answers.expectComplete();
    }

    @Test
    void closesAfterAVersionThatIsNotServed() {
      answers.request(1);
      ByteBuffer frame = frame(ApiKeys.METADATA, METADATA_VERSION, 5, new MetadataRequestData());
      frame.putShort(2, (short) 99);

      client.sendNext(frame);

      answers.expectComplete();
    }

    @Test
    void closesAfterGarbage() {
      answers.request(1);

      client.sendNext(ByteBuffer.wrap(new byte[] {1, 2, 3}));

      answers.expectComplete();
    }

    @Test
    void sendsWhatWasAnsweredBeforeItCloses() {
      apiVersions(1);
      client.sendNext(ByteBuffer.wrap(new byte[] {1, 2, 3}));

      answers.request(1);

      answer(1, ApiKeys.API_VERSIONS, (short) 3);
      answers.expectComplete();
    }
  }

  @Nested
  class WhenAProducerWantsNoAnswer {
    @Test
    void sendsNothingAndGoesOn() {
      answers.request(10);
      produce(1, (short) 0, "orders");
      Replica.Append append = replica.expectMessageClass(Replica.Append.class);

      append
          .replyTo()
          .tell(
              new actors.partition.ReplicaReply.Appended(
                  append.correlation(), Errors.NONE, 0, -1, 0, java.util.Optional.empty()));
      apiVersions(2);

      answer(2, ApiKeys.API_VERSIONS, (short) 3);
    }

    @Test
    void closesWhenTheReplicaRefuses() {
      answers.request(10);
      produce(1, (short) 0, "orders");
      Replica.Append append = replica.expectMessageClass(Replica.Append.class);

      append
          .replyTo()
          .tell(
              new actors.partition.ReplicaReply.Appended(
                  append.correlation(),
                  Errors.NOT_LEADER_OR_FOLLOWER,
                  -1,
                  -1,
                  -1,
                  java.util.Optional.empty()));

      answers.expectComplete();
    }

    @Test
    void closesWhenTheRequestIsRefusedAsAWhole() {
      answers.request(10);
      send(
          ApiKeys.PRODUCE,
          PRODUCE_VERSION,
          1,
          new ProduceRequestData().setAcks((short) 0).setTransactionalId("t").setTimeoutMs(1_000));

      answers.expectComplete();
    }
  }

  @Nested
  class WhenAFetchWaits {
    @Test
    void isCalledOffWhenTheConnectionIsLost() {
      answers.request(1);
      fetch(1);
      Replica.Read read = replica.expectMessageClass(Replica.Read.class);
      read.replyTo()
          .tell(
              new actors.partition.ReplicaReply.Data(
                  read.correlation(), Errors.NONE, java.util.Optional.empty(), 0, 0, 0, true));
      apiVersions(2);

      client.sendComplete();

      assertThat(replica.expectMessageClass(Replica.CancelRead.class).correlation())
          .isEqualTo(read.correlation());
    }

    @Test
    void isAnsweredWhenItsTimeIsOver() {
      answers.request(1);
      send(ApiKeys.FETCH, FETCH_VERSION, 1, fetchRequest().setMaxWaitMs(1));
      Replica.Read read = replica.expectMessageClass(Replica.Read.class);

      read.replyTo()
          .tell(
              new actors.partition.ReplicaReply.Data(
                  read.correlation(), Errors.NONE, java.util.Optional.empty(), 0, 0, 0, true));

      answer(1, ApiKeys.FETCH, FETCH_VERSION);
      replica.expectMessageClass(Replica.CancelRead.class);
    }
  }

  /** Answers when the test says so. */
  private final class Held implements ApiHandler {
    @Override
    public ApiKeys api() {
      return ApiKeys.METADATA;
    }

    @Override
    public void handle(Exchange exchange) {
      CompletableFuture<ApiMessage> answer = new CompletableFuture<>();
      exchange.respond(answer);
      asked.add(answer);
    }
  }

  private static final class Broken implements ApiHandler {
    @Override
    public ApiKeys api() {
      return ApiKeys.DESCRIBE_CLUSTER;
    }

    @Override
    public void handle(Exchange exchange) {
      throw new IllegalStateException("broken on purpose");
    }
  }

  private void ask(int correlation) {
    MetadataRequestData request = new MetadataRequestData();
    request.topics().add(new MetadataRequestData.MetadataRequestTopic().setName("orders"));
    send(ApiKeys.METADATA, METADATA_VERSION, correlation, request);
  }

  private void awaitAsked() {
    assertThat(nextAsked()).isNotNull();
  }

  private CompletableFuture<ApiMessage> nextAsked() {
    try {
      CompletableFuture<ApiMessage> next = asked.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertThat(next).as("a request that reached its handler").isNotNull();
      return next;
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  private void apiVersions(int correlation) {
    send(ApiKeys.API_VERSIONS, (short) 3, correlation, versionsRequest());
  }

  private static ApiVersionsRequestData versionsRequest() {
    return new ApiVersionsRequestData().setClientSoftwareName("test").setClientSoftwareVersion("1");
  }

  private void produce(int correlation, short acks, String topic) {
    Uuid id = node.metadata().topic(topic).orElseThrow().id();
    ProduceRequestData request = new ProduceRequestData().setAcks(acks).setTimeoutMs(1_000);
    ProduceRequestData.TopicProduceData data =
        new ProduceRequestData.TopicProduceData().setTopicId(id);
    data.partitionData()
        .add(
            new ProduceRequestData.PartitionProduceData()
                .setIndex(0)
                .setRecords(MemoryRecords.readableRecords(Batches.of(1, node.nowMillis()))));
    request.topicData().add(data);
    send(ApiKeys.PRODUCE, PRODUCE_VERSION, correlation, request);
  }

  private FetchRequestData fetchRequest() {
    Uuid id = node.metadata().topic("orders").orElseThrow().id();
    FetchRequestData request =
        new FetchRequestData().setMinBytes(1).setMaxWaitMs(1_000_000).setSessionEpoch(-1);
    FetchRequestData.FetchTopic topic = new FetchRequestData.FetchTopic().setTopicId(id);
    topic
        .partitions()
        .add(new FetchRequestData.FetchPartition().setPartition(0).setPartitionMaxBytes(1_000));
    request.topics().add(topic);
    return request;
  }

  private void fetch(int correlation) {
    send(ApiKeys.FETCH, FETCH_VERSION, correlation, fetchRequest());
  }

  private void send(ApiKeys api, short version, int correlation, ApiMessage request) {
    client.sendNext(frame(api, version, correlation, request));
  }

  private static ByteBuffer frame(ApiKeys api, short version, int correlation, ApiMessage request) {
    return Wire.frame(new RequestHeader(api, version, "test", correlation), request);
  }

  private static MetadataResponseData named(String cluster) {
    return new MetadataResponseData().setClusterId(cluster);
  }

  private String clusterOf(int correlation) {
    return ((MetadataResponseData) answer(correlation, ApiKeys.METADATA, METADATA_VERSION))
        .clusterId();
  }

  /** The next answer that the client reads. */
  private ApiMessage answer(int correlation, ApiKeys api, short version) {
    while (received.isEmpty()) {
      split(answers.expectNext());
    }
    ByteBuffer sent = received.remove();
    assertThat(ResponseHeader.parse(sent, api.responseHeaderVersion(version)).correlationId())
        .isEqualTo(correlation);
    ApiMessage read = api.messageType.newResponse();
    read.read(new ByteBufferAccessor(sent), version);
    return read;
  }

  private void split(Outgoing message) {
    ByteBuffer bytes = Wire.bytes(message);
    List<ByteBuffer> frames = new ArrayList<>();
    while (bytes.hasRemaining()) {
      int size = bytes.getInt();
      frames.add(bytes.slice(bytes.position(), size));
      bytes.position(bytes.position() + size);
    }
    received.addAll(frames);
  }
}
