package streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.NotControllerException;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class InitProducerIdHandlerTest extends HandlerFixture {
  private static final short NEWEST = ApiKeys.INIT_PRODUCER_ID.latestVersion(false);

  private final InitProducerIdHandler handler = new InitProducerIdHandler();

  static List<Short> versions() {
    return versions(ApiKeys.INIT_PRODUCER_ID);
  }

  @ParameterizedTest
  @MethodSource("versions")
  void givesAnIdInEveryVersion(short version) {
    InitProducerIdResponseData answer = ask(idempotent(), version);

    assertThat(answer.errorCode()).isZero();
    assertThat(answer.producerId()).isEqualTo(42);
    assertThat(answer.producerEpoch()).isZero();
  }

  @Test
  void givesANewIdToAProducerThatHadOne() {
    InitProducerIdResponseData answer =
        ask(idempotent().setProducerId(7).setProducerEpoch((short) 3), NEWEST);

    assertThat(answer.producerId()).isEqualTo(42);
    assertThat(answer.producerEpoch()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"7, -1", "-1, 3"})
  void refusesHalfOfAnIdentity(long id, short epoch) {
    InitProducerIdResponseData answer =
        ask(idempotent().setProducerId(id).setProducerEpoch(epoch), NEWEST);

    assertThat(answer.errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
    assertThat(answer.producerId()).isEqualTo(-1);
  }

  @Test
  void failsATransactionalProducerForGood() {
    Errors error =
        Errors.forCode(ask(idempotent().setTransactionalId("transfers"), NEWEST).errorCode());

    assertThat(error).isEqualTo(Errors.UNSUPPORTED_VERSION);
  }

  @Test
  void refusesAnEmptyTransactionalId() {
    assertThat(ask(idempotent().setTransactionalId(""), NEWEST).errorCode())
        .isEqualTo(Errors.INVALID_REQUEST.code());
  }

  @Test
  void letsTheProducerComeBackWhileNoIdIsToBeHad() {
    node.hasNextProducerId(CompletableFuture.failedStage(new NotControllerException("away")));

    assertThat(ask(idempotent(), NEWEST).errorCode())
        .isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS.code());
  }

  private InitProducerIdResponseData ask(InitProducerIdRequestData request, short version) {
    return handle(handler, request, version).answer(InitProducerIdResponseData.class);
  }

  private static InitProducerIdRequestData idempotent() {
    return new InitProducerIdRequestData().setTransactionalId(null).setTransactionTimeoutMs(60_000);
  }
}
