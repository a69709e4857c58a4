package actors.config;

import static org.apache.kafka.common.config.ConfigDef.Range.atLeast;
import static org.apache.kafka.common.config.ConfigDef.Type.BOOLEAN;
import static org.apache.kafka.common.config.ConfigDef.Type.INT;
import static org.apache.kafka.common.config.ConfigDef.Type.LONG;

import actors.Outcome;
import actors.config.TopicSetting.BrokerSynonym;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.protocol.Errors;

/**
 * The settings of a broker that are not about its place in the cluster: checked, typed, and ready
 * to be shown. The first part of the catalogue are defaults for topics, the second is the broker's
 * own.
 */
public final class BrokerConfigs {
  private static final Catalogue CATALOGUE = new Catalogue("broker", definition());

  /** Kafka's defaults throughout. */
  public static final BrokerConfigs DEFAULTS = new BrokerConfigs(new TreeMap<>());

  /** What was set, parsed; defaults are not in here. */
  private final Map<String, Object> set;

  private BrokerConfigs(Map<String, Object> set) {
    this.set = Collections.unmodifiableMap(set);
  }

  /** The settings checked; the refusal names the one that is unknown or out of bounds. */
  public static Outcome<BrokerConfigs> of(Map<String, String> settings) {
    return CATALOGUE
        .parse(settings)
        .fold(
            BrokerConfigs::checkAsTopicDefaults,
            refused -> Outcome.refused(refused.error(), "%s", refused.message()));
  }

  public static SortedSet<String> names() {
    return CATALOGUE.names();
  }

  public int partitionsPerTopic() {
    return integer("num.partitions");
  }

  public int replicationFactor() {
    return integer("default.replication.factor");
  }

  public boolean createsTopicsOnDemand() {
    return bool("auto.create.topics.enable");
  }

  public boolean deletesTopics() {
    return bool("delete.topic.enable");
  }

  /** Largest frame that is read from a socket; exceeding it closes the connection. */
  public int requestBytesMax() {
    return integer("socket.request.max.bytes");
  }

  public int connectionsMax() {
    return integer("max.connections");
  }

  public int connectionsPerAddressMax() {
    return integer("max.connections.per.ip");
  }

  public long connectionIdleMillisMax() {
    return number("connections.max.idle.ms");
  }

  /** Bytes of requests in flight over all connections; -1 for the broker's own bound. */
  public long queuedRequestBytesMax() {
    return number("queued.max.request.bytes");
  }

  /** Most partitions that one answer of DescribeTopicPartitions holds. */
  public int partitionsPerAnswerMax() {
    return integer("max.request.partition.size.limit");
  }

  /** Most bytes that one fetch is answered with, whatever the client allows. */
  public int fetchBytesMax() {
    return integer("fetch.max.bytes");
  }

  public long producerIdExpirationMillis() {
    return number("producer.id.expiration.ms");
  }

  public long retentionCheckIntervalMillis() {
    return number("log.retention.check.interval.ms");
  }

  /** Every setting with the value in force, in order of name. */
  public List<EffectiveSetting> settings() {
    return CATALOGUE.names().stream().map(this::setting).toList();
  }

  /** The value in force of a setting in the catalogue. */
  public EffectiveSetting setting(String name) {
    ConfigDef.ConfigKey key = CATALOGUE.key(name);
    boolean isSet = set.containsKey(name);
    Object parsed = isSet ? set.get(name) : key.defaultValue;
    SettingSource source = isSet ? SettingSource.BROKER : SettingSource.DEFAULT;
    EffectiveSetting.Synonym synonym =
        new EffectiveSetting.Synonym(name, ConfigDef.convertToString(parsed, key.type), source);
    return new EffectiveSetting(
        name,
        parsed,
        source,
        key.type,
        key.documentation,
        parsed == null ? List.of() : List.of(synonym));
  }

  private int integer(String name) {
    return (Integer) setting(name).parsed();
  }

  private long number(String name) {
    return (Long) setting(name).parsed();
  }

  private boolean bool(String name) {
    return (Boolean) setting(name).parsed();
  }

  /** What is given as default for topics must be what a topic may have. */
  private static Outcome<BrokerConfigs> checkAsTopicDefaults(Map<String, Object> parsed) {
    for (TopicSetting topicSetting : TopicConfigs.SETTINGS) {
      for (BrokerSynonym synonym : topicSetting.synonyms()) {
        Object value = parsed.get(synonym.name());
        if (value != null && topicSetting.validator().isPresent()) {
          try {
            topicSetting.validator().get().ensureValid(synonym.name(), synonym.toTopicUnit(value));
          } catch (ConfigException outOfBounds) {
            return Outcome.refused(Errors.INVALID_CONFIG, "%s", outOfBounds.getMessage());
          }
        }
      }
    }
    return Outcome.accepted(new BrokerConfigs(parsed));
  }

  private static ConfigDef definition() {
    ConfigDef definition = new ConfigDef();
    for (TopicSetting topicSetting : TopicConfigs.SETTINGS) {
      for (BrokerSynonym synonym : topicSetting.synonyms()) {
        definition.define(
            synonym.name(),
            synonym.type(),
            synonym.standard(),
            Importance.MEDIUM,
            "Default of the topic setting %s. %s"
                .formatted(topicSetting.name(), topicSetting.documentation()));
      }
    }
    return definition
        .define(
            "auto.create.topics.enable",
            BOOLEAN,
            true,
            Importance.HIGH,
            "Make a topic when a client first asks for it.")
        .define(
            "connections.max.idle.ms",
            LONG,
            600_000L,
            Importance.MEDIUM,
            "Close a connection on which nothing came for this time, milliseconds; -1 for never.")
        .define(
            "default.replication.factor",
            INT,
            1,
            atLeast(1),
            Importance.MEDIUM,
            "Replicas of a topic whose maker does not say.")
        .define("delete.topic.enable", BOOLEAN, true, Importance.HIGH, "Let clients delete topics.")
        .define(
            "fetch.max.bytes",
            INT,
            55 * 1024 * 1024,
            atLeast(1024),
            Importance.MEDIUM,
            "Most bytes in the answer to one fetch.")
        .define(
            "log.retention.check.interval.ms",
            LONG,
            300_000L,
            atLeast(1),
            Importance.MEDIUM,
            "How often old segments are looked for, milliseconds.")
        .define(
            "max.connections",
            INT,
            Integer.MAX_VALUE,
            atLeast(0),
            Importance.MEDIUM,
            "Most connections at one time.")
        .define(
            "max.connections.per.ip",
            INT,
            Integer.MAX_VALUE,
            atLeast(0),
            Importance.MEDIUM,
            "Most connections at one time from one address.")
        .define(
            "max.request.partition.size.limit",
            INT,
            2000,
            atLeast(1),
            Importance.MEDIUM,
            "Most partitions in one answer of DescribeTopicPartitions.")
        .define(
            "num.partitions",
            INT,
            1,
            atLeast(1),
            Importance.MEDIUM,
            "Partitions of a topic whose maker does not say.")
        .define(
            "producer.id.expiration.ms",
            LONG,
            86_400_000L,
            atLeast(1),
            Importance.LOW,
            "Forget an idempotent producer that has been silent for this time, milliseconds.")
        .define(
            "queued.max.request.bytes",
            LONG,
            -1L,
            Importance.MEDIUM,
            "Bytes of requests in flight over all connections; -1 for the broker's own bound.")
        .define(
            "socket.request.max.bytes",
            INT,
            100 * 1024 * 1024,
            atLeast(1),
            Importance.MEDIUM,
            "Largest request, bytes.");
  }
}
