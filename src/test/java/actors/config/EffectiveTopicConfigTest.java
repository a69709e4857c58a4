package actors.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import actors.InvariantViolation;
import actors.config.EffectiveSetting.Synonym;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EffectiveTopicConfigTest {
  @Nested
  class WhenNothingIsSet {
    private final EffectiveTopicConfig effective =
        EffectiveTopicConfig.of(Map.of(), BrokerConfigs.DEFAULTS);

    @Test
    void hasKafkasDefaults() {
      assertThat(effective.retentionMillis()).isEqualTo(604_800_000L);
      assertThat(effective.retentionBytes()).isEqualTo(-1);
      assertThat(effective.segmentBytes()).isEqualTo(1_073_741_824);
      assertThat(effective.segmentMillis()).isEqualTo(604_800_000L);
      assertThat(effective.batchBytesMax()).isEqualTo(1_048_588);
      assertThat(effective.minInsyncReplicas()).isEqualTo(1);
      assertThat(effective.deletesOldSegments()).isTrue();
      assertThat(effective.compacts()).isFalse();
      assertThat(effective.stampsAppendTime()).isFalse();
      assertThat(effective.electsUncleanLeaders()).isFalse();
      assertThat(effective.compressionType()).isEqualTo("producer");
    }

    @Test
    void leavesFlushingToTheOperatingSystem() {
      assertThat(effective.flushesBeforeAcknowledging()).isFalse();
    }

    @Test
    void saysThatEachValueIsADefault() {
      assertThat(effective.settings())
          .allMatch(setting -> setting.source() == SettingSource.DEFAULT)
          .hasSameSizeAs(TopicConfigs.names());
    }
  }

  @Nested
  class WhenTheBrokerSaysSomething {
    @Test
    void takesTheBrokersValueAndNamesWhereItIsFrom() {
      EffectiveSetting retention =
          EffectiveTopicConfig.of(Map.of(), broker("log.retention.hours", "2"))
              .setting("retention.ms");

      assertThat(retention.value()).isEqualTo("7200000");
      assertThat(retention.source()).isEqualTo(SettingSource.BROKER);
      assertThat(retention.synonyms())
          .containsExactly(new Synonym("log.retention.hours", "2", SettingSource.BROKER));
    }

    @Test
    void prefersMillisecondsToMinutesToHours() {
      BrokerConfigs broker =
          broker(Map.of("log.retention.minutes", "3", "log.retention.hours", "2"));

      assertThat(EffectiveTopicConfig.of(Map.of(), broker).retentionMillis()).isEqualTo(180_000);
    }

    @Test
    void takesMinusOneHourAsForever() {
      BrokerConfigs broker = broker("log.retention.hours", "-1");

      assertThat(EffectiveTopicConfig.of(Map.of(), broker).retentionMillis()).isEqualTo(-1);
    }
  }

  @Nested
  class WhenTheTopicSaysSomething {
    @Test
    void takesTheTopicsValueAndShowsWhatItHides() {
      EffectiveSetting size =
          EffectiveTopicConfig.of(
                  Map.of("max.message.bytes", "100"), broker("message.max.bytes", "200"))
              .setting("max.message.bytes");

      assertThat(size.parsed()).isEqualTo(100);
      assertThat(size.source()).isEqualTo(SettingSource.TOPIC);
      assertThat(size.synonyms())
          .containsExactly(
              new Synonym("max.message.bytes", "100", SettingSource.TOPIC),
              new Synonym("message.max.bytes", "200", SettingSource.BROKER));
    }

    @Test
    void refusesToWorkWithSettingsThatNobodyChecked() {
      assertThatThrownBy(
              () -> EffectiveTopicConfig.of(Map.of("segment.ms", "x"), BrokerConfigs.DEFAULTS))
          .isInstanceOf(InvariantViolation.class)
          .hasMessageContaining("segment.ms");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "flush, commit, flush, os, true",
    "flush, os, flush, commit, false",
    "flush.messages, 1, flush, os, true",
    "flush, os, log.flush.interval.messages, 1, false",
    "flush.messages, 5000, flush, commit, false",
    "retention.ms, 1, flush, commit, true",
    "retention.ms, 1, log.flush.interval.messages, 1, true",
  })
  void flushesBeforeAcknowledgingAsTheOneCloserToTheTopicSays(
      String name, String value, String brokerName, String brokerValue, boolean flushes) {
    EffectiveTopicConfig effective =
        EffectiveTopicConfig.of(Map.of(name, value), broker(brokerName, brokerValue));

    assertThat(effective.flushesBeforeAcknowledging()).isEqualTo(flushes);
  }

  @Test
  void flushesWhereBothAreSetOnTheTopicAndOneAsksForIt() {
    Map<String, String> both = Map.of("flush", "os", "flush.messages", "1");

    assertThat(EffectiveTopicConfig.of(both, BrokerConfigs.DEFAULTS).flushesBeforeAcknowledging())
        .isTrue();
  }

  private static BrokerConfigs broker(String name, String value) {
    return broker(Map.of(name, value));
  }

  private static BrokerConfigs broker(Map<String, String> settings) {
    return BrokerConfigs.of(settings)
        .fold(
            configs -> configs,
            refused -> {
              throw new AssertionError(refused.message());
            });
  }
}
