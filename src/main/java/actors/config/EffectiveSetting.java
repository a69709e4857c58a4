package actors.config;

import java.util.List;
import org.apache.kafka.common.config.ConfigDef;

/**
 * One setting with the value in force, and all that {@code DescribeConfigs} tells of it.
 *
 * @param parsed the value by its {@link ConfigDef.Type}: a Long, Integer, Double, Boolean, String
 *     or List of String; null where there is neither value nor default
 * @param synonyms every place that gives a value, the one in force first
 */
public record EffectiveSetting(
    String name,
    Object parsed,
    SettingSource source,
    ConfigDef.Type type,
    String documentation,
    List<Synonym> synonyms) {
  public EffectiveSetting {
    synonyms = List.copyOf(synonyms);
  }

  /** The value as text; null where there is none. */
  public String value() {
    return ConfigDef.convertToString(parsed, type);
  }

  /**
   * A value for the same thing under the name of the place that gives it.
   *
   * @param name such as {@code log.retention.hours} for {@code retention.ms}
   * @param value as written there, in the unit of that name
   */
  public record Synonym(String name, String value, SettingSource source) {}
}
