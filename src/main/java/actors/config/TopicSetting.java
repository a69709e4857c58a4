package actors.config;

import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef;

/**
 * A topic's setting in the catalogue.
 *
 * @param standard the value where neither topic nor broker say anything, as {@code type} has it
 * @param synonyms broker-wide settings that give the default, the strongest first
 */
record TopicSetting(
    String name,
    ConfigDef.Type type,
    Object standard,
    Optional<ConfigDef.Validator> validator,
    String documentation,
    List<BrokerSynonym> synonyms) {
  TopicSetting {
    synonyms = List.copyOf(synonyms);
  }

  static TopicSetting of(String name, ConfigDef.Type type, Object standard, String documentation) {
    return new TopicSetting(name, type, standard, Optional.empty(), documentation, List.of());
  }

  TopicSetting within(ConfigDef.Validator bounds) {
    return new TopicSetting(name, type, standard, Optional.of(bounds), documentation, synonyms);
  }

  /** The broker-wide setting of this name, in the same unit, gives the default. */
  TopicSetting defaultedBy(String brokerSetting) {
    BrokerSynonym synonym = new BrokerSynonym(brokerSetting, type, standard, 1);
    return new TopicSetting(name, type, standard, validator, documentation, List.of(synonym));
  }

  /** These broker-wide settings give the default, the first that is set. */
  TopicSetting defaultedBy(BrokerSynonym... brokerSettings) {
    return new TopicSetting(
        name, type, standard, validator, documentation, List.of(brokerSettings));
  }

  void defineIn(ConfigDef definition) {
    definition.define(
        name, type, standard, validator.orElse(null), ConfigDef.Importance.MEDIUM, documentation);
  }

  /**
   * The broker-wide setting behind a topic's.
   *
   * @param standard its default, null if it has none
   * @param unit how many of the topic setting's units make one of this: 3,600,000 for hours of a
   *     setting in milliseconds
   */
  record BrokerSynonym(String name, ConfigDef.Type type, Object standard, long unit) {
    static BrokerSynonym inMillis(String name) {
      return new BrokerSynonym(name, ConfigDef.Type.LONG, null, 1);
    }

    static BrokerSynonym inMinutes(String name) {
      return new BrokerSynonym(name, ConfigDef.Type.INT, null, 60_000L);
    }

    static BrokerSynonym inHours(String name, int standard) {
      return new BrokerSynonym(name, ConfigDef.Type.INT, standard, 3_600_000L);
    }

    /** A value of this setting in the unit of the topic's; negative, which means none, is -1. */
    Object toTopicUnit(Object value) {
      if (unit == 1) {
        return value;
      }
      long amount = ((Number) value).longValue();
      return amount < 0 ? -1L : Math.multiplyExact(amount, unit);
    }
  }
}
