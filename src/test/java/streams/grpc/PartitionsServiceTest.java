package streams.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static streams.grpc.GrpcBroker.get;
import static streams.grpc.GrpcBroker.refusal;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.testkit.TestPublisher;
import org.apache.pekko.stream.testkit.TestSubscriber;
import org.apache.pekko.stream.testkit.javadsl.TestSink;
import org.apache.pekko.stream.testkit.javadsl.TestSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import streams.grpc.v1.NextProducerIdRequest;
import streams.grpc.v1.PartitionRequest;
import streams.grpc.v1.PartitionRequest.Append;
import streams.grpc.v1.PartitionRequest.FindOffset;
import streams.grpc.v1.PartitionRequest.Forget;
import streams.grpc.v1.PartitionRequest.Load;
import streams.grpc.v1.PartitionRequest.Read;
import streams.grpc.v1.PartitionResponse;
import streams.grpc.v1.PartitionResponse.AnswerCase;
import streams.grpc.v1.PartitionsClient;
import streams.grpc.v1.Topic;
import streams.grpc.v1.TopicsChanged;
import streams.grpc.v1.WatchTopicsRequest;
import streams.net.MemoryBudget;

@ExtendWith(GrpcBroker.class)
@TestInstance(Lifecycle.PER_CLASS)
class PartitionsServiceTest {
  private static final int ALL = -1;

  private GrpcBroker.Running broker;
  private PartitionsClient partitions;

  @BeforeAll
  void connect(GrpcBroker.Running running) {
    broker = running;
    partitions = PartitionsClient.create(running.client(), running.system());
  }

  @AfterAll
  void close() {
    get(partitions.close());
  }

  private long producerId() {
    return get(partitions.nextProducerId(NextProducerIdRequest.getDefaultInstance()))
        .getProducerId();
  }

  private static ByteString batch(long producerId, int sequence, String... values) {
    SimpleRecord[] records = new SimpleRecord[values.length];
    for (int i = 0; i < values.length; i++) {
      records[i] =
          new SimpleRecord(
              1_000L, null, values[i].getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    return ByteString.copyFrom(
        MemoryRecords.withIdempotentRecords(
                Compression.NONE, producerId, (short) 0, sequence, records)
            .buffer());
  }

  private PartitionRequest.Builder about(long number, String topic) {
    return PartitionRequest.newBuilder()
        .setRequest(number)
        .setTopicId(TopicMessages.bytes(broker.node().metadata().topic(topic).orElseThrow().id()))
        .setLeaderEpoch(
            broker.node().metadata().partition(topic, 0).orElseThrow().leaderEpoch().value());
  }

  private PartitionRequest append(long number, String topic, ByteString batch) {
    return about(number, topic).setAppend(Append.newBuilder().setAcks(ALL).setBatch(batch)).build();
  }

  private static Read.Builder from(long offset) {
    return Read.newBuilder().setOffset(offset).setMaxBytes(1 << 20).setWaitPast(ALL);
  }

  private List<PartitionResponse> ask(PartitionRequest... requests) {
    return get(
        partitions.converse(Source.from(List.of(requests))).runWith(Sink.seq(), broker.system()));
  }

  @Nested
  class Appending {
    @Test
    void writesABatchOnceHoweverOftenItIsSent() {
      String topic = broker.topic(1, Map.of());
      long id = producerId();
      ByteString first = batch(id, 0, "a", "b");

      PartitionResponse once = ask(append(1, topic, first)).get(0);
      PartitionResponse again = ask(append(1, topic, first)).get(0);
      List<PartitionResponse> next =
          ask(append(7, topic, first), append(8, topic, batch(id, 2, "c")));

      assertThat(once.getAppended().getError()).isZero();
      assertThat(once.getAppended().getBaseOffset()).isZero();
      assertThat(again.getAppended().getBaseOffset()).isZero();
      assertThat(next)
          .extracting(answer -> answer.getAppended().getBaseOffset())
          .containsExactly(0L, 2L);
    }

    @Test
    void refusesWhatALeaderMayNotTake() {
      String topic = broker.topic(1, Map.of("max.message.bytes", "200"));
      long known = producerId();
      ask(append(1, topic, batch(known, 0, "a")));
      byte[] damaged = batch(producerId(), 0, "a").toByteArray();
      damaged[damaged.length - 1]++;

      assertThat(codeOf(append(1, topic, ByteString.copyFrom(damaged))))
          .isEqualTo(Errors.CORRUPT_MESSAGE);
      assertThat(codeOf(append(1, topic, ByteString.EMPTY))).isEqualTo(Errors.INVALID_RECORD);
      assertThat(codeOf(append(1, topic, batch(producerId(), 0, "x".repeat(300)))))
          .isEqualTo(Errors.MESSAGE_TOO_LARGE);
      assertThat(codeOf(append(1, topic, batch(known, 5, "a"))))
          .isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
      assertThat(codeOf(about(1, topic).setAppend(Append.newBuilder().setAcks(3)).build()))
          .isEqualTo(Errors.INVALID_REQUIRED_ACKS);
    }

    private Errors codeOf(PartitionRequest request) {
      return Errors.forCode((short) ask(request).get(0).getAppended().getError());
    }

    @Test
    void comparesTopicPartitionAndReignBeforeAnythingElse() {
      String topic = broker.topic(1, Map.of());
      PartitionRequest sound = append(1, topic, batch(producerId(), 0, "a"));

      assertThat(codeOf(sound.toBuilder().setLeaderEpoch(sound.getLeaderEpoch() - 1).build()))
          .isEqualTo(Errors.FENCED_LEADER_EPOCH);
      assertThat(codeOf(sound.toBuilder().setLeaderEpoch(sound.getLeaderEpoch() + 1).build()))
          .isEqualTo(Errors.UNKNOWN_LEADER_EPOCH);
      assertThat(codeOf(sound.toBuilder().setPartition(1).build()))
          .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
      assertThat(codeOf(sound.toBuilder().setTopicId(ByteString.copyFromUtf8("x")).build()))
          .isEqualTo(Errors.UNKNOWN_TOPIC_ID);
    }
  }

  @Nested
  class Reading {
    @Test
    void tellsHowMuchThereIsAndSendsItWhenAskedTo() {
      String topic = broker.topic(1, Map.of());
      ByteString batch = batch(producerId(), 0, "a", "b");
      ask(append(1, topic, batch));

      List<PartitionResponse> answers =
          converse(
              about(1, topic).setRead(from(0)).build(),
              PartitionRequest.newBuilder()
                  .setRequest(1)
                  .setLoad(Load.getDefaultInstance())
                  .build());

      assertThat(answers)
          .extracting(PartitionResponse::getAnswerCase)
          .containsExactly(AnswerCase.DATA, AnswerCase.BYTES);
      assertThat(answers.get(0).getData().getSize()).isEqualTo(batch.size());
      assertThat(answers.get(1).getBytes().getBatches().size()).isEqualTo(batch.size());
    }

    /** Each question when the one before is answered. */
    private List<PartitionResponse> converse(PartitionRequest first, PartitionRequest second) {
      Conversing talk = conversation();
      talk.questions().sendNext(first);
      PartitionResponse one = talk.answers().requestNext();
      talk.questions().sendNext(second);
      PartitionResponse two = talk.answers().requestNext();
      talk.questions().sendComplete();
      talk.answers().expectComplete();
      return List.of(one, two);
    }

    private PartitionRequest promptly(String topic, int bytes) {
      return about(1, topic).setRead(from(0).setPromptBytes(bytes)).build();
    }

    @Test
    void sendsASmallPieceAtOnceToThoseWhoTakeIt() {
      String topic = broker.topic(1, Map.of());
      ByteString batch = batch(producerId(), 0, "a", "b");
      ask(append(1, topic, batch));

      Conversing talk = conversation();

      talk.questions().sendNext(promptly(topic, batch.size()));
      PartitionResponse.Data whole = talk.answers().requestNext().getData();

      assertThat(whole.getSize()).isEqualTo(batch.size());
      assertThat(whole.getBatches().size()).isEqualTo(batch.size());
      talk.questions().sendComplete();
      talk.answers().request(1).expectComplete();
    }

    @Test
    void onlyTellsOfAPieceThatIsLarger() {
      String topic = broker.topic(1, Map.of());
      ByteString batch = batch(producerId(), 0, "a", "b");
      ask(append(1, topic, batch));
      Conversing talk = conversation();

      talk.questions().sendNext(promptly(topic, batch.size() - 1));
      PartitionResponse.Data told = talk.answers().requestNext().getData();

      assertThat(told.getSize()).isEqualTo(batch.size());
      assertThat(told.getBatches().isEmpty()).isTrue();
      talk.answers().cancel();
    }

    @Test
    void onlyTellsOfASmallPieceForWhichThereIsNoMemory() {
      String topic = broker.topic(1, Map.of());
      ByteString batch = batch(producerId(), 0, "a", "b");
      ask(append(1, topic, batch));
      MemoryBudget budget = new MemoryBudget(1);
      budget.take(2);

      PartitionResponse.Data told =
          get(Source.single(promptly(topic, batch.size()))
                  .concat(Source.maybe())
                  .via(new Conversation(broker.node(), new BatchDesk(broker.node()), budget))
                  .runWith(Sink.head(), broker.system()))
              .getData();

      assertThat(told.getSize()).isEqualTo(batch.size());
      assertThat(told.getBatches().isEmpty()).isTrue();
    }

    @Test
    void tellsAWaitingReaderWhenThereIsSomething() {
      String topic = broker.topic(1, Map.of());
      Conversing talk = conversation();
      talk.questions().sendNext(about(1, topic).setRead(from(0).setWaitPast(0)).build());
      PartitionResponse nothing = talk.answers().requestNext();
      talk.questions().sendNext(append(2, topic, batch(producerId(), 0, "a")));
      PartitionResponse one = talk.answers().requestNext();
      PartitionResponse other = talk.answers().requestNext();

      assertThat(nothing.getData().getWaiting()).isTrue();
      assertThat(List.of(one, other))
          .extracting(PartitionResponse::getAnswerCase)
          .containsExactlyInAnyOrder(AnswerCase.DATA, AnswerCase.APPENDED);
      talk.questions().sendComplete();
    }

    @Test
    void forgetsAReaderThatWaitsNoMore() {
      String topic = broker.topic(1, Map.of());
      Conversing talk = conversation();
      talk.questions().sendNext(about(1, topic).setRead(from(0).setWaitPast(0)).build());
      talk.answers().requestNext();
      talk.questions()
          .sendNext(
              PartitionRequest.newBuilder()
                  .setRequest(1)
                  .setForget(Forget.getDefaultInstance())
                  .build());
      talk.questions().sendNext(append(2, topic, batch(producerId(), 0, "a")));

      assertThat(talk.answers().requestNext().getAnswerCase()).isEqualTo(AnswerCase.APPENDED);
      talk.questions().sendComplete();
      talk.answers().request(1).expectComplete();
    }

    @Test
    void findsOffsets() {
      String topic = broker.topic(1, Map.of());
      ask(append(1, topic, batch(producerId(), 0, "a", "b")));

      assertThat(found(topic, FindOffset.newBuilder().setEnd(true))).isEqualTo(2);
      assertThat(found(topic, FindOffset.newBuilder().setBeginning(true))).isZero();
      assertThat(found(topic, FindOffset.newBuilder().setTimestampMillis(5_000))).isEqualTo(-1);
    }

    private long found(String topic, FindOffset.Builder which) {
      return ask(about(1, topic).setFindOffset(which).build()).get(0).getOffsetFound().getOffset();
    }
  }

  /** A conversation that a test leads by hand. */
  private record Conversing(
      TestPublisher.Probe<PartitionRequest> questions,
      TestSubscriber.Probe<PartitionResponse> answers) {}

  private Conversing conversation() {
    Pair<TestPublisher.Probe<PartitionRequest>, Source<PartitionRequest, org.apache.pekko.NotUsed>>
        questions =
            TestSource.<PartitionRequest>create(broker.system().classicSystem())
                .preMaterialize(broker.system());
    TestSubscriber.Probe<PartitionResponse> answers =
        partitions
            .converse(questions.second())
            .runWith(TestSink.create(broker.system().classicSystem()), broker.system());
    answers.ensureSubscription();
    return new Conversing(questions.first(), answers);
  }

  @Test
  void endsAConversationThatMakesNoSense() {
    String topic = broker.topic(1, Map.of());
    PartitionRequest waiting = about(1, topic).setRead(from(0).setWaitPast(0)).build();

    assertThat(
            refusal(
                    partitions
                        .converse(Source.from(List.of(waiting, waiting)))
                        .runWith(Sink.seq(), broker.system()))
                .code())
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(
            refusal(
                    partitions
                        .converse(Source.single(PartitionRequest.getDefaultInstance()))
                        .runWith(Sink.seq(), broker.system()))
                .code())
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void showsTheTopicsAndWhatChanges() {
    String before = broker.topic(1, Map.of());
    TestSubscriber.Probe<TopicsChanged> watched =
        partitions
            .watchTopics(WatchTopicsRequest.getDefaultInstance())
            .runWith(TestSink.create(broker.system().classicSystem()), broker.system());

    TopicsChanged picture = watched.requestNext();
    String after = broker.topic(2, Map.of());
    TopicsChanged change = watched.requestNext();

    assertThat(picture.getAnew()).isTrue();
    assertThat(picture.getTopicsList()).extracting(Topic::getName).contains(before);
    assertThat(change.getAnew()).isFalse();
    assertThat(change.getTopicsList()).extracting(Topic::getName).containsExactly(after);
    watched.cancel();
  }
}
