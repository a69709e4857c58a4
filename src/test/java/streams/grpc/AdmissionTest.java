package streams.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.testkit.TestSubscriber;
import org.apache.pekko.stream.testkit.javadsl.TestSink;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class AdmissionTest {
  private static final ActorTestKit KIT =
      ActorTestKit.create(
          "admission",
          ConfigFactory.parseString("pekko { actor.provider = local, loglevel = WARNING }")
              .withFallback(ConfigFactory.load()));
  private static final int STREAMS = 3;
  private static final long LEAST = Limits.STREAM_BYTES_MIN;
  private static final long ALL = STREAMS * LEAST + 100;
  private static final long MUCH = 4 * LEAST;

  private final Admission admission = new Admission(STREAMS, ALL);

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  /** Says what share it has, and stays. */
  private TestSubscriber.Probe<Long> open(long wanted) {
    return admission
        .admit(() -> wanted, share -> Source.single(share).concat(Source.maybe()))
        .runWith(TestSink.create(KIT.system()), KIT.system());
  }

  /** What a stream gets that ends at once; nothing if it is refused. */
  private long shareOf(long wanted) {
    return GrpcBroker.get(
        admission
            .admit(() -> wanted, share -> Source.single(share))
            .recover(StatusRuntimeException.class, () -> 0L)
            .runWith(Sink.head(), KIT.system()));
  }

  @Test
  void leavesEachThatMayComeTheLeastShareOfWhatTheFirstWants() {
    TestSubscriber.Probe<Long> first = open(MUCH);

    assertThat(first.requestNext()).isEqualTo(LEAST + 100);
    assertThat(open(MUCH).requestNext()).isEqualTo(LEAST);
    assertThat(open(1).requestNext()).isEqualTo(1);
    first.cancel();
    Awaitility.await().until(() -> shareOf(MUCH) == LEAST + 100);
  }

  @Test
  void namesTheLimitToThoseWhoCannotComeIn() {
    for (int stream = 0; stream < STREAMS; stream++) {
      open(1).requestNext();
    }

    StatusRuntimeException refused = (StatusRuntimeException) open(1).request(1).expectError();

    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(refused.getStatus().getDescription()).contains("granary.grpc.streams-max");
  }

  @Test
  void givesBackTheShareOfAStreamThatIsRefused() {
    for (int refused = 0; refused < 2 * STREAMS; refused++) {
      admission
          .<Long>admit(
              () -> MUCH,
              share -> {
                throw Refusals.of(Errors.INVALID_REQUEST, "not this one");
              })
          .runWith(TestSink.create(KIT.system()), KIT.system())
          .request(1)
          .expectError();
    }

    Awaitility.await().until(() -> shareOf(MUCH) == LEAST + 100);
  }
}
