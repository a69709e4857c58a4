package clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Real requests, spoiled: each is answered or ends its connection, and the broker goes on as if
 * nothing had been.
 *
 * <p>{@code -Dclients.fuzz.seed=N} runs one seed, {@code -Dclients.fuzz.frames=N} so many frames of
 * each.
 */
@ExtendWith(HostileBroker.class)
class FuzzedFramesIT {
  private static final int FRAMES = Integer.getInteger("clients.fuzz.frames", 1000);
  private static final int SENTINEL = 0x0ff1ce;
  private static final Duration LONG_POLL_PATIENCE = Duration.ofMillis(100);

  private final RunningBroker broker;

  FuzzedFramesIT(RunningBroker broker) {
    this.broker = broker;
  }

  static LongStream seeds() {
    Long chosen = Long.getLong("clients.fuzz.seed");
    return chosen == null ? LongStream.rangeClosed(1, 4) : LongStream.of(chosen);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void spoiledRequestsAreAnsweredOrEndTheirConnection(long seed) throws IOException {
    String topic = Clients.newTopic(broker, "fuzzed");
    List<String> values = IntStream.range(0, 20).mapToObj(i -> "kept " + i).toList();
    values.forEach(value -> Clients.send(broker, topic, value));
    Uuid id = idOf(topic);
    FrameMutator mutator = new FrameMutator(seed, samples(topic, id));

    for (int number = 0; number < FRAMES; number++) {
      byte[] frame = mutator.next();
      if (deletes(frame, topic, id)) {
        continue;
      }
      try {
        provoke(frame, number % 10 == 9);
        broker.assertUnharmed();
      } catch (IOException | AssertionError e) {
        throw new AssertionError(
            "seed %d, frame %d: %s".formatted(seed, number, HexFormat.of().formatHex(frame)), e);
      }
    }

    assertThat(Clients.readAll(broker, new TopicPartition(topic, 0)))
        .extracting(ConsumerRecord::value)
        .startsWith(values.toArray(String[]::new));
  }

  /**
   * @param rawly the frame's first bytes are taken for its length, and nothing follows it; else it
   *     goes with its true length and a request behind it that must be answered
   */
  private void provoke(byte[] frame, boolean rawly) throws IOException {
    try (WireConnection wire = WireConnection.to(broker)) {
      if (rawly) {
        wire.sendBytes(frame);
        wire.endOutput();
        assertThat(wire.endsByItself()).as("the broker ends the connection").isTrue();
      } else {
        // A spoiled fetch may well mean to wait for hours.
        if (frame.length > 1 && frame[0] == 0 && frame[1] == ApiKeys.FETCH.id) {
          wire.patience(LONG_POLL_PATIENCE);
        }
        wire.sendFrame(ByteBuffer.wrap(frame));
        awaitSentinel(wire, frame);
      }
    } catch (EOFException | SocketException e) {
      // The connection ended: as good an answer.
    }
  }

  private static void awaitSentinel(WireConnection wire, byte[] frame) throws IOException {
    ApiVersionsRequest request = new ApiVersionsRequest(new ApiVersionsRequestData(), (short) 0);
    RequestHeader header = new RequestHeader(ApiKeys.API_VERSIONS, (short) 0, "", SENTINEL);
    wire.sendFrame(request.serializeWithHeader(header));
    try {
      for (int answers = 0; answers < 2; answers++) {
        if (wire.receiveFrame().getInt() == SENTINEL) {
          return;
        }
      }
      throw new AssertionError("two answers, and neither to the request that followed");
    } catch (SocketTimeoutException e) {
      if (frame[1] != ApiKeys.FETCH.id) {
        throw e;
      }
    }
  }

  /** A spoiled frame may happen to be a right one, for what is to be kept. */
  private static boolean deletes(byte[] frame, String topic, Uuid id) {
    ByteBuffer bytes = ByteBuffer.wrap(frame);
    try {
      RequestHeader header = RequestHeader.parse(bytes);
      if (header.apiKey() != ApiKeys.DELETE_TOPICS) {
        return false;
      }
      DeleteTopicsRequestData request =
          new DeleteTopicsRequestData(new ByteBufferAccessor(bytes), header.apiVersion());
      return request.topicNames().contains(topic)
          || request.topics().stream()
              .anyMatch(each -> topic.equals(each.name()) || id.equals(each.topicId()));
    } catch (RuntimeException malformed) {
      return false;
    }
  }

  private Uuid idOf(String topic) {
    try (Admin admin = Clients.admin(broker)) {
      return Clients.result(admin.describeTopics(List.of(topic)).allTopicNames())
          .get(topic)
          .topicId();
    }
  }

  private List<byte[]> samples(String topic, Uuid id) throws IOException {
    try (WireConnection wire = WireConnection.to(broker)) {
      ApiVersionsResponse served =
          (ApiVersionsResponse)
              wire.ask(new ApiVersionsRequest(new ApiVersionsRequestData(), (short) 0));
      List<byte[]> samples = SampleFrames.of(topic, id, served.data().apiKeys());
      assertThat(samples).hasSizeGreaterThan(50);
      return samples;
    }
  }
}
