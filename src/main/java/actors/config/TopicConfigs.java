package actors.config;

import static org.apache.kafka.common.config.ConfigDef.Range.atLeast;
import static org.apache.kafka.common.config.ConfigDef.Range.between;
import static org.apache.kafka.common.config.ConfigDef.Type.BOOLEAN;
import static org.apache.kafka.common.config.ConfigDef.Type.DOUBLE;
import static org.apache.kafka.common.config.ConfigDef.Type.INT;
import static org.apache.kafka.common.config.ConfigDef.Type.LIST;
import static org.apache.kafka.common.config.ConfigDef.Type.LONG;
import static org.apache.kafka.common.config.ConfigDef.Type.STRING;

import actors.Outcome;
import actors.config.TopicSetting.BrokerSynonym;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ValidList;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.protocol.Errors;

/**
 * The catalogue of topic settings. Names, types, defaults and bounds are Kafka's; {@code flush} is
 * Granary's own.
 */
public final class TopicConfigs {
  /** {@code flush}: leave it to the operating system when appends reach the disk. */
  public static final String FLUSH_OS = "os";

  /** {@code flush}: an append is on the disk before it is acknowledged. */
  public static final String FLUSH_COMMIT = "commit";

  /** Ends the documentation of a setting that is taken and shown but not acted on. */
  public static final String ACCEPTED_ONLY = "(Accepted for compatibility; has no effect yet.)";

  private static final int MEBIBYTE = 1024 * 1024;
  private static final long DAY_MILLIS = 24L * 60 * 60 * 1000;

  static final List<TopicSetting> SETTINGS =
      List.of(
          setting(
                  "cleanup.policy",
                  LIST,
                  List.of("delete"),
                  "What becomes of old segments: delete drops them by age and size, compact keeps the last record of each key.")
              .within(ValidList.in(false, "compact", "delete"))
              .defaultedBy("log.cleanup.policy"),
          setting(
                  "compression.type",
                  STRING,
                  "producer",
                  "How batches are stored: producer keeps them as they were sent, else they are packed anew.")
              .within(ValidString.in("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"))
              .defaultedBy("compression.type"),
          setting(
                  "compression.gzip.level",
                  INT,
                  -1,
                  "Level of gzip where the broker packs: 1 to 9, -1 for the library's own.")
              .within(Validators.oneOrBetween(-1, 1, 9))
              .defaultedBy("compression.gzip.level"),
          setting("compression.lz4.level", INT, 9, "Level of lz4 where the broker packs.")
              .within(between(1, 17))
              .defaultedBy("compression.lz4.level"),
          setting("compression.zstd.level", INT, 3, "Level of zstd where the broker packs.")
              .within(between(-131072, 22))
              .defaultedBy("compression.zstd.level"),
          setting(
                  "delete.retention.ms",
                  LONG,
                  DAY_MILLIS,
                  "How long compaction keeps the marker of a deleted key, milliseconds.")
              .within(atLeast(0))
              .defaultedBy("log.cleaner.delete.retention.ms"),
          setting(
                  "file.delete.delay.ms",
                  LONG,
                  60_000L,
                  "How long a dropped file stays on the disk, milliseconds.")
              .within(atLeast(0))
              .defaultedBy("log.segment.delete.delay.ms"),
          setting(
                  "flush",
                  STRING,
                  FLUSH_OS,
                  "When appends reach the disk: os leaves it to the operating system, commit waits for the disk before an append is acknowledged.")
              .within(ValidString.in(FLUSH_OS, FLUSH_COMMIT))
              .defaultedBy("flush"),
          setting(
                  "flush.messages",
                  LONG,
                  Long.MAX_VALUE,
                  "Force a partition to the disk after this many records; 1 is the same as flush=commit.")
              .within(atLeast(1))
              .defaultedBy("log.flush.interval.messages"),
          setting(
                  "flush.ms",
                  LONG,
                  Long.MAX_VALUE,
                  "Force a partition to the disk after this time, milliseconds.")
              .within(atLeast(0))
              .defaultedBy(BrokerSynonym.inMillis("log.flush.interval.ms")),
          setting(
                  "follower.replication.throttled.replicas",
                  LIST,
                  List.of(),
                  "Replicas that are filled no faster than follower.replication.throttled.rate: partition:broker pairs, or *.")
              .within(Validators.throttledReplicas()),
          setting(
                  "index.interval.bytes",
                  INT,
                  4096,
                  "Bytes of log between two entries of its index.")
              .within(atLeast(0))
              .defaultedBy("log.index.interval.bytes"),
          setting(
                  "leader.replication.throttled.replicas",
                  LIST,
                  List.of(),
                  "Replicas that fill others no faster than leader.replication.throttled.rate: partition:broker pairs, or *.")
              .within(Validators.throttledReplicas()),
          setting(
                  "max.compaction.lag.ms",
                  LONG,
                  Long.MAX_VALUE,
                  "A record is compacted at the latest after this time, milliseconds.")
              .within(atLeast(1))
              .defaultedBy("log.cleaner.max.compaction.lag.ms"),
          setting(
                  "max.message.bytes",
                  INT,
                  MEBIBYTE + 12,
                  "Largest record batch taken, bytes, as sent.")
              .within(atLeast(0))
              .defaultedBy("message.max.bytes"),
          setting(
                  "message.timestamp.after.max.ms",
                  LONG,
                  3_600_000L,
                  "How far a record's timestamp may be ahead of the broker's clock, milliseconds.")
              .within(atLeast(0))
              .defaultedBy("log.message.timestamp.after.max.ms"),
          setting(
                  "message.timestamp.before.max.ms",
                  LONG,
                  Long.MAX_VALUE,
                  "How far a record's timestamp may be behind the broker's clock, milliseconds.")
              .within(atLeast(0))
              .defaultedBy("log.message.timestamp.before.max.ms"),
          setting(
                  "message.timestamp.type",
                  STRING,
                  "CreateTime",
                  "Whose clock stamps records: CreateTime the producer's, LogAppendTime the broker's.")
              .within(ValidString.in("CreateTime", "LogAppendTime"))
              .defaultedBy("log.message.timestamp.type"),
          setting(
                  "min.cleanable.dirty.ratio",
                  DOUBLE,
                  0.5,
                  "Share of a log that must be new before it is compacted.")
              .within(between(0, 1))
              .defaultedBy("log.cleaner.min.cleanable.ratio"),
          setting(
                  "min.compaction.lag.ms",
                  LONG,
                  0L,
                  "A record stays uncompacted at least this time, milliseconds.")
              .within(atLeast(0))
              .defaultedBy("log.cleaner.min.compaction.lag.ms"),
          setting(
                  "min.insync.replicas",
                  INT,
                  1,
                  "How many replicas must hold a batch before acks=all is answered.")
              .within(atLeast(1))
              .defaultedBy("min.insync.replicas"),
          setting(
                  "preallocate",
                  BOOLEAN,
                  false,
                  "Give a new segment its full size on the disk at once.")
              .defaultedBy("log.preallocate"),
          setting(
                  "retention.bytes",
                  LONG,
                  -1L,
                  "Old segments go when the partition is larger than this; -1 for no limit.")
              .within(atLeast(-1))
              .defaultedBy("log.retention.bytes"),
          setting(
                  "retention.ms",
                  LONG,
                  7 * DAY_MILLIS,
                  "Old segments go when their newest record is older than this, milliseconds; -1 for never.")
              .within(atLeast(-1))
              .defaultedBy(
                  BrokerSynonym.inMillis("log.retention.ms"),
                  BrokerSynonym.inMinutes("log.retention.minutes"),
                  BrokerSynonym.inHours("log.retention.hours", 168)),
          setting(
                  "segment.bytes",
                  INT,
                  1024 * MEBIBYTE,
                  "Size at which a new segment is begun, bytes.")
              .within(atLeast(MEBIBYTE))
              .defaultedBy("log.segment.bytes"),
          setting(
                  "segment.index.bytes",
                  INT,
                  10 * MEBIBYTE,
                  "Largest size of a segment's index, bytes.")
              .within(atLeast(4))
              .defaultedBy("log.index.size.max.bytes"),
          setting(
                  "segment.jitter.ms",
                  LONG,
                  0L,
                  "Begin a new segment up to this much earlier, at random, milliseconds.")
              .within(atLeast(0))
              .defaultedBy(
                  BrokerSynonym.inMillis("log.roll.jitter.ms"),
                  BrokerSynonym.inHours("log.roll.jitter.hours", 0)),
          setting(
                  "segment.ms",
                  LONG,
                  7 * DAY_MILLIS,
                  "Age at which a new segment is begun, milliseconds.")
              .within(atLeast(1))
              .defaultedBy(
                  BrokerSynonym.inMillis("log.roll.ms"),
                  BrokerSynonym.inHours("log.roll.hours", 168)),
          setting(
                  "unclean.leader.election.enable",
                  BOOLEAN,
                  false,
                  "Let a replica lead that may lack acknowledged records, where no other is alive.")
              .defaultedBy("unclean.leader.election.enable"));

  static final Catalogue CATALOGUE = new Catalogue("topic", definition());

  private TopicConfigs() {}

  public static SortedSet<String> names() {
    return CATALOGUE.names();
  }

  /**
   * The broker-wide setting in the same unit that gives a topic setting its default, such as {@code
   * log.retention.ms} for {@code retention.ms}.
   */
  public static Optional<String> brokerSettingOf(String topicSetting) {
    return SETTINGS.stream()
        .filter(setting -> setting.name().equals(topicSetting))
        .flatMap(setting -> setting.synonyms().stream())
        .map(BrokerSynonym::name)
        .findFirst();
  }

  /**
   * Whether a topic may have these settings of its own. The refusal names the setting, and for an
   * unknown name the nearest known one.
   */
  public static Outcome<Map<String, String>> check(Map<String, String> configs) {
    return CATALOGUE
        .parse(configs)
        .fold(
            parsed -> checkTogether(configs, parsed),
            refused -> Outcome.refused(refused.error(), "%s", refused.message()));
  }

  private static Outcome<Map<String, String>> checkTogether(
      Map<String, String> configs, Map<String, Object> parsed) {
    long minLagMillis = (Long) parsed.getOrDefault("min.compaction.lag.ms", 0L);
    long maxLagMillis = (Long) parsed.getOrDefault("max.compaction.lag.ms", Long.MAX_VALUE);
    return minLagMillis > maxLagMillis
        ? Outcome.refused(
            Errors.INVALID_CONFIG,
            "min.compaction.lag.ms (%d) is larger than max.compaction.lag.ms (%d).",
            minLagMillis,
            maxLagMillis)
        : Outcome.accepted(configs);
  }

  private static TopicSetting setting(
      String name, ConfigDef.Type type, Object standard, String doc) {
    return TopicSetting.of(name, type, standard, doc);
  }

  private static ConfigDef definition() {
    ConfigDef definition = new ConfigDef();
    SETTINGS.forEach(setting -> setting.defineIn(definition));
    return definition;
  }
}
