package actors.config;

import actors.Outcome;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.protocol.Errors;

/** The settings known for one kind of thing, and the check of somebody's wishes against them. */
final class Catalogue {
  /** An unknown name is repeated to whoever sent it, but not at any length. */
  private static final int NAME_SHOWN_CHARS_MAX = 100;

  /** Values are kept in the image of the cluster, on every broker. */
  private static final int VALUE_CHARS_MAX = 4096;

  private final String subject;
  private final ConfigDef definition;
  private final SortedSet<String> names;

  /**
   * @param subject what is set, for messages: "topic" or "broker"
   */
  Catalogue(String subject, ConfigDef definition) {
    this.subject = subject;
    this.definition = definition;
    this.names = Collections.unmodifiableSortedSet(new TreeSet<>(definition.names()));
  }

  SortedSet<String> names() {
    return names;
  }

  ConfigDef.ConfigKey key(String name) {
    return definition.configKeys().get(name);
  }

  /** The parsed values in order of name, or the first that is unknown or out of bounds. */
  Outcome<Map<String, Object>> parse(Map<String, String> settings) {
    Map<String, Object> parsed = new TreeMap<>();
    for (Map.Entry<String, String> setting : new TreeMap<>(settings).entrySet()) {
      Optional<String> problem = problem(setting.getKey(), setting.getValue());
      if (problem.isPresent()) {
        return Outcome.refused(Errors.INVALID_CONFIG, "%s", problem.get());
      }
      parsed.put(setting.getKey(), valueOf(setting.getKey(), setting.getValue()));
    }
    return Outcome.accepted(parsed);
  }

  /** What is wrong with this setting, naming it; empty if nothing is. */
  Optional<String> problem(String name, String value) {
    if (!names.contains(name)) {
      return Optional.of(unknown(name));
    }
    if (value == null) {
      return Optional.of("The %s setting %s has no value.".formatted(subject, name));
    }
    if (value.length() > VALUE_CHARS_MAX) {
      return Optional.of(
          "The value of the %s setting %s has %d characters, of at most %d."
              .formatted(subject, name, value.length(), VALUE_CHARS_MAX));
    }
    try {
      valueOf(name, value);
      return Optional.empty();
    } catch (ConfigException malformed) {
      return Optional.of(malformed.getMessage());
    }
  }

  /**
   * @throws ConfigException if the value cannot be read or is out of bounds
   */
  private Object valueOf(String name, String value) {
    ConfigDef.ConfigKey key = key(name);
    Object parsed = ConfigDef.parseType(name, value, key.type);
    if (parsed == null) {
      throw new ConfigException(name, value, "must have a value");
    }
    if (key.validator != null) {
      key.validator.ensureValid(name, parsed);
    }
    return parsed;
  }

  private String unknown(String name) {
    String shown =
        name.length() > NAME_SHOWN_CHARS_MAX ? name.substring(0, NAME_SHOWN_CHARS_MAX) : name;
    String hint = NearestName.of(shown, names).map(" Did you mean %s?"::formatted).orElse("");
    return "There is no %s setting named %s.%s".formatted(subject, shown, hint);
  }
}
