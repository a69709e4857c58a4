package actors.config;

import actors.InvariantViolation;
import actors.config.TopicSetting.BrokerSynonym;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;

/**
 * What is in force for a topic: its own settings over the broker's over the defaults. Immutable;
 * made once per image of the topic, not per request.
 */
public final class EffectiveTopicConfig {
  /** In order of name. */
  private final Map<String, EffectiveSetting> settings;

  private EffectiveTopicConfig(Map<String, EffectiveSetting> settings) {
    this.settings = Collections.unmodifiableMap(settings);
  }

  /**
   * @param topicConfigs what the topic itself has, checked before by {@link TopicConfigs#check}
   * @throws InvariantViolation if it was not
   */
  public static EffectiveTopicConfig of(
      Map<String, String> topicConfigs, BrokerConfigs brokerConfigs) {
    Map<String, Object> own =
        TopicConfigs.CATALOGUE
            .parse(topicConfigs)
            .fold(
                parsed -> parsed,
                refused -> {
                  throw new InvariantViolation("unchecked topic settings: " + refused.message());
                });
    Map<String, EffectiveSetting> settings = new TreeMap<>();
    for (TopicSetting setting : TopicConfigs.SETTINGS) {
      settings.put(setting.name(), layered(setting, own, brokerConfigs));
    }
    return new EffectiveTopicConfig(settings);
  }

  /** Every setting with the value in force, in order of name. */
  public List<EffectiveSetting> settings() {
    return List.copyOf(settings.values());
  }

  public EffectiveSetting setting(String name) {
    return settings.get(name);
  }

  public boolean deletesOldSegments() {
    return texts("cleanup.policy").contains("delete");
  }

  public boolean compacts() {
    return texts("cleanup.policy").contains("compact");
  }

  /** {@code producer}, {@code uncompressed} or the name of a codec. */
  public String compressionType() {
    return (String) parsed("compression.type");
  }

  public int gzipLevel() {
    return integer("compression.gzip.level");
  }

  public int lz4Level() {
    return integer("compression.lz4.level");
  }

  public int zstdLevel() {
    return integer("compression.zstd.level");
  }

  public long deleteRetentionMillis() {
    return number("delete.retention.ms");
  }

  public long fileDeleteDelayMillis() {
    return number("file.delete.delay.ms");
  }

  /**
   * Whether an append is forced to the disk before it is acknowledged. {@code flush} and {@code
   * flush.messages} both have a say: the one set closer to the topic decides, and where both are
   * set at the same place the safer one.
   */
  public boolean flushesBeforeAcknowledging() {
    EffectiveSetting flush = setting("flush");
    EffectiveSetting messages = setting("flush.messages");
    boolean byFlush = flush.parsed().equals(TopicConfigs.FLUSH_COMMIT);
    boolean byMessages = messages.parsed().equals(1L);
    if (flush.source().isMoreSpecificThan(messages.source())) {
      return byFlush;
    }
    if (messages.source().isMoreSpecificThan(flush.source())) {
      return byMessages;
    }
    return byFlush || byMessages;
  }

  /** Records between two forced flushes; {@code Long.MAX_VALUE} for never. */
  public long flushRecords() {
    return number("flush.messages");
  }

  /** Time between two forced flushes; {@code Long.MAX_VALUE} for never. */
  public long flushMillis() {
    return number("flush.ms");
  }

  public int indexIntervalBytes() {
    return integer("index.interval.bytes");
  }

  public long maxCompactionLagMillis() {
    return number("max.compaction.lag.ms");
  }

  public long minCompactionLagMillis() {
    return number("min.compaction.lag.ms");
  }

  public double minCleanableDirtyRatio() {
    return (Double) parsed("min.cleanable.dirty.ratio");
  }

  /** Largest record batch, as sent. */
  public int batchBytesMax() {
    return integer("max.message.bytes");
  }

  public long timestampAfterMaxMillis() {
    return number("message.timestamp.after.max.ms");
  }

  public long timestampBeforeMaxMillis() {
    return number("message.timestamp.before.max.ms");
  }

  /** Whether the broker's clock stamps records, instead of the producer's. */
  public boolean stampsAppendTime() {
    return parsed("message.timestamp.type").equals("LogAppendTime");
  }

  public int minInsyncReplicas() {
    return integer("min.insync.replicas");
  }

  public boolean preallocates() {
    return bool("preallocate");
  }

  /** -1 for no limit. */
  public long retentionBytes() {
    return number("retention.bytes");
  }

  /** -1 for no limit. */
  public long retentionMillis() {
    return number("retention.ms");
  }

  public int segmentBytes() {
    return integer("segment.bytes");
  }

  public int segmentIndexBytes() {
    return integer("segment.index.bytes");
  }

  public long segmentJitterMillis() {
    return number("segment.jitter.ms");
  }

  public long segmentMillis() {
    return number("segment.ms");
  }

  public boolean electsUncleanLeaders() {
    return bool("unclean.leader.election.enable");
  }

  private Object parsed(String name) {
    return settings.get(name).parsed();
  }

  private int integer(String name) {
    return (Integer) parsed(name);
  }

  private long number(String name) {
    return (Long) parsed(name);
  }

  private boolean bool(String name) {
    return (Boolean) parsed(name);
  }

  private List<?> texts(String name) {
    return (List<?>) parsed(name);
  }

  private static EffectiveSetting layered(
      TopicSetting setting, Map<String, Object> own, BrokerConfigs brokerConfigs) {
    List<EffectiveSetting.Synonym> synonyms = new ArrayList<>();
    Object value = null;
    SettingSource source = null;
    if (own.containsKey(setting.name())) {
      value = own.get(setting.name());
      source = SettingSource.TOPIC;
      synonyms.add(
          new EffectiveSetting.Synonym(
              setting.name(), ConfigDef.convertToString(value, setting.type()), source));
    }
    for (SettingSource layer : List.of(SettingSource.BROKER, SettingSource.DEFAULT)) {
      for (BrokerSynonym synonym : setting.synonyms()) {
        EffectiveSetting broker = brokerConfigs.setting(synonym.name());
        if (broker.source() == layer && broker.parsed() != null) {
          synonyms.addAll(broker.synonyms());
          value = value == null ? synonym.toTopicUnit(broker.parsed()) : value;
          source = source == null ? layer : source;
        }
      }
    }
    return new EffectiveSetting(
        setting.name(),
        value == null ? setting.standard() : value,
        source == null ? SettingSource.DEFAULT : source,
        setting.type(),
        setting.documentation(),
        synonyms);
  }
}
