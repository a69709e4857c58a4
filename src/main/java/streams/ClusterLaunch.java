package streams;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.net.BindException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import streams.net.FreePorts;

/**
 * The first start of the brokers of a cluster in this program, all at once since none serves before
 * a majority is there.
 *
 * @param started all of them, by id
 * @param temporary where their data directories lie, if nobody asked for one
 */
record ClusterLaunch(Map<Integer, Granary> started, Optional<TemporaryDirectory> temporary) {
  private static final String REPLICATION_FACTOR = "default.replication.factor";
  private static final String MIN_ISR = "min.insync.replicas";
  private static final int REPLICAS = 3;

  /** Starts them; with other ports if somebody else takes one before they do. */
  static ClusterLaunch of(int brokers, GranarySettings each) {
    for (int attempt = 1; ; attempt++) {
      try {
        return once(brokers, each);
      } catch (StartFailed failed) {
        if (attempt == Limits.PORT_TRIES_MAX || !isPortTaken(failed)) {
          throw failed;
        }
      }
    }
  }

  private static boolean isPortTaken(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof BindException) {
        return true;
      }
    }
    return false;
  }

  private static ClusterLaunch once(int brokers, GranarySettings each) {
    Optional<TemporaryDirectory> temporary =
        each.dataDirectory().isPresent()
            ? Optional.empty()
            : Optional.of(TemporaryDirectory.create());
    Path root = each.dataDirectory().orElseGet(() -> temporary.orElseThrow().path());
    List<Integer> ports = FreePorts.take(brokers);
    GranarySettings alike = temporary.isPresent() ? each.withJournalOfItsOwn() : each;
    Config cluster = section(temporary.isPresent(), each.host(), ports);
    List<CompletableFuture<Granary>> starting =
        IntStream.rangeClosed(1, brokers)
            .mapToObj(
                id ->
                    replicating(ofNode(alike, id), brokers)
                        .withRemotingPort(ports.get(id - 1))
                        .withDataDirectory(root.resolve(Integer.toString(id)))
                        .withConfig(cluster))
            .map(one -> Granary.startAsync(one).toCompletableFuture())
            .toList();
    Map<Integer, Granary> started = new TreeMap<>();
    List<StartFailed> failures = new ArrayList<>();
    for (CompletableFuture<Granary> start : starting) {
      try {
        Granary broker = start.join();
        started.put(broker.brokerId(), broker);
      } catch (CompletionException e) {
        failures.add((StartFailed) e.getCause());
      }
    }
    if (!failures.isEmpty()) {
      started.values().forEach(Granary::close);
      temporary.ifPresent(TemporaryDirectory::delete);
      throw failures.get(0);
    }
    return new ClusterLaunch(started, temporary);
  }

  private static GranarySettings ofNode(GranarySettings each, int id) {
    GranarySettings one = each.withBrokerId(id);
    int first = each.kafkaPort().orElse(0);
    return first == 0 ? one : one.withKafkaPort(first + id - 1);
  }

  private static GranarySettings replicating(GranarySettings one, int brokers) {
    Map<String, String> settings = new TreeMap<>();
    settings.put(REPLICATION_FACTOR, Integer.toString(Math.min(REPLICAS, brokers)));
    settings.put(MIN_ISR, brokers >= REPLICAS ? "2" : "1");
    settings.putAll(one.brokerSettings());
    return one.withBrokerSettings(settings);
  }

  /** What all nodes have to know of each other, as a cluster file would say it. */
  private static Config section(boolean passing, String host, List<Integer> ports) {
    Map<String, Object> section = new LinkedHashMap<>();
    section.put("name", passing ? "embedded-" + UUID.randomUUID() : "embedded");
    section.put(
        "journal-voters",
        IntStream.rangeClosed(1, Math.min(ports.size(), Limits.VOTERS_MAX)).boxed().toList());
    section.put(
        "nodes",
        IntStream.rangeClosed(1, ports.size())
            .mapToObj(
                id ->
                    Map.<String, Object>of(
                        "id", id, "host", host, "remoting-port", ports.get(id - 1)))
            .toList());
    return ConfigFactory.parseMap(Map.of("granary.cluster", section), "a cluster in this program");
  }
}
