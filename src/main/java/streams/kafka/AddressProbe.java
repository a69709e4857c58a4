package streams.kafka;

import java.io.IOException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.DescribeConfigsRequest;
import org.apache.kafka.common.requests.DescribeConfigsResponse;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.MetadataResponse;

/**
 * Finds out who answers at an advertised address, by asking as a client would.
 *
 * <p>Whom it reached it takes from what the other side says of itself: the id of its cluster, and
 * the broker whose settings it tells, since a broker tells its own only. That holds whatever lies
 * in between (port forwarding, address translation, a proxy), all of which change the port that a
 * connection seems to come from; so to look for the probe's own port among the connections that
 * came in would call a good address wrong. And it can name who answers instead.
 */
final class AddressProbe {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** A setting that is nobody's: only whether it is answered for a broker counts. */
  private static final String NO_SETTING = "advertised-address-probe";

  private AddressProbe() {}

  /**
   * @param brokerId of the broker that advertises the address
   * @param others ids of the cluster's other brokers
   */
  record Target(
      String host, int port, String clusterId, int brokerId, Collection<Integer> others) {}

  /** Blocks, for half a minute at the worst; fails never. */
  static AddressFinding probe(Target target) {
    try (BrokerConnection connection =
        BrokerConnection.open(target.host(), target.port(), PATIENCE)) {
      return identify(connection, target);
    } catch (UnknownHostException unresolved) {
      return new AddressFinding(AddressFinding.Kind.UNRESOLVED, "");
    } catch (BrokerConnection.NotKafka | KafkaException noBroker) {
      return new AddressFinding(AddressFinding.Kind.NO_BROKER, noBroker.getMessage());
    } catch (IOException noAnswer) {
      return new AddressFinding(AddressFinding.Kind.NO_ANSWER, noAnswer.getMessage());
    }
  }

  private static AddressFinding identify(BrokerConnection connection, Target target)
      throws IOException {
    AbstractResponse metadata = connection.ask(new MetadataRequest.Builder(List.of(), false));
    String cluster = ((MetadataResponse) metadata).clusterId();
    if (!target.clusterId().equals(cluster)) {
      return new AddressFinding(AddressFinding.Kind.OTHER_CLUSTER, String.valueOf(cluster));
    }
    AbstractResponse settings = connection.ask(settingsOfAll(target));
    OptionalInt speaker = speaker(((DescribeConfigsResponse) settings).resultMap());
    if (speaker.isPresent() && speaker.getAsInt() == target.brokerId()) {
      return AddressFinding.itself();
    }
    return new AddressFinding(
        AddressFinding.Kind.OTHER_BROKER,
        speaker.isPresent() ? "broker " + speaker.getAsInt() : "another broker");
  }

  private static DescribeConfigsRequest.Builder settingsOfAll(Target target) {
    List<DescribeConfigsResource> brokers =
        Stream.concat(Stream.of(target.brokerId()), target.others().stream())
            .map(
                id ->
                    new DescribeConfigsResource()
                        .setResourceType(ConfigResource.Type.BROKER.id())
                        .setResourceName(Integer.toString(id))
                        .setConfigurationKeys(List.of(NO_SETTING)))
            .toList();
    return new DescribeConfigsRequest.Builder(
        new DescribeConfigsRequestData().setResources(brokers));
  }

  /** The broker that speaks for itself. */
  private static OptionalInt speaker(Map<ConfigResource, DescribeConfigsResult> answers) {
    return answers.entrySet().stream()
        .filter(answer -> answer.getValue().errorCode() == Errors.NONE.code())
        .mapToInt(answer -> Integer.parseInt(answer.getKey().name()))
        .findFirst();
  }
}
