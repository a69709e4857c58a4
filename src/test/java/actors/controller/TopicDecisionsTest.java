package actors.controller;

import static org.assertj.core.api.Assertions.assertThat;

import actors.Outcome;
import actors.config.BrokerConfigs;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicDecisionsTest {
  private static final Uuid ID = new Uuid(5, 5);

  @Nested
  class WhenATopicIsMade {
    private final ClusterMetadata image = Images.withBrokers(3);

    @Test
    void placesItsPartitionsAndElectsTheFirstReplicaOfEach() {
      TopicImage topic = Images.accepted(create(new TopicSpec("t", 6, 2, Map.of(), Map.of())));

      assertThat(topic.id()).isEqualTo(ID);
      assertThat(topic.partitions())
          .hasSize(6)
          .allSatisfy(
              partition -> {
                assertThat(partition.isr()).hasSize(2).isEqualTo(partition.replicas());
                assertThat(partition.leader()).isEqualTo(partition.replicas().get(0));
                assertThat(partition.leaderEpoch().value()).isZero();
              });
    }

    @Test
    void isThereByNameAndIdOnceTheFactIsApplied() {
      ClusterMetadata after = image.applyAll(create(TopicSpec.of("t", 1, Map.of())).facts());

      assertThat(after.topic("t")).isPresent().isEqualTo(after.topic(ID));
      assertThat(after.version()).isEqualTo(image.version() + 1);
    }

    @Test
    void takesTheBrokersDefaultsWhereTheSpecSaysNothing() {
      BrokerConfigs configs =
          BrokerConfigs.of(Map.of("num.partitions", "4", "default.replication.factor", "3"))
              .fold(accepted -> accepted, refused -> BrokerConfigs.DEFAULTS);

      TopicImage topic =
          Images.accepted(
              new TopicDecisions(configs).create(image, TopicSpec.of("t", -1, Map.of()), ID, 0));

      assertThat(topic.partitions()).hasSize(4);
      assertThat(topic.partitions().get(0).replicas()).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a b", "a/b", "ä", "a\u0000"})
    void refusesANameThatKafkaDoesNotAllow(String name) {
      assertThat(refusal(TopicSpec.of(name, 1, Map.of())))
          .isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
    }

    @Test
    void refusesANameThatIsTooLong() {
      assertThat(refusal(TopicSpec.of("x".repeat(250), 1, Map.of())))
          .isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
      assertThat(create(TopicSpec.of("x".repeat(249), 1, Map.of())).facts()).hasSize(1);
    }

    @Test
    void refusesANameThatIsTaken() {
      ClusterMetadata taken = Images.withTopic(image, TopicSpec.of("t", 1, Map.of()));

      Decision<TopicImage> again =
          Images.TOPICS.create(taken, TopicSpec.of("t", 1, Map.of()), ID, 0);

      assertThat(Images.refused(again).error()).isEqualTo(Errors.TOPIC_ALREADY_EXISTS);
    }

    @Test
    void refusesANameThatDiffersOnlyInADotForAnUnderscore() {
      ClusterMetadata taken = Images.withTopic(image, TopicSpec.of("a.b", 1, Map.of()));

      Decision<TopicImage> again =
          Images.TOPICS.create(taken, TopicSpec.of("a_b", 1, Map.of()), ID, 0);

      assertThat(Images.refused(again).error()).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
      assertThat(Images.refused(again).message()).contains("a.b", "a_b");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -2, Limits.PARTITIONS_PER_TOPIC_MAX + 1, Integer.MAX_VALUE})
    void refusesPartitionsOutOfBounds(int partitions) {
      assertThat(refusal(TopicSpec.of("t", partitions, Map.of())))
          .isEqualTo(Errors.INVALID_PARTITIONS);
    }

    @Test
    void refusesMorePartitionsThanTheClusterHolds() {
      ClusterMetadata full = image;
      int topics = Limits.PARTITIONS_PER_CLUSTER_MAX / Limits.PARTITIONS_PER_TOPIC_MAX;
      for (int topic = 0; topic < topics; topic++) {
        full =
            Images.withTopic(
                full, TopicSpec.of("t" + topic, Limits.PARTITIONS_PER_TOPIC_MAX, Map.of()));
      }

      Decision<TopicImage> oneMore =
          Images.TOPICS.create(full, TopicSpec.of("one-more", 1, Map.of()), ID, 0);

      assertThat(Images.refused(oneMore).error()).isEqualTo(Errors.INVALID_PARTITIONS);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -2, 4, Limits.REPLICATION_FACTOR_MAX + 1})
    void refusesAReplicationFactorThatTheBrokersCannotGive(int factor) {
      assertThat(refusal(new TopicSpec("t", 1, factor, Map.of(), Map.of())))
          .isEqualTo(Errors.INVALID_REPLICATION_FACTOR);
    }

    @Test
    void refusesAnUnknownSettingByName() {
      Outcome.Refused<TopicImage> refused =
          Images.refused(create(TopicSpec.of("t", 1, Map.of("retention.msec", "1"))));

      assertThat(refused.error()).isEqualTo(Errors.INVALID_CONFIG);
      assertThat(refused.message()).contains("retention.msec", "retention.ms?");
    }

    private Decision<TopicImage> create(TopicSpec spec) {
      return Images.TOPICS.create(image, spec, ID, 0);
    }

    private Errors refusal(TopicSpec spec) {
      return Images.refused(create(spec)).error();
    }
  }

  @Nested
  class WhenTheClientAssignsReplicas {
    private final ClusterMetadata image = Images.fenced(Images.withBrokers(3), 3);

    @Test
    void putsThemWhereTheClientSaysAndCountsTheLiveOnesInSync() {
      TopicImage topic = Images.accepted(create(Map.of(0, List.of(3, 1), 1, List.of(2, 1))));

      assertThat(topic.partitions().get(0).replicas()).containsExactly(3, 1);
      assertThat(topic.partitions().get(0).isr()).containsExactly(1);
      assertThat(topic.partitions().get(0).leader()).isEqualTo(1);
      assertThat(topic.partitions().get(1).isr()).containsExactly(2, 1);
    }

    @Test
    void refusesAGapInTheNumbers() {
      assertMisassigned(Map.of(0, List.of(1), 2, List.of(1)));
      assertMisassigned(Map.of(1, List.of(1)));
    }

    @Test
    void refusesABrokerTwice() {
      assertMisassigned(Map.of(0, List.of(1, 1)));
    }

    @Test
    void refusesAnUnknownBroker() {
      assertMisassigned(Map.of(0, List.of(1, 9)));
    }

    @Test
    void refusesUnequalNumbersOfReplicas() {
      assertMisassigned(Map.of(0, List.of(1, 2), 1, List.of(1)));
    }

    @Test
    void refusesNoReplicasAtAll() {
      assertMisassigned(Map.of(0, List.of()));
    }

    @Test
    void refusesOnlyDeadReplicas() {
      assertMisassigned(Map.of(0, List.of(3)));
    }

    @Test
    void refusesCountsBesideAssignments() {
      TopicSpec spec = new TopicSpec("t", 1, -1, Map.of(0, List.of(1)), Map.of());

      assertThat(Images.refused(Images.TOPICS.create(image, spec, ID, 0)).error())
          .isEqualTo(Errors.INVALID_REQUEST);
    }

    private void assertMisassigned(Map<Integer, List<Integer>> assignments) {
      assertThat(Images.refused(create(assignments)).error())
          .isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
    }

    private Decision<TopicImage> create(Map<Integer, List<Integer>> assignments) {
      return Images.TOPICS.create(image, new TopicSpec("t", -1, -1, assignments, Map.of()), ID, 0);
    }
  }

  @Nested
  class WhenATopicIsDeleted {
    private final ClusterMetadata image = Images.withTopic(Images.withBrokers(1), "t", Map.of(), 1);
    private final TopicImage topic = image.topic("t").orElseThrow();

    @Test
    void isGoneByNameAndId() {
      Decision<TopicImage> decision =
          Images.TOPICS.delete(image, Optional.of("t"), Optional.empty());

      ClusterMetadata after = image.applyAll(decision.facts());
      assertThat(Images.accepted(decision)).isEqualTo(topic);
      assertThat(after.topic("t")).isEmpty();
      assertThat(after.topic(topic.id())).isEmpty();
    }

    @Test
    void isFoundByIdAsWell() {
      Decision<TopicImage> decision =
          Images.TOPICS.delete(image, Optional.empty(), Optional.of(topic.id()));

      assertThat(Images.accepted(decision)).isEqualTo(topic);
    }

    @Test
    void refusesAnUnknownOneByNameAndById() {
      assertThat(
              Images.refused(Images.TOPICS.delete(image, Optional.of("u"), Optional.empty()))
                  .error())
          .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
      assertThat(
              Images.refused(Images.TOPICS.delete(image, Optional.empty(), Optional.of(ID)))
                  .error())
          .isEqualTo(Errors.UNKNOWN_TOPIC_ID);
    }

    @Test
    void refusesNeitherAndBoth() {
      assertThat(
              Images.refused(Images.TOPICS.delete(image, Optional.empty(), Optional.empty()))
                  .error())
          .isEqualTo(Errors.INVALID_REQUEST);
      assertThat(
              Images.refused(Images.TOPICS.delete(image, Optional.of("t"), Optional.of(topic.id())))
                  .error())
          .isEqualTo(Errors.INVALID_REQUEST);
    }

    @Test
    void refusesWhereTheBrokerSaysThatTopicsStay() {
      BrokerConfigs configs =
          BrokerConfigs.of(Map.of("delete.topic.enable", "false"))
              .fold(accepted -> accepted, refused -> BrokerConfigs.DEFAULTS);

      assertThat(
              Images.refused(
                      new TopicDecisions(configs).delete(image, Optional.of("t"), Optional.empty()))
                  .error())
          .isEqualTo(Errors.TOPIC_DELETION_DISABLED);
    }
  }

  @Nested
  class WhenSettingsChange {
    private final ClusterMetadata image =
        Images.withTopic(
            Images.withBrokers(1), "t", Map.of("retention.ms", "5", "segment.ms", "6"), 1);

    @Test
    void setsTakesOffAndLeavesTheRest() {
      TopicImage topic =
          Images.accepted(
              alter(
                  Map.of(
                      "retention.ms", Optional.of("7"),
                      "segment.ms", Optional.empty(),
                      "retention.bytes", Optional.of("8"))));

      assertThat(topic.configs()).isEqualTo(Map.of("retention.ms", "7", "retention.bytes", "8"));
    }

    @Test
    void isNoFactIfNothingChanges() {
      assertThat(alter(Map.of("retention.ms", Optional.of("5"))).facts()).isEmpty();
      assertThat(alter(Map.of("retention.bytes", Optional.empty())).facts()).isEmpty();
    }

    @Test
    void refusesAnUnknownNameEvenToTakeItOff() {
      assertThat(Images.refused(alter(Map.of("retention", Optional.empty()))).error())
          .isEqualTo(Errors.INVALID_CONFIG);
      assertThat(Images.refused(alter(Map.of("retention", Optional.of("1")))).message())
          .contains("retention");
    }

    @Test
    void refusesAllOfItIfOneValueIsWrong() {
      Map<String, Optional<String>> changes = new HashMap<>();
      changes.put("retention.bytes", Optional.of("8"));
      changes.put("segment.bytes", Optional.of("1"));

      assertThat(Images.refused(alter(changes)).message()).contains("segment.bytes");
    }

    @Test
    void refusesAnUnknownTopic() {
      assertThat(Images.refused(Images.TOPICS.alterConfig(image, "u", Map.of())).error())
          .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }

    private Decision<TopicImage> alter(Map<String, Optional<String>> changes) {
      return Images.TOPICS.alterConfig(image, "t", changes);
    }
  }

  @Nested
  class WhenPartitionsAreAdded {
    private final ClusterMetadata image =
        Images.withTopic(Images.withBrokers(2), new TopicSpec("t", 2, 2, Map.of(), Map.of()));

    @Test
    void numbersThemOnAndLeavesTheOthersAlone() {
      TopicImage before = image.topic("t").orElseThrow();

      TopicImage after = Images.accepted(Images.TOPICS.addPartitions(image, "t", 5, 0));

      assertThat(after.partitions())
          .hasSize(5)
          .startsWith(before.partitions().toArray(PartitionImage[]::new))
          .extracting(PartitionImage::partition)
          .containsExactly(0, 1, 2, 3, 4);
      assertThat(after.partitions().get(4).replicas()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1, 2, Limits.PARTITIONS_PER_TOPIC_MAX + 1})
    void refusesFewerTheSameAndTooMany(int total) {
      assertThat(Images.refused(Images.TOPICS.addPartitions(image, "t", total, 0)).error())
          .isEqualTo(Errors.INVALID_PARTITIONS);
    }

    @Test
    void putsThemWhereTheClientSays() {
      TopicImage after =
          Images.accepted(
              Images.TOPICS.addAssigned(image, "t", 4, List.of(List.of(1, 2), List.of(2, 1))));

      assertThat(after.partitions())
          .extracting(PartitionImage::replicas)
          .endsWith(List.of(1, 2), List.of(2, 1));
      assertThat(after.partitions().get(2).partition()).isEqualTo(2);
      assertThat(after.partitions().get(2).leader()).isEqualTo(1);
    }

    @Test
    void refusesAnAssignmentThatDoesNotFit() {
      for (List<List<Integer>> wrong :
          List.of(
              List.of(List.of(2, 1)), // one short
              List.of(List.of(2, 1), List.of(2)), // another number of replicas
              List.of(List.of(2, 1), List.of(2, 2)), // a broker twice
              List.of(List.of(2, 1), List.of(2, 99)))) { // a broker that is none
        assertThat(Images.refused(Images.TOPICS.addAssigned(image, "t", 4, wrong)).error())
            .isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
      }
      assertThat(
              Images.refused(Images.TOPICS.addAssigned(image, "t", 2, List.of(List.of(2, 1))))
                  .error())
          .isEqualTo(Errors.INVALID_PARTITIONS);
    }

    @Test
    void refusesWhileTooFewBrokersLive() {
      ClusterMetadata fewer = Images.fenced(image, 1);

      assertThat(Images.refused(Images.TOPICS.addPartitions(fewer, "t", 3, 0)).error())
          .isEqualTo(Errors.INVALID_REPLICATION_FACTOR);
    }
  }
}
