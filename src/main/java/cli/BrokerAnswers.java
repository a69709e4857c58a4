package cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeClusterRequest;
import org.apache.kafka.common.requests.DescribeClusterResponse;
import org.apache.kafka.common.requests.DescribeQuorumRequest;
import org.apache.kafka.common.requests.DescribeQuorumResponse;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.MetadataResponse;
import streams.kafka.BrokerConnection;

/**
 * Asks every broker of a cluster by itself and all of them at once. Kafka's admin client asks
 * whichever it likes, waits for one that hangs, and does not say whom it has asked; but how a
 * cluster is when some of it is gone is the question here.
 */
final class BrokerAnswers implements AutoCloseable {
  private final Duration patience;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "ask");
            thread.setDaemon(true);
            return thread;
          });
  private final Map<String, Answer> answers = new LinkedHashMap<>();

  /**
   * @param patience for each step of talking to a broker
   */
  BrokerAnswers(Duration patience) {
    this.patience = patience;
  }

  /** What a broker says, or why there is no answer. */
  private sealed interface Answer {}

  /**
   * @param quorum as this broker sees the journal; empty if it is no voter
   */
  record View(
      BrokerConnection connection,
      DescribeClusterResponseData cluster,
      Optional<DescribeQuorumResponseData.PartitionData> quorum)
      implements Answer {

    boolean seesALeader() {
      return quorum.filter(journal -> journal.leaderId() >= 0).isPresent();
    }

    private long term() {
      return quorum.map(journal -> (long) journal.leaderEpoch()).orElse(-1L);
    }

    private long index() {
      return quorum.map(DescribeQuorumResponseData.PartitionData::highWatermark).orElse(-1L);
    }

    /** All topics as this broker knows them. */
    MetadataResponseData topics() throws IOException {
      return ((MetadataResponse) connection.ask(MetadataRequest.Builder.allTopics())).data();
    }
  }

  private record Silence(String reason) implements Answer {}

  /** Asks those that are given, and then those that they name. */
  void ask(Collection<InetSocketAddress> bootstrap) {
    askNew(bootstrap);
    List<InetSocketAddress> named = new ArrayList<>();
    for (View view : views()) {
      view.cluster()
          .brokers()
          .forEach(
              broker ->
                  named.add(InetSocketAddress.createUnresolved(broker.host(), broker.port())));
    }
    askNew(named);
  }

  private void askNew(Collection<InetSocketAddress> addresses) {
    Map<String, CompletableFuture<Answer>> asked = new LinkedHashMap<>();
    for (InetSocketAddress address : addresses) {
      String name = name(address.getHostString(), address.getPort());
      if (!answers.containsKey(name)) {
        asked.computeIfAbsent(
            name, key -> CompletableFuture.supplyAsync(() -> answer(address), threads));
      }
    }
    asked.forEach((name, answer) -> answers.put(name, answer.join()));
  }

  static String name(String host, int port) {
    return host + ":" + port;
  }

  private Answer answer(InetSocketAddress address) {
    BrokerConnection connection = null;
    try {
      connection = BrokerConnection.open(address.getHostString(), address.getPort(), patience);
      return new View(connection, cluster(connection), quorum(connection));
    } catch (UnknownHostException unresolved) {
      return new Silence("no such host");
    } catch (IOException | KafkaException noAnswer) {
      close(connection);
      return new Silence(noAnswer.getMessage());
    }
  }

  /** With the brokers under a fence, where the broker knows of that (KIP-1073). */
  private static DescribeClusterResponseData cluster(BrokerConnection connection)
      throws IOException {
    DescribeClusterRequestData question = new DescribeClusterRequestData();
    try {
      return describe(connection, question.setIncludeFencedBrokers(true));
    } catch (UnsupportedVersionException older) {
      return describe(connection, question.setIncludeFencedBrokers(false));
    }
  }

  private static DescribeClusterResponseData describe(
      BrokerConnection connection, DescribeClusterRequestData question) throws IOException {
    return ((DescribeClusterResponse) connection.ask(new DescribeClusterRequest.Builder(question)))
        .data();
  }

  private static Optional<DescribeQuorumResponseData.PartitionData> quorum(
      BrokerConnection connection) throws IOException {
    TopicPartition journal = new TopicPartition("__cluster_metadata", 0);
    DescribeQuorumResponse answer =
        (DescribeQuorumResponse)
            connection.ask(
                new DescribeQuorumRequest.Builder(DescribeQuorumRequest.singletonRequest(journal)));
    return answer.data().topics().stream()
        .flatMap(topic -> topic.partitions().stream())
        .filter(partition -> partition.errorCode() == Errors.NONE.code())
        .findFirst();
  }

  private List<View> views() {
    return answers.values().stream().filter(View.class::isInstance).map(View.class::cast).toList();
  }

  /**
   * The answer to go by: of one who sees the journal led, in the latest term, as far as it goes.
   * Empty if nobody answers.
   */
  Optional<View> newest() {
    return views().stream()
        .max(
            Comparator.comparing(View::seesALeader)
                .thenComparing(View::term)
                .thenComparing(View::index));
  }

  /** Why there is no answer, by address; for all that were asked and gave none. */
  Map<String, String> silent() {
    Map<String, String> silent = new LinkedHashMap<>();
    answers.forEach(
        (address, answer) -> {
          if (answer instanceof Silence silence) {
            silent.put(address, silence.reason());
          }
        });
    return silent;
  }

  private static void close(BrokerConnection connection) {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (IOException e) {
      // Nothing was being said.
    }
  }

  @Override
  public void close() {
    views().forEach(view -> close(view.connection()));
    threads.shutdownNow();
  }
}
