package actors.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One object of the file. Gives values by key; a value of the wrong kind and a key that is not
 * known are mistakes with a place.
 */
final class Section {
  private final String path;
  private final ConfigObject object;

  Section(String path, ConfigObject object) {
    this.path = path;
    this.object = object;
  }

  ConfigOrigin origin() {
    return object.origin();
  }

  ConfigOrigin originOf(String key) {
    return object.containsKey(key) ? object.get(key).origin() : origin();
  }

  boolean has(String key) {
    return object.containsKey(key);
  }

  Section allowOnly(Set<String> known) {
    for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
      if (!known.contains(entry.getKey())) {
        throw ConfigMistake.at(
            entry.getValue().origin(),
            "unknown key \"%s\"%s (known here: %s)",
            qualified(entry.getKey()),
            NearestName.hint(entry.getKey(), known),
            known.stream().sorted().collect(Collectors.joining(", ")));
      }
    }
    return this;
  }

  Optional<String> text(String key) {
    return Optional.ofNullable(object.get(key)).map(value -> text(key, value));
  }

  private String text(String key, ConfigValue value) {
    if (value.valueType() == ConfigValueType.STRING
        || value.valueType() == ConfigValueType.NUMBER) {
      return value.unwrapped().toString();
    }
    throw wrongKind(key, value, "a text");
  }

  OptionalInt whole(String key, int min, int max) {
    ConfigValue value = object.get(key);
    return value == null ? OptionalInt.empty() : OptionalInt.of(whole(key, value, min, max));
  }

  private int whole(String key, ConfigValue value, int min, int max) {
    String text = text(key, value);
    try {
      int number = Integer.parseInt(text);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Answered below, together with the numbers that are out of range.
    }
    throw ConfigMistake.at(
        value.origin(),
        "\"%s\" is %s; it must be a whole number from %d to %d",
        qualified(key),
        text,
        min,
        max);
  }

  Optional<List<Integer>> wholes(String key, int min, int max) {
    return list(key).map(list -> list.stream().map(value -> whole(key, value, min, max)).toList());
  }

  /** A list of texts, or a single one. */
  Optional<List<String>> texts(String key) {
    ConfigValue value = object.get(key);
    if (value != null && value.valueType() != ConfigValueType.LIST) {
      return Optional.of(List.of(text(key, value)));
    }
    return list(key).map(list -> list.stream().map(item -> text(key, item)).toList());
  }

  Optional<Section> section(String key) {
    ConfigValue value = object.get(key);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof ConfigObject inner) {
      return Optional.of(new Section(qualified(key), inner));
    }
    throw wrongKind(key, value, "an object in braces");
  }

  List<Section> sections(String key) {
    List<Section> sections = new ArrayList<>();
    for (ConfigValue value : list(key).orElseThrow(() -> missing(key))) {
      if (!(value instanceof ConfigObject inner)) {
        throw wrongKind(key, value, "a list of objects in braces");
      }
      sections.add(new Section(key + "[" + sections.size() + "]", inner));
    }
    return sections;
  }

  /**
   * The leaves of this object as flat names, as Kafka writes its settings: {@code log {
   * retention.ms = 1 }} is {@code log.retention.ms}. A list is joined by commas.
   */
  Map<String, Setting> settings() {
    Map<String, Setting> settings = new LinkedHashMap<>();
    Config config = object.toConfig();
    config.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            entry -> {
              String name = String.join(".", ConfigUtil.splitPath(entry.getKey()));
              ConfigValue value = entry.getValue();
              settings.put(name, new Setting(qualified(name), flat(value), value.origin()));
            });
    return settings;
  }

  private static String flat(ConfigValue value) {
    return value instanceof ConfigList list
        ? list.stream().map(item -> item.unwrapped().toString()).collect(Collectors.joining(","))
        : value.unwrapped().toString();
  }

  ConfigMistake missing(String key) {
    return ConfigMistake.at(origin(), "\"%s\" is missing", qualified(key));
  }

  String qualified(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private Optional<ConfigList> list(String key) {
    ConfigValue value = object.get(key);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof ConfigList list) {
      return Optional.of(list);
    }
    throw wrongKind(key, value, "a list in square brackets");
  }

  private ConfigMistake wrongKind(String key, ConfigValue value, String wanted) {
    return ConfigMistake.at(value.origin(), "\"%s\" must be %s", qualified(key), wanted);
  }

  /**
   * A setting by Kafka's name.
   *
   * @param key as it stands in the file, section and all
   */
  record Setting(String key, String value, ConfigOrigin origin) {}
}
