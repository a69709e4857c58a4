package streams.grpc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.pekko.actor.typed.ActorSystem;
import streams.ConsumerSettings;
import streams.ProducerSettings;

/**
 * A cluster from a program that holds no broker of it. Settings made here work with all of {@code
 * streams.Producer} and {@code streams.Consumer}, by assignment and in groups, as those of a broker
 * do: through the loss of connections, brokers and leaders, each record once and in order.
 */
public final class GranaryClient implements AutoCloseable {
  private final RemoteTransport transport;

  private GranaryClient(RemoteTransport transport) {
    this.transport = transport;
  }

  /**
   * Connects to one of these brokers, and when it is lost to the next that answers.
   *
   * @param endpoints where brokers serve gRPC clients: {@code host:port,host:port}; one is enough,
   *     more let the client go on without it
   * @return fails, with what was tried, if none answers within {@code
   *     granary.client.connect-timeout}
   * @throws IllegalArgumentException if there is no endpoint, or one that is none
   */
  public static CompletionStage<GranaryClient> connect(ActorSystem<?> system, String endpoints) {
    ClientTuning tuning = ClientTuning.of(system.settings().config());
    RemoteTransport transport = new RemoteTransport(system, parse(endpoints), tuning);
    Line line = transport.line();
    Duration patience = tuning.connectTimeout();
    return line.open()
        .toCompletableFuture()
        .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
        .handle(
            (done, failure) -> {
              if (failure == null) {
                return new GranaryClient(transport);
              }
              String trouble = line.trouble();
              line.close();
              throw new NotConnected(
                  failure instanceof TimeoutException
                      ? trouble + " (gave up after " + patience + ")"
                      : trouble,
                  failure);
            });
  }

  private static List<Line.Endpoint> parse(String endpoints) {
    List<Line.Endpoint> parsed = new ArrayList<>();
    for (String text : endpoints.split(",", -1)) {
      int colon = text.lastIndexOf(':');
      String host = colon < 0 ? "" : text.substring(0, colon).strip();
      String port = text.substring(colon + 1).strip();
      if (host.isEmpty() || !port.matches("[0-9]{1,5}")) {
        throw new IllegalArgumentException(
            "an endpoint is host:port, and several are separated by commas; this is not: "
                + endpoints);
      }
      parsed.add(new Line.Endpoint(host, Integer.parseInt(port)));
    }
    return parsed;
  }

  /** For sinks and flows that write to the cluster. */
  public <K, V> ProducerSettings<K, V> producer(
      Serializer<K> keySerializer, Serializer<V> valueSerializer) {
    return ProducerSettings.create(transport, keySerializer, valueSerializer);
  }

  /** For sources that read from the cluster, by assignment or as members of groups. */
  public <K, V> ConsumerSettings<K, V> consumer(
      Deserializer<K> keyDeserializer, Deserializer<V> valueDeserializer) {
    return ConsumerSettings.create(transport, keyDeserializer, valueDeserializer);
  }

  /** Ends the connection; streams that still run wait for one in vain. */
  @Override
  public void close() {
    transport.line().close();
  }
}
