package streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FindCoordinatorHandlerTest extends HandlerFixture {
  private static final short NEWEST = ApiKeys.FIND_COORDINATOR.latestVersion(false);
  private static final int BATCHED_SINCE = 4;

  private final FindCoordinatorHandler handler = new FindCoordinatorHandler();

  static List<Short> versions() {
    return versions(ApiKeys.FIND_COORDINATOR);
  }

  @ParameterizedTest
  @MethodSource("versions")
  void namesTheBrokerOfTheGroupsCoordinatorInEveryVersion(short version) {
    node.coordinates(new FakeGroups().coordinates("readers", 2));

    FindCoordinatorResponseData answer = ask(request("readers", version), version);

    if (version < BATCHED_SINCE) {
      assertThat(answer.errorCode()).isZero();
      assertThat(answer.nodeId()).isEqualTo(2);
      assertThat(answer.port()).isPositive();
    } else {
      assertThat(answer.coordinators().get(0).errorCode()).isZero();
      assertThat(answer.coordinators().get(0).nodeId()).isEqualTo(2);
      assertThat(answer.coordinators().get(0).key()).isEqualTo("readers");
    }
  }

  @ParameterizedTest
  @MethodSource("versions")
  void letsClientsAskAgainWhileThereIsNone(short version) {
    node.coordinates(new FakeGroups());

    FindCoordinatorResponseData answer = ask(request("readers", version), version);

    short error =
        version < BATCHED_SINCE ? answer.errorCode() : answer.coordinators().get(0).errorCode();
    assertThat(Errors.forCode(error).exception()).isInstanceOf(RetriableException.class);
  }

  @Test
  void saysOfEachKeyWhereItsCoordinatorIs() {
    node.coordinates(new FakeGroups().coordinates("a", 1));

    FindCoordinatorResponseData answer =
        ask(new FindCoordinatorRequestData().setCoordinatorKeys(List.of("a", "b")), NEWEST);

    assertThat(answer.coordinators()).extracting("key").containsExactly("a", "b");
    assertThat(answer.coordinators().get(0).errorCode()).isZero();
    assertThat(answer.coordinators().get(1).errorMessage()).contains("nobody coordinates b");
  }

  @Test
  void saysThatTransactionsAreMissing() {
    FindCoordinatorResponseData answer =
        ask(
            new FindCoordinatorRequestData()
                .setKeyType((byte) 1)
                .setCoordinatorKeys(List.of("transfers")),
            NEWEST);

    assertThat(answer.coordinators().get(0).errorMessage()).contains("transactional.id");
  }

  @Test
  void refusesAnUnknownKindOfCoordinator() {
    FindCoordinatorResponseData answer =
        ask(
            new FindCoordinatorRequestData().setKeyType((byte) 9).setCoordinatorKeys(List.of("a")),
            NEWEST);

    assertThat(answer.coordinators().get(0).errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
  }

  @Test
  void refusesWhatPassesTheBoundOfOneRequest() {
    List<String> keys = Collections.nCopies(RequestLimits.COORDINATOR_KEYS_MAX + 1, "k");

    FindCoordinatorResponseData answer =
        ask(new FindCoordinatorRequestData().setCoordinatorKeys(keys), NEWEST);

    assertThat(answer.coordinators().get(0).errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
  }

  private FindCoordinatorResponseData ask(FindCoordinatorRequestData request, short version) {
    return handle(handler, request, version).answer(FindCoordinatorResponseData.class);
  }

  private static FindCoordinatorRequestData request(String key, short version) {
    return version < BATCHED_SINCE
        ? new FindCoordinatorRequestData().setKey(key)
        : new FindCoordinatorRequestData().setCoordinatorKeys(List.of(key));
  }
}
