package actors.config;

import static org.apache.kafka.common.config.ConfigDef.Range.atLeast;

import actors.Outcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.protocol.Errors;

/**
 * The few settings of brokers that change while they run: how fast replicas that are not in sync
 * may be filled. They are in the cluster's metadata, not in its file: for one broker, or for all
 * that have none of their own.
 *
 * @param own of one broker, as text; checked before
 * @param ofAll as text; checked before
 */
public record DynamicBrokerConfigs(Map<String, String> own, Map<String, String> ofAll) {
  /** Bytes a second that a leader's broker sends to throttled followers. */
  public static final String LEADER_RATE = "leader.replication.throttled.rate";

  /** Bytes a second that a broker asks for on behalf of throttled followers. */
  public static final String FOLLOWER_RATE = "follower.replication.throttled.rate";

  /** Nothing is throttled. */
  public static final long UNLIMITED = Long.MAX_VALUE;

  /**
   * Kafka's tools take it off whether or not it is there. Nothing moves between directories here.
   */
  private static final String NEVER_SET = "replica.alter.log.dirs.io.max.bytes.per.second";

  private static final Catalogue CATALOGUE =
      new Catalogue(
          "dynamic broker",
          new ConfigDef()
              .define(
                  LEADER_RATE,
                  ConfigDef.Type.LONG,
                  UNLIMITED,
                  atLeast(0),
                  Importance.MEDIUM,
                  "Bytes a second to followers not in sync, of partitions that are throttled for"
                      + " this leader.")
              .define(
                  FOLLOWER_RATE,
                  ConfigDef.Type.LONG,
                  UNLIMITED,
                  atLeast(0),
                  Importance.MEDIUM,
                  "Bytes a second from leaders while not in sync, of partitions that are throttled"
                      + " for this follower."));

  public DynamicBrokerConfigs {
    own = Collections.unmodifiableMap(new TreeMap<>(own));
    ofAll = Collections.unmodifiableMap(new TreeMap<>(ofAll));
  }

  public static SortedSet<String> names() {
    return CATALOGUE.names();
  }

  /**
   * All that is set after a change; the refusal names the setting that cannot be changed so.
   *
   * @param changes by name of the setting; empty takes it off
   */
  public static Outcome<Map<String, String>> changed(
      Map<String, String> present, Map<String, Optional<String>> changes) {
    Map<String, String> configs = new TreeMap<>(present);
    for (Map.Entry<String, Optional<String>> change : new TreeMap<>(changes).entrySet()) {
      String name = change.getKey();
      boolean takenOff = change.getValue().isEmpty();
      if (!names().contains(name) && !(takenOff && name.equals(NEVER_SET))) {
        return Outcome.refused(
            Errors.INVALID_REQUEST,
            "The broker setting %s does not change while brokers run: it is in cluster.conf, if"
                + " there is one of that name. What does change is %s.",
            name.substring(0, Math.min(name.length(), 100)),
            String.join(" and ", names()));
      }
      if (takenOff) {
        configs.remove(name);
      } else {
        configs.put(name, change.getValue().get());
      }
    }
    return CATALOGUE
        .parse(configs)
        .fold(
            parsed -> Outcome.accepted(configs),
            refused -> Outcome.refused(refused.error(), "%s", refused.message()));
  }

  public long leaderRate() {
    return (Long) setting(LEADER_RATE).parsed();
  }

  public long followerRate() {
    return (Long) setting(FOLLOWER_RATE).parsed();
  }

  /** Every setting with the value in force for the broker, in order of name. */
  public List<EffectiveSetting> settings() {
    return names().stream().map(this::setting).toList();
  }

  private EffectiveSetting setting(String name) {
    ConfigDef.ConfigKey key = CATALOGUE.key(name);
    List<EffectiveSetting.Synonym> synonyms = new ArrayList<>();
    if (own.containsKey(name)) {
      synonyms.add(new EffectiveSetting.Synonym(name, own.get(name), SettingSource.DYNAMIC_BROKER));
    }
    if (ofAll.containsKey(name)) {
      synonyms.add(
          new EffectiveSetting.Synonym(name, ofAll.get(name), SettingSource.DYNAMIC_DEFAULT));
    }
    synonyms.add(
        new EffectiveSetting.Synonym(
            name, ConfigDef.convertToString(key.defaultValue, key.type), SettingSource.DEFAULT));
    EffectiveSetting.Synonym inForce = synonyms.get(0);
    return new EffectiveSetting(
        name,
        ConfigDef.parseType(name, inForce.value(), key.type),
        inForce.source(),
        key.type,
        key.documentation,
        synonyms);
  }
}
