package actors.config;

import static org.assertj.core.api.Assertions.assertThat;

import actors.Outcome;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BrokerConfigsTest {
  @Test
  void hasKafkasDefaults() {
    assertThat(BrokerConfigs.DEFAULTS.partitionsPerTopic()).isEqualTo(1);
    assertThat(BrokerConfigs.DEFAULTS.replicationFactor()).isEqualTo(1);
    assertThat(BrokerConfigs.DEFAULTS.createsTopicsOnDemand()).isTrue();
    assertThat(BrokerConfigs.DEFAULTS.requestBytesMax()).isEqualTo(104_857_600);
    assertThat(BrokerConfigs.DEFAULTS.connectionIdleMillisMax()).hasValue(600_000);
    assertThat(BrokerConfigs.DEFAULTS.sendBufferBytes()).hasValue(102_400);
  }

  @ParameterizedTest
  @CsvSource({
    "num.partitions, 0",
    "log.segment.bytes, 14",
    "log.retention.ms, -2",
    "log.roll.hours, 0",
    "log.flush.interval.messages, 0",
    "auto.create.topics.enable, maybe",
    "num.partition, 1",
  })
  void refusesWhatIsUnknownOrOutOfBoundsByName(String name, String value) {
    Outcome<BrokerConfigs> outcome = BrokerConfigs.of(Map.of(name, value));

    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    String message = outcome.fold(configs -> "", refused -> refused.message());
    assertThat(message).contains(name);
  }

  @Test
  void showsEachSettingWithItsSource() {
    BrokerConfigs configs =
        BrokerConfigs.of(Map.of("num.partitions", "3"))
            .fold(accepted -> accepted, refused -> BrokerConfigs.DEFAULTS);

    assertThat(configs.settings())
        .extracting(EffectiveSetting::name)
        .containsExactlyElementsOf(BrokerConfigs.names());
    assertThat(configs.setting("num.partitions").source()).isEqualTo(SettingSource.BROKER);
    assertThat(configs.setting("num.partitions").value()).isEqualTo("3");
    assertThat(configs.setting("log.retention.ms").value()).isNull();
    assertThat(configs.setting("log.retention.ms").synonyms()).isEmpty();
  }

  @Test
  void takesMinusOneForNeverAndForWhatTheSystemChooses() {
    BrokerConfigs configs =
        BrokerConfigs.of(Map.of("connections.max.idle.ms", "-1", "socket.send.buffer.bytes", "-1"))
            .fold(accepted -> accepted, refused -> BrokerConfigs.DEFAULTS);

    assertThat(configs.connectionIdleMillisMax()).isEmpty();
    assertThat(configs.sendBufferBytes()).isEmpty();
  }

  @Test
  void takesTheLongestTimeThatHoursCanSay() {
    assertThat(BrokerConfigs.of(Map.of("log.retention.hours", "2147483647")))
        .isInstanceOf(Outcome.Accepted.class);
  }
}
