package actors.config;

import actors.Outcome;
import actors.config.TopicSetting.BrokerSynonym;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.protocol.Errors;

/**
 * The settings of a broker that are not about its place in the cluster: checked, typed, and ready
 * to be shown. The first part of the catalogue are defaults for topics, the second is the broker's
 * own.
 */
public final class BrokerConfigs {
  private static final Catalogue CATALOGUE = new Catalogue("broker", BrokerSettings.definition());

  /** Granary's own: what stays free on the volume of the logs. */
  public static final String LOG_BYTES_FREE_MIN = "log.dir.min.free.bytes";

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

  /** Silence after which a connection is closed; nothing if none ever is. */
  public OptionalLong connectionIdleMillisMax() {
    long millis = number("connections.max.idle.ms");
    return millis < 0 ? OptionalLong.empty() : OptionalLong.of(millis);
  }

  /** Of each connection's socket; nothing if the operating system chooses. */
  public OptionalInt sendBufferBytes() {
    int bytes = integer("socket.send.buffer.bytes");
    return bytes < 1 ? OptionalInt.empty() : OptionalInt.of(bytes);
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

  /** How long a follower may lag before it leaves the ISR. */
  public long replicaLagMillisMax() {
    return number("replica.lag.time.max.ms");
  }

  /** Whether a consumer that names its rack is sent to a replica there (KIP-392). */
  public boolean sendsConsumersToTheirRack() {
    return ((String) setting("replica.selector.class").parsed())
        .endsWith("RackAwareReplicaSelector");
  }

  /** What must stay free on the volume of the logs; -1 for a share of it. */
  public long logBytesFreeMin() {
    return number(LOG_BYTES_FREE_MIN);
  }

  public long retentionCheckIntervalMillis() {
    return number("log.retention.check.interval.ms");
  }

  /** Whether topics that ask for it are compacted. */
  public boolean cleansLogs() {
    return bool("log.cleaner.enable");
  }

  /** How many logs are compacted at a time. */
  public int cleanerThreads() {
    return integer("log.cleaner.threads");
  }

  /** Memory for the keys of all logs that are compacted at a time. */
  public long cleanerMapBytes() {
    return number("log.cleaner.dedupe.buffer.size");
  }

  /** What compaction reads and writes, all logs together. */
  public double cleanerBytesPerSecondMax() {
    return (Double) setting("log.cleaner.io.max.bytes.per.second").parsed();
  }

  /** How often each compacted log is looked at. */
  public long cleanerBackoffMillis() {
    return number("log.cleaner.backoff.ms");
  }

  /** Whether leaderships go back to preferred leaders by themselves. */
  public boolean balancesLeaders() {
    return bool("auto.leader.rebalance.enable");
  }

  public Duration leaderImbalanceCheckInterval() {
    return Duration.ofSeconds(number("leader.imbalance.check.interval.seconds"));
  }

  /** Of the partitions that prefer a broker, the share that others may lead, percent. */
  public int leaderImbalancePercentMax() {
    return integer("leader.imbalance.per.broker.percentage");
  }

  public int groupInitialDelayMillis() {
    return integer("group.initial.rebalance.delay.ms");
  }

  public int groupSessionMillisMin() {
    return integer("group.min.session.timeout.ms");
  }

  public int groupSessionMillisMax() {
    return integer("group.max.session.timeout.ms");
  }

  public int groupMembersMax() {
    return integer("group.max.size");
  }

  public int consumerSessionMillis() {
    return integer("group.consumer.session.timeout.ms");
  }

  public int consumerHeartbeatMillis() {
    return integer("group.consumer.heartbeat.interval.ms");
  }

  public int consumerMembersMax() {
    return integer("group.consumer.max.size");
  }

  /** Names of the server-side assignors that members may choose; the first is the default. */
  public List<String> consumerAssignors() {
    return ((List<?>) setting("group.consumer.assignors").parsed())
        .stream().map(String.class::cast).toList();
  }

  public String consumerMigrationPolicy() {
    return (String) setting("group.consumer.migration.policy").parsed();
  }

  public int offsetMetadataBytesMax() {
    return integer("offset.metadata.max.bytes");
  }

  public long offsetsRetentionMillis() {
    return TimeUnit.MINUTES.toMillis(integer("offsets.retention.minutes"));
  }

  public long offsetsRetentionCheckMillis() {
    return number("offsets.retention.check.interval.ms");
  }

  public int offsetsPartitions() {
    return integer("offsets.topic.num.partitions");
  }

  /** At most; a cluster of fewer nodes has fewer. */
  public int offsetsReplicationFactor() {
    return integer("offsets.topic.replication.factor");
  }

  public int offsetsSegmentBytes() {
    return integer("offsets.topic.segment.bytes");
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
}
