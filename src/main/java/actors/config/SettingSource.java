package actors.config;

import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;

/** Where a value in force comes from; the earlier constant is the more specific one. */
public enum SettingSource {
  TOPIC(ConfigSource.TOPIC_CONFIG),
  DYNAMIC_BROKER(ConfigSource.DYNAMIC_BROKER_CONFIG),
  DYNAMIC_DEFAULT(ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG),
  BROKER(ConfigSource.STATIC_BROKER_CONFIG),
  DEFAULT(ConfigSource.DEFAULT_CONFIG);

  private final ConfigSource kafka;

  SettingSource(ConfigSource kafka) {
    this.kafka = kafka;
  }

  /** The same in the words of Kafka's DescribeConfigs. */
  public ConfigSource kafka() {
    return kafka;
  }

  boolean isMoreSpecificThan(SettingSource other) {
    return compareTo(other) < 0;
  }
}
