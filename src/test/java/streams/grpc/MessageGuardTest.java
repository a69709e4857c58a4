package streams.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.testkit.TestPublisher;
import org.apache.pekko.stream.testkit.javadsl.TestSource;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import streams.net.MemoryBudget;

class MessageGuardTest {
  private static final int MAX = 100;
  private static ActorTestKit kit;

  private final MemoryBudget budget = new MemoryBudget(1_000);

  @BeforeAll
  static void start() {
    kit = ActorTestKit.create("guard", com.typesafe.config.ConfigFactory.load());
  }

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  private static byte[] message(int flag, int length) {
    byte[] bytes = new byte[Limits.MESSAGE_HEADER_BYTES + length];
    bytes[0] = (byte) flag;
    for (int i = 1; i < Limits.MESSAGE_HEADER_BYTES; i++) {
      bytes[i] = (byte) (length >>> (Byte.SIZE * (Limits.MESSAGE_HEADER_BYTES - 1 - i)));
    }
    return bytes;
  }

  private ByteString pass(List<ByteString> chunks) {
    CompletionStage<ByteString> passed =
        Source.from(chunks)
            .via(new MessageGuard(MAX, budget))
            .runWith(Sink.fold(ByteString.emptyByteString(), ByteString::concat), kit.system());
    return GrpcBroker.get(passed);
  }

  private static List<ByteString> cut(byte[] bytes, int size) {
    List<ByteString> chunks = new ArrayList<>();
    for (int at = 0; at < bytes.length; at += size) {
      chunks.add(ByteString.fromArray(bytes, at, Math.min(size, bytes.length - at)));
    }
    return chunks;
  }

  private Status refusal(byte[] bytes) {
    CompletionException failed =
        catchThrowableOfType(CompletionException.class, () -> pass(cut(bytes, 7)));
    return ((StatusRuntimeException) failed.getCause()).getStatus();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 5, 6, 1000})
  void passesMessagesOnHoweverTheyAreCut(int size) {
    byte[] bytes =
        ByteString.fromArray(message(0, MAX))
            .concat(ByteString.fromArray(message(0, 0)))
            .concat(ByteString.fromArray(message(0, 17)))
            .toArray();

    assertThat(pass(cut(bytes, size)).toArray()).isEqualTo(bytes);
    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void refusesByTheLengthAloneBeforeTheBytesCome() {
    byte[] header = {0, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff};

    assertThat(refusal(message(0, MAX + 1)).getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(refusal(header).getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void takesWhatComesAfterTheServiceHasEnough() {
    TestPublisher.Probe<ByteString> client =
        TestSource.<ByteString>create(kit.system())
            .via(new MessageGuard(MAX, budget))
            .to(Sink.cancelled())
            .run(kit.system());

    for (int i = 0; i < 3; i++) {
      client.sendNext(ByteString.fromArray(message(0, 5))); // waits for demand, fails if cancelled
    }

    client.sendComplete();
    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void refusesCompressedMessages() {
    assertThat(refusal(message(1, 5)).getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
  }

  @Test
  void refusesWhileOthersHoldTheMemory() {
    budget.take(1_001);

    assertThat(refusal(message(0, 5)).getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(budget.usedBytes()).isEqualTo(1_001);
  }

  @Test
  void givesBackWhatAMessageHeldThatNeverCameWhole() {
    pass(cut(message(0, MAX), 7).subList(0, 3));

    assertThat(budget.usedBytes()).isZero();
  }
}
