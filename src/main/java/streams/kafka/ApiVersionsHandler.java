package streams.kafka;

import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersionCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiVersionsRequest;

/**
 * Tells a client what it may send (KIP-35, KIP-511). A client that meant to reach another broker or
 * another cluster is told so (KIP-1242).
 *
 * <p>No feature is finalized: clients take an absent {@code transaction.version} for the first
 * transaction protocol, and look for the APIs themselves to know what groups can do.
 */
final class ApiVersionsHandler implements ApiHandler {
  private final ApiTable table;

  ApiVersionsHandler(ApiTable table) {
    this.table = table;
  }

  @Override
  public ApiKeys api() {
    return ApiKeys.API_VERSIONS;
  }

  @Override
  public void handle(Exchange exchange) {
    ApiVersionsRequest request = (ApiVersionsRequest) exchange.request();
    exchange.respond(
        answer(table, request, exchange.node().metadata().clusterId(), exchange.node().brokerId()));
  }

  /**
   * The answer to an ApiVersions of a version that we do not serve; always written as version 0,
   * which every client can read, with the range that the client should have used.
   */
  public static ApiMessage unsupportedVersion(ApiTable table) {
    ApiVersionCollection range = new ApiVersionCollection();
    table
        .entry(ApiKeys.API_VERSIONS)
        .ifPresent(
            entry ->
                range.add(
                    new ApiVersion()
                        .setApiKey(ApiKeys.API_VERSIONS.id)
                        .setMinVersion(entry.minVersion())
                        .setMaxVersion(entry.maxVersion())));
    return refused(Errors.UNSUPPORTED_VERSION).setApiKeys(range);
  }

  /**
   * @param clusterId empty while the broker does not know it yet
   */
  static ApiMessage answer(
      ApiTable table, ApiVersionsRequest request, String clusterId, int brokerId) {
    if (request.hasUnsupportedRequestVersion()) {
      return unsupportedVersion(table);
    }
    if (!request.isValid()) {
      return refused(Errors.INVALID_REQUEST);
    }
    if (isMisrouted(request.data(), clusterId, brokerId)) {
      return refused(Errors.REBOOTSTRAP_REQUIRED);
    }
    return new ApiVersionsResponseData().setApiKeys(table.advertised());
  }

  private static boolean isMisrouted(
      ApiVersionsRequestData request, String clusterId, int brokerId) {
    boolean otherCluster =
        request.clusterId() != null
            && !clusterId.isEmpty()
            && !request.clusterId().equals(clusterId);
    return otherCluster || (request.nodeId() >= 0 && request.nodeId() != brokerId);
  }

  private static ApiVersionsResponseData refused(Errors error) {
    return new ApiVersionsResponseData().setErrorCode(error.code());
  }
}
