package streams.junit;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import streams.GranaryCluster;
import streams.GranarySettings;

/** Brokers that JUnit keeps, and closes when the context ends that they belong to. */
@SuppressWarnings("deprecation") // JUnit before 5.13 closes nothing else
final class SharedBrokers implements Store.CloseableResource, AutoCloseable {
  private final GranaryCluster cluster;
  private final AtomicInteger topics = new AtomicInteger();

  private SharedBrokers(GranaryCluster cluster) {
    this.cluster = cluster;
  }

  /** Brokers that are alike are the same ones. */
  record Wanted(int brokers, List<String> settings, boolean kafka, boolean shared) {
    static final Wanted ONE = new Wanted(1, List.of(), true, true);

    static Wanted of(GranaryTest test) {
      return new Wanted(test.brokers(), List.of(test.settings()), test.kafka(), test.shared());
    }
  }

  static SharedBrokers start(Wanted wanted) {
    GranarySettings settings =
        GranarySettings.create()
            .withBrokerSettings(settings("@GranaryTest", wanted.settings().toArray(String[]::new)));
    return new SharedBrokers(
        GranaryCluster.start(
            wanted.brokers(), wanted.kafka() ? settings : settings.withoutKafka()));
  }

  /**
   * @param place where they are said
   * @param assignments {@code name=value} each
   */
  static Map<String, String> settings(String place, String... assignments) {
    Map<String, String> settings = new TreeMap<>();
    for (String assignment : assignments) {
      int equals = assignment.indexOf('=');
      if (equals <= 0) {
        throw new ExtensionConfigurationException(
            "%s: a setting is written name=value, not \"%s\"".formatted(place, assignment));
      }
      settings.put(assignment.substring(0, equals), assignment.substring(equals + 1));
    }
    return settings;
  }

  GranaryCluster cluster() {
    return cluster;
  }

  /** A topic's name that nobody else has. */
  String nameOf(String label) {
    return label + "-" + topics.incrementAndGet();
  }

  @Override
  public void close() {
    cluster.close();
  }
}
