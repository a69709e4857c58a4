package actors.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class BrokerConfigDecisionsTest {
  private static final String LEADER_RATE = "leader.replication.throttled.rate";
  private static final String FOLLOWER_RATE = "follower.replication.throttled.rate";

  private final ClusterMetadata image = Images.withBrokers(2);

  private static Decision<Controller.Altered> set(
      ClusterMetadata image, int brokerId, String name, String value) {
    return BrokerConfigDecisions.alter(image, brokerId, Map.of(name, Optional.of(value)));
  }

  @Test
  void keepsWhatIsSetForABroker() {
    Decision<Controller.Altered> decision = set(image, 2, LEADER_RATE, "1000");

    ClusterMetadata next = image.applyAll(decision.facts());
    assertThat(next.configsOf(2)).isEqualTo(Map.of(LEADER_RATE, "1000"));
    assertThat(next.configsOf(1)).isEmpty();
    assertThat(Images.accepted(decision).version()).isEqualTo(next.version());
    ClusterMetadata both = next.applyAll(set(next, 2, FOLLOWER_RATE, "5").facts());
    assertThat(both.configsOf(2)).isEqualTo(Map.of(LEADER_RATE, "1000", FOLLOWER_RATE, "5"));
  }

  @Test
  void keepsWhatIsSetForAllThroughWhatHappensToBrokers() {
    ClusterMetadata next =
        image.applyAll(set(image, ClusterMetadata.ALL_BROKERS, LEADER_RATE, "1").facts());

    ClusterMetadata later = Images.withTopic(Images.fenced(next, 2), "t", Map.of(), 1, 2);

    assertThat(later.configsOf(ClusterMetadata.ALL_BROKERS)).isEqualTo(Map.of(LEADER_RATE, "1"));
  }

  @Test
  void takesOffWhatIsThereAndWhatIsNot() {
    ClusterMetadata next = image.applyAll(set(image, 2, LEADER_RATE, "1000").facts());
    Map<String, Optional<String>> asKafkasToolDoes =
        Map.of(
            LEADER_RATE,
            Optional.empty(),
            FOLLOWER_RATE,
            Optional.empty(),
            "replica.alter.log.dirs.io.max.bytes.per.second",
            Optional.empty());

    ClusterMetadata without =
        next.applyAll(BrokerConfigDecisions.alter(next, 2, asKafkasToolDoes).facts());

    assertThat(without.brokerConfigs()).isEmpty();
    assertThat(BrokerConfigDecisions.alter(without, 2, asKafkasToolDoes).facts()).isEmpty();
  }

  @Test
  void refusesOtherSettingsByName() {
    refuses(set(image, 2, "num.partitions", "5"), "num.partitions", "cluster.conf");
    refuses(
        set(image, 2, "replica.alter.log.dirs.io.max.bytes.per.second", "5"),
        "replica.alter.log.dirs.io.max.bytes.per.second");
  }

  @Test
  void refusesValuesThatAreNoRate() {
    assertThat(Images.refused(set(image, 2, LEADER_RATE, "fast")).error())
        .isEqualTo(Errors.INVALID_CONFIG);
    assertThat(Images.refused(set(image, 2, LEADER_RATE, "-1")).error())
        .isEqualTo(Errors.INVALID_CONFIG);
  }

  @Test
  void refusesABrokerThatIsNotThere() {
    refuses(set(image, 7, LEADER_RATE, "5"), "no broker 7");
  }

  private static void refuses(Decision<?> decision, String... words) {
    assertThat(Images.refused(decision).error()).isEqualTo(Errors.INVALID_REQUEST);
    assertThat(Images.refused(decision).message()).contains(words);
  }
}
