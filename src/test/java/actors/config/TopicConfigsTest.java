package actors.config;

import static org.assertj.core.api.Assertions.assertThat;

import actors.Outcome;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicConfigsTest {
  @Test
  void acceptsSettingsWithinTheirBounds() {
    Map<String, String> configs =
        Map.of(
            "retention.ms", "-1", "segment.bytes", "1048576", "cleanup.policy", "compact,delete");

    assertThat(TopicConfigs.check(configs)).isEqualTo(Outcome.accepted(configs));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "segment.bytes|1048575",
        "segment.ms|0",
        "retention.ms|-2",
        "retention.ms|soon",
        "min.insync.replicas|0",
        "cleanup.policy|forget",
        "cleanup.policy|''",
        "compression.gzip.level|0",
        "compression.gzip.level|10",
        "compression.type|lzma",
        "message.timestamp.type|createtime",
        "min.cleanable.dirty.ratio|1.5",
        "flush|sometimes",
        "flush.messages|0",
        "leader.replication.throttled.replicas|1-2",
        "preallocate|perhaps"
      })
  void refusesAValueOutOfBoundsAndNamesItsSetting(String name, String value) {
    assertRefused(Map.of(name, value), name);
  }

  @Test
  void refusesASettingWithoutAValue() {
    Map<String, String> configs = new HashMap<>();
    configs.put("retention.ms", null);

    assertRefused(configs, "retention.ms");
  }

  @Test
  void refusesAnUnknownSettingAndNamesTheNearestKnownOne() {
    assertRefused(Map.of("retension.ms", "1"), "retension.ms", "Did you mean retention.ms?");
  }

  @Test
  void suggestsNothingWhereNothingIsNear() {
    assertThat(messageOf(Map.of("xyzzy", "1"))).contains("xyzzy").doesNotContain("mean");
  }

  @Test
  void repeatsOnlyTheBeginningOfAnAbsurdlyLongName() {
    assertThat(messageOf(Map.of("x".repeat(100_000), "1"))).hasSizeLessThan(200);
  }

  @Test
  void refusesAValueOfAbsurdLength() {
    String pairs = "0:1,".repeat(2_000) + "0:1";

    assertRefused(
        Map.of("leader.replication.throttled.replicas", pairs),
        "leader.replication.throttled.replicas");
  }

  @Test
  void knowsTheBrokersNameOfATopicsSetting() {
    assertThat(TopicConfigs.brokerSettingOf("max.message.bytes")).contains("message.max.bytes");
    assertThat(TopicConfigs.brokerSettingOf("retention.ms")).contains("log.retention.ms");
    assertThat(TopicConfigs.brokerSettingOf("leader.replication.throttled.replicas")).isEmpty();
  }

  @Test
  void refusesALeastCompactionLagAboveTheLargest() {
    assertRefused(
        Map.of("min.compaction.lag.ms", "20", "max.compaction.lag.ms", "10"),
        "min.compaction.lag.ms");
  }

  @ParameterizedTest
  @CsvSource({"*", "0:1", "'0:1,2:3'", "''"})
  void takesThrottledReplicasAsPairsOrStar(String value) {
    Map<String, String> configs = Map.of("follower.replication.throttled.replicas", value);

    assertThat(TopicConfigs.check(configs)).isEqualTo(Outcome.accepted(configs));
  }

  @Test
  void saysOfASettingThatHasNoEffectThatItHasNone() {
    EffectiveTopicConfig effective = EffectiveTopicConfig.of(Map.of(), BrokerConfigs.DEFAULTS);

    assertThat(BrokerConfigs.DEFAULTS.setting("transactional.id.expiration.ms").documentation())
        .endsWith(TopicConfigs.ACCEPTED_ONLY);
    assertThat(effective.settings())
        .noneMatch(setting -> setting.documentation().endsWith(TopicConfigs.ACCEPTED_ONLY));
  }

  private static void assertRefused(Map<String, String> configs, String... words) {
    assertThat(TopicConfigs.check(configs)).isInstanceOf(Outcome.Refused.class);
    assertThat(messageOf(configs)).contains(words);
  }

  private static String messageOf(Map<String, String> configs) {
    return TopicConfigs.check(configs)
        .fold(
            accepted -> "",
            refused -> {
              assertThat(refused.error()).isEqualTo(Errors.INVALID_CONFIG);
              return refused.message();
            });
  }
}
