package streams;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Reading of settings from HOCON, with the defaults that the library brings and no unknown keys.
 */
final class SettingsConfig {
  private static final String DEFAULTS = "granary-streams.conf";

  private SettingsConfig() {}

  /** A section such as {@code granary.producer}: what the application says, over the defaults. */
  static Config section(Config application, String path) {
    Config given = application.hasPath(path) ? application.getConfig(path) : ConfigFactory.empty();
    refuseUnknown(given, path);
    return given.withFallback(defaults(path));
  }

  /**
   * @throws ConfigException.BadPath if a key is given that there is no default of
   */
  static void refuseUnknown(Config given, String path) {
    Set<String> known = defaults(path).root().keySet();
    for (Map.Entry<String, ConfigValue> setting : given.root().entrySet()) {
      if (!known.contains(setting.getKey())) {
        throw new ConfigException.BadPath(
            setting.getValue().origin(),
            setting.getKey(),
            String.format("%s has no such setting; it has %s", path, new TreeSet<>(known)));
      }
    }
  }

  static Config with(Config config, String key, Object value) {
    Object plain = value instanceof Duration duration ? duration.toNanos() + " ns" : value;
    return config.withValue(key, ConfigValueFactory.fromAnyRef(plain, "a with… method"));
  }

  private static Config defaults(String path) {
    return ConfigFactory.parseResources(SettingsConfig.class.getClassLoader(), DEFAULTS)
        .getConfig(path);
  }

  static int count(Config config, String key, int min, int max) {
    return (int) within(config, key, config.getInt(key), min, max);
  }

  static long bytes(Config config, String key, long min, long max) {
    return within(config, key, config.getBytes(key), min, max);
  }

  static Duration positive(Config config, String key) {
    Duration duration = config.getDuration(key);
    if (duration.isNegative() || duration.isZero()) {
      throw bad(config, key, "it must be longer than nothing");
    }
    return duration;
  }

  /** A value of an enum, written in lower case. */
  static <E extends Enum<E>> E choice(Config config, String key, Class<E> type) {
    try {
      return Enum.valueOf(type, config.getString(key).toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException unknown) {
      throw bad(
          config,
          key,
          "it is one of " + String.join(", ", names(type)) + ", not " + config.getString(key));
    }
  }

  static ConfigException bad(Config config, String key, String reason) {
    return new ConfigException.BadValue(config.getValue(key).origin(), key, reason);
  }

  private static long within(Config config, String key, long value, long min, long max) {
    if (value < min || value > max) {
      throw bad(config, key, String.format("it is between %d and %d, not %d", min, max, value));
    }
    return value;
  }

  private static <E extends Enum<E>> List<String> names(Class<E> type) {
    return Stream.of(type.getEnumConstants())
        .map(value -> value.name().toLowerCase(Locale.ROOT))
        .toList();
  }
}
