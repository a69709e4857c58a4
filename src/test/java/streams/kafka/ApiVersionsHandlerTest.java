package streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiVersionsHandlerTest {
  private static final short NEWEST = ApiKeys.API_VERSIONS.latestVersion(false);

  private final ApiTable table =
      Handlers.table(ApiTableTest.stub(ApiKeys.PRODUCE), ApiTableTest.stub(ApiKeys.FETCH));

  static List<Short> versions() {
    return Wire.versions(ApiKeys.API_VERSIONS);
  }

  @ParameterizedTest
  @MethodSource("versions")
  void listsTheTable(short version) {
    ApiVersionsResponseData answer = ask(named("client", "1.0"), version);

    assertThat(answer.errorCode()).isEqualTo(Errors.NONE.code());
    assertThat(answer.apiKeys()).isEqualTo(table.advertised());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "-client", "cl\nient"})
  void refusesASoftwareNameThatIsNone(String name) {
    ApiVersionsResponseData answer = ask(named(name, "1.0"), NEWEST);

    assertThat(answer.errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
    assertThat(answer.apiKeys()).isEmpty();
  }

  @Test
  void answersAnUnknownVersionInVersionZeroWithTheRangeToUse() {
    ApiVersionsResponseData answer =
        (ApiVersionsResponseData)
            Wire.response(ApiVersionsHandler.unsupportedVersion(table), (short) 0);

    assertThat(answer.errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
    assertThat(answer.apiKeys())
        .singleElement()
        .satisfies(
            range -> {
              assertThat(range.apiKey()).isEqualTo(ApiKeys.API_VERSIONS.id);
              assertThat(range.minVersion()).isZero();
              assertThat(range.maxVersion()).isEqualTo(NEWEST);
            });
  }

  @Test
  void sendsAClientBackThatMeantAnotherClusterOrBroker() {
    assertThat(ask(meant("another-cluster", FakeNode.ID), NEWEST).errorCode())
        .isEqualTo(Errors.REBOOTSTRAP_REQUIRED.code());
    assertThat(ask(meant(Images.CLUSTER_ID, 2), NEWEST).errorCode())
        .isEqualTo(Errors.REBOOTSTRAP_REQUIRED.code());
    assertThat(ask(meant(Images.CLUSTER_ID, FakeNode.ID), NEWEST).errorCode()).isZero();
  }

  @Test
  void takesAnyClusterForItsOwnUntilItKnowsIt() {
    ApiVersionsRequest request =
        (ApiVersionsRequest) Wire.request(meant("some-cluster", FakeNode.ID), NEWEST);

    ApiVersionsResponseData answer =
        (ApiVersionsResponseData) ApiVersionsHandler.answer(table, request, "", FakeNode.ID);

    assertThat(answer.errorCode()).isZero();
  }

  private ApiVersionsResponseData ask(ApiVersionsRequestData data, short version) {
    ApiVersionsRequest request = (ApiVersionsRequest) Wire.request(data, version);
    return (ApiVersionsResponseData)
        Wire.response(
            ApiVersionsHandler.answer(table, request, Images.CLUSTER_ID, FakeNode.ID), version);
  }

  private static ApiVersionsRequestData named(String name, String version) {
    return new ApiVersionsRequestData()
        .setClientSoftwareName(name)
        .setClientSoftwareVersion(version);
  }

  private static ApiVersionsRequestData meant(String cluster, int broker) {
    return named("client", "1.0").setClusterId(cluster).setNodeId(broker);
  }
}
