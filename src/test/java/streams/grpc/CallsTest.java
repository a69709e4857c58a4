package streams.grpc;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls by bytes, as somebody makes them who has no client of ours. */
@ExtendWith(GrpcBroker.class)
@TestInstance(Lifecycle.PER_CLASS)
class CallsTest {
  /** No message of any kind: a field of a length that goes beyond the end. */
  private static final byte[] NONSENSE = {0x0a, 0x7f, 0x01};

  private ManagedChannel channel;
  private GrpcBroker.Running broker;

  @BeforeAll
  void connect(GrpcBroker.Running running) {
    broker = running;
    channel = NettyChannelBuilder.forAddress("127.0.0.1", running.port()).usePlaintext().build();
  }

  @AfterAll
  void close() {
    channel.shutdownNow();
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** The first answer; fails with the status if there is none. */
  private byte[] call(String method, byte[] message, CallOptions options) {
    return call(method, message, options, headers -> {});
  }

  private byte[] call(
      String method, byte[] message, CallOptions options, Consumer<Metadata> onHeaders) {
    MethodDescriptor<byte[], byte[]> descriptor =
        MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodType.SERVER_STREAMING)
            .setFullMethodName(method)
            .setRequestMarshaller(new Bytes())
            .setResponseMarshaller(new Bytes())
            .build();
    ClientCall<byte[], byte[]> call = channel.newCall(descriptor, options);
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onHeaders(Metadata headers) {
            onHeaders.accept(headers);
          }

          @Override
          public void onMessage(byte[] bytes) {
            answer.complete(bytes);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            answer.completeExceptionally(status.asRuntimeException(trailers));
          }
        },
        new Metadata());
    call.setMessageCompression(true);
    call.request(1);
    call.sendMessage(message);
    call.halfClose();
    return GrpcBroker.get(answer);
  }

  private StatusRuntimeException failure(String method, byte[] message, CallOptions options) {
    CompletionException failed =
        catchThrowableOfType(CompletionException.class, () -> call(method, message, options));
    return (StatusRuntimeException) failed.getCause();
  }

  /** Every client of the libraries says that it could, and folding costs more than all else. */
  @Test
  void sendsMessagesAsTheyAreThoughTheClientCouldUnfoldThem() {
    CompletableFuture<Metadata> headers = new CompletableFuture<>();

    call("granary.v1.Partitions/WatchTopics", new byte[0], CallOptions.DEFAULT, headers::complete);

    assertThat(
            GrpcBroker.get(headers)
                .get(Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER)))
        .isIn(null, "identity");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "granary.v1.Topics/DescribeTopic",
        "granary.v1.Topics/CreateTopic",
        "granary.v1.Records/Consume",
        "granary.v1.Records/Produce",
        "granary.v1.Partitions/Converse",
        "granary.v1.Groups/Ask",
        "granary.v1.Groups/Watch"
      })
  void answersNonsenseWithAStatus(String method) {
    StatusRuntimeException failure = failure(method, NONSENSE, CallOptions.DEFAULT);

    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(GrpcBroker.refusal(failure).info().getReason()).isEqualTo("MALFORMED");
    assertThat(failure.getStatus().getDescription()).doesNotContain("Exception", "at streams");
  }

  @ParameterizedTest
  @ValueSource(strings = {"granary.v1.Topics/NoSuchCall", "no.such.Service/Call"})
  void answersACallThatIsNotThere(String method) {
    assertThat(failure(method, new byte[0], CallOptions.DEFAULT).getStatus().getCode())
        .isEqualTo(Status.Code.UNIMPLEMENTED);
  }

  @Test
  void refusesCompressedMessages() {
    StatusRuntimeException failure =
        failure(
            "granary.v1.Topics/ListTopics",
            new byte[] {0x08, 0x01},
            CallOptions.DEFAULT.withCompression("gzip"));

    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
    assertThat(failure.getStatus().getDescription()).contains("without compression");
  }

  @Test
  void saysWhatItServes() {
    byte[] listServices = {0x3a, 0x00};

    String answer =
        new String(
            call(
                "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                listServices,
                CallOptions.DEFAULT),
            ISO_8859_1);

    assertThat(answer)
        .contains(
            "granary.v1.Records",
            "granary.v1.Topics",
            "granary.v1.Partitions",
            "granary.v1.Groups");
  }

  @Test
  void endsACallThatReadsAtItsDeadline() {
    String topic = broker.topic(1, Map.of());
    byte[] consume =
        streams.grpc.v1.ConsumeRequest.newBuilder().setTopic(topic).build().toByteArray();

    StatusRuntimeException failure =
        failure(
            "granary.v1.Records/Consume",
            consume,
            CallOptions.DEFAULT.withDeadlineAfter(50, java.util.concurrent.TimeUnit.MILLISECONDS));

    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
  }

  @ParameterizedTest
  @CsvSource({
    "1H,PT1H",
    "2M,PT2M",
    "30S,PT30S",
    "1500m,PT1.5S",
    "7u,PT0.000007S",
    "9n,PT0.000000009S"
  })
  void readsDeadlines(String header, Duration timeout) {
    assertThat(Calls.timeout(header)).contains(timeout);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "S", "-1S", "123456789S", "1.5S", "1s"})
  void passesOverWhatIsNoDeadline(String header) {
    assertThat(Calls.timeout(header)).isEmpty();
  }
}
