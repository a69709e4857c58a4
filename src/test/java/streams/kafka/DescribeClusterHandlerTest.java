package streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class DescribeClusterHandlerTest extends HandlerFixture {
  private static final short NEWEST = ApiKeys.DESCRIBE_CLUSTER.latestVersion(false);

  private final DescribeClusterHandler handler = new DescribeClusterHandler();

  static List<Short> versions() {
    return versions(ApiKeys.DESCRIBE_CLUSTER);
  }

  @ParameterizedTest
  @MethodSource("versions")
  void showsTheLiveBrokersInEveryVersion(short version) {
    node.shows(Images.fenced(3, Images.BROKERS));

    DescribeClusterResponseData answer = ask(new DescribeClusterRequestData(), version);

    assertThat(answer.errorCode()).isZero();
    assertThat(answer.clusterId()).isEqualTo(Images.CLUSTER_ID);
    assertThat(answer.controllerId()).isEqualTo(2);
    assertThat(answer.brokers()).extracting("brokerId").containsExactly(1, 2);
    assertThat(answer.brokers().find(1).port()).isEqualTo(9093);
    assertThat(answer.brokers().find(1).rack()).isEqualTo("rack-1");
    assertThat(answer.clusterAuthorizedOperations()).isEqualTo(Integer.MIN_VALUE);
  }

  @Test
  void showsFencedBrokersToWhoAsksForThem() {
    node.shows(Images.fenced(3, Images.BROKERS));

    DescribeClusterResponseData answer =
        ask(new DescribeClusterRequestData().setIncludeFencedBrokers(true), NEWEST);

    assertThat(answer.brokers()).extracting("isFenced").containsExactly(false, false, true);
  }

  @Test
  void allowsEverythingToEverybody() {
    DescribeClusterResponseData answer =
        ask(new DescribeClusterRequestData().setIncludeClusterAuthorizedOperations(true), NEWEST);

    assertThat(answer.clusterAuthorizedOperations()).isEqualTo(8096);
  }

  @ParameterizedTest
  @CsvSource({"2, MISMATCHED_ENDPOINT_TYPE", "9, UNSUPPORTED_ENDPOINT_TYPE"})
  void isNoControllersEndpoint(byte type, Errors error) {
    DescribeClusterResponseData answer =
        ask(new DescribeClusterRequestData().setEndpointType(type), NEWEST);

    assertThat(answer.errorCode()).isEqualTo(error.code());
    assertThat(answer.brokers()).isEmpty();
  }

  private DescribeClusterResponseData ask(DescribeClusterRequestData request, short version) {
    return handle(handler, request, version).answer(DescribeClusterResponseData.class);
  }
}
