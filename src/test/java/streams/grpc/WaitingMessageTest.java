package streams.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.testkit.TestPublisher;
import org.apache.pekko.stream.testkit.TestSubscriber;
import org.apache.pekko.stream.testkit.javadsl.TestSink;
import org.apache.pekko.stream.testkit.javadsl.TestSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import streams.grpc.v1.ProduceRecord;
import streams.grpc.v1.ProduceRequest;
import streams.net.MemoryBudget;

class WaitingMessageTest {
  private static final ProduceRequest TWO_RECORDS =
      ProduceRequest.newBuilder().addRecords(record("a")).addRecords(record("b")).build();
  private static final ProduceRequest LARGE =
      ProduceRequest.newBuilder()
          .addRecords(record("l".repeat((int) Limits.STREAM_BYTES_MIN)))
          .build();
  private static ActorTestKit kit;

  private final MemoryBudget budget = new MemoryBudget(0);
  private TestPublisher.Probe<ProduceRequest> client;
  private TestSubscriber.Probe<ProduceRecord> stage;

  @BeforeAll
  static void start() {
    kit = Elsewhere.kit();
  }

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  private static ProduceRecord record(String topic) {
    return ProduceRecord.newBuilder().setTopic(topic).build();
  }

  @BeforeEach
  void connect() {
    Pair<TestPublisher.Probe<ProduceRequest>, TestSubscriber.Probe<ProduceRecord>> probes =
        TestSource.<ProduceRequest>create(kit.system())
            .via(new WaitingMessage<>(budget))
            .mapConcat(ProduceRequest::getRecordsList)
            .toMat(TestSink.create(kit.system()), Keep.both())
            .run(kit.system());
    client = probes.first();
    stage = probes.second();
  }

  private void sendTwo() {
    stage.request(1);
    client.sendNext(TWO_RECORDS);
    stage.expectNext(record("a"));
  }

  private void expectNothingHeld() {
    TestProbe<Void> probe = kit.createTestProbe();
    probe.awaitAssert(
        () -> {
          assertThat(budget.usedBytes()).isZero();
          return null;
        });
  }

  @Test
  void countsAMessageUntilItsLastRecordIsTakenAndAnotherIsWanted() {
    sendTwo();
    assertThat(budget.usedBytes()).isEqualTo(TWO_RECORDS.getSerializedSize());

    stage.request(1).expectNext(record("b"));
    assertThat(budget.usedBytes()).isEqualTo(TWO_RECORDS.getSerializedSize());
    stage.request(1);
    expectNothingHeld();
  }

  @Test
  void theLastMessageWaitsThoughTheClientHasSaidAll() {
    sendTwo();
    client.sendComplete();

    stage.request(2).expectNext(record("b")).expectComplete();
    expectNothingHeld();
  }

  @Test
  void holdsNothingOfAStreamThatHasEnded() {
    sendTwo();
    stage.cancel();

    expectNothingHeld();
  }

  @Test
  void holdsNothingOfAStreamThatHasFailed() {
    sendTwo();
    client.sendError(new IllegalStateException("the connection is lost"));

    stage.expectError();
    expectNothingHeld();
  }

  @Test
  void refusesALargeMessageWhereTooMuchWaits() {
    budget.take(1);
    stage.request(1);
    client.sendNext(LARGE);

    Throwable failure = stage.expectError();

    assertThat(((StatusRuntimeException) failure).getStatus().getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(budget.usedBytes()).isEqualTo(1);
  }

  @Test
  void takesASmallMessageThoughTooMuchWaits() {
    budget.take(1);

    sendTwo();
  }

  @Test
  void takesALargeMessageWhereLittleWaits() {
    stage.request(1);
    client.sendNext(LARGE);

    stage.expectNext(LARGE.getRecords(0));
    assertThat(budget.usedBytes()).isEqualTo(LARGE.getSerializedSize());
  }
}
