package streams.kafka;

import actors.controller.BrokerImage;
import actors.controller.ClusterMetadata;
import java.util.Collection;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBroker;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBrokerCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeClusterRequest;

/**
 * The brokers of the cluster (KIP-700); with those under a fence where that is asked (KIP-1073).
 */
final class DescribeClusterHandler implements ApiHandler {
  private static final byte BROKERS = 1;
  private static final byte CONTROLLERS = 2;

  @Override
  public ApiKeys api() {
    return ApiKeys.DESCRIBE_CLUSTER;
  }

  @Override
  public void handle(Exchange exchange) {
    DescribeClusterRequestData request = ((DescribeClusterRequest) exchange.request()).data();
    exchange.respond(answer(exchange.node().metadata(), request));
  }

  static DescribeClusterResponseData answer(
      ClusterMetadata image, DescribeClusterRequestData request) {
    if (request.endpointType() != BROKERS) {
      return wrongEndpoint(request.endpointType());
    }
    Collection<BrokerImage> shown =
        request.includeFencedBrokers() ? image.brokers().values() : ClusterView.live(image);
    DescribeClusterBrokerCollection brokers = new DescribeClusterBrokerCollection(shown.size());
    shown.forEach(broker -> brokers.add(broker(broker)));
    DescribeClusterResponseData answer =
        new DescribeClusterResponseData()
            .setClusterId(image.clusterId())
            .setControllerId(ClusterView.controllerId(image))
            .setBrokers(brokers);
    return request.includeClusterAuthorizedOperations()
        ? answer.setClusterAuthorizedOperations(ClusterView.CLUSTER_OPERATIONS)
        : answer;
  }

  private static DescribeClusterBroker broker(BrokerImage broker) {
    return new DescribeClusterBroker()
        .setBrokerId(broker.id())
        .setHost(broker.host())
        .setPort(broker.port())
        .setRack(broker.rack().orElse(null))
        .setIsFenced(broker.fenced());
  }

  private static DescribeClusterResponseData wrongEndpoint(byte endpointType) {
    DescribeClusterResponseData answer = new DescribeClusterResponseData();
    return endpointType == CONTROLLERS
        ? answer
            .setErrorCode(Errors.MISMATCHED_ENDPOINT_TYPE.code())
            .setErrorMessage("this listener belongs to a broker; there are none of controllers")
        : answer
            .setErrorCode(Errors.UNSUPPORTED_ENDPOINT_TYPE.code())
            .setErrorMessage("there is no endpoint type " + endpointType);
  }
}
