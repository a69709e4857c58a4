package actors.controller;

import static org.assertj.core.api.Assertions.assertThat;

import actors.LeaderEpoch;
import actors.config.BrokerConfigs;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class LeaderDecisionsTest {
  private static final LeaderDecisions LEADERS = new LeaderDecisions(BrokerConfigs.DEFAULTS);
  private static final TopicPartition T = new TopicPartition("t", 0);

  /** Prefers 2, then in order 3 and 1. */
  private final ClusterMetadata image =
      Images.withTopic(Images.withBrokers(3), "t", Map.of(), 2, 3, 1);

  /** Led by 3 since 2 was away; 2 is back and not in sync yet. */
  private final ClusterMetadata back = Images.ready(Images.fenced(image, 2), 2);

  @Nested
  class WhenThePreferredLeaderIsAskedFor {
    @Test
    void electsItOnceItIsInSyncInANewReign() {
      ClusterMetadata inSync = Images.proposed(back, "t", 2, 3, 1);

      Decision<Controller.PartitionResults> decision = preferred(inSync, T);

      PartitionImage after = Images.only(inSync.applyAll(decision.facts()), "t");
      assertThat(error(decision)).isEqualTo(Errors.NONE);
      assertThat(after.leader()).isEqualTo(2);
      assertThat(after.leaderEpoch()).isEqualTo(new LeaderEpoch(2));
      assertThat(after.isr()).containsExactly(2, 3, 1);
      assertThat(Images.accepted(decision).version()).isEqualTo(inSync.version() + 1);
    }

    @Test
    void saysThatItIsNotInSync() {
      Decision<Controller.PartitionResults> decision = preferred(back, T);

      assertThat(decision.facts()).isEmpty();
      assertThat(error(decision)).isEqualTo(Errors.PREFERRED_LEADER_NOT_AVAILABLE);
    }

    @Test
    void saysThatItLeadsAlready() {
      assertThat(error(preferred(image, T))).isEqualTo(Errors.ELECTION_NOT_NEEDED);
    }

    @Test
    void saysThatThereIsNoSuchPartition() {
      assertThat(error(preferred(image, new TopicPartition("t", 1))))
          .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
      assertThat(error(preferred(image, new TopicPartition("u", 0))))
          .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Test
    void givesNothingToABrokerThatIsAboutToStop() {
      ClusterMetadata two = Images.withTopic(Images.withBrokers(2), "t", Map.of(), 1, 2);
      ClusterMetadata leaving = Images.leaving(two, 1);

      assertThat(error(preferred(leaving, T))).isEqualTo(Errors.PREFERRED_LEADER_NOT_AVAILABLE);
    }

    @Test
    void speaksOfAPartitionOnceHoweverOftenItIsNamed() {
      assertThat(Images.accepted(preferred(image, T, T)).results()).hasSize(1);
    }

    @Test
    void leavesOutWhereThereIsNothingToDoIfAllAreAskedFor() {
      ClusterMetadata more = Images.withTopic(back, "u", Map.of(), 1);

      Decision<Controller.PartitionResults> decision =
          LEADERS.elect(more, ElectionType.PREFERRED, Optional.empty());

      assertThat(Images.accepted(decision).results())
          .extracting(Controller.PartitionResult::partition)
          .containsExactly(T);
    }
  }

  @Nested
  class WhenAnyLeaderIsBetterThanNone {
    private final ClusterMetadata lost =
        Images.ready(
            Images.fenced(
                Images.fenced(Images.withTopic(Images.withBrokers(2), "t", Map.of(), 1, 2), 2), 1),
            2);

    @Test
    void electsALiveReplicaAndReportsThePossibleLoss() {
      Decision<Controller.PartitionResults> decision = unclean(lost);

      assertThat(error(decision)).isEqualTo(Errors.NONE);
      assertThat(Images.only(lost.applyAll(decision.facts()), "t").leader()).isEqualTo(2);
      assertThat(decision.facts()).flatMap(fact -> PossibleLoss.in(fact, lost)).hasSize(1);
    }

    @Test
    void saysThatNobodyLives() {
      assertThat(error(unclean(Images.fenced(lost, 2))))
          .isEqualTo(Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE);
    }

    @Test
    void changesNothingWhereSomebodyLeads() {
      assertThat(error(unclean(image))).isEqualTo(Errors.ELECTION_NOT_NEEDED);
    }

    private Decision<Controller.PartitionResults> unclean(ClusterMetadata of) {
      return LEADERS.elect(of, ElectionType.UNCLEAN, Optional.of(List.of(T)));
    }
  }

  @Nested
  class WhenLeadershipsAreOutOfBalance {
    @Test
    void giveBackWhatCanBe() {
      ClusterMetadata inSync = Images.proposed(back, "t", 2, 3, 1);

      Decision<Integer> decision = LEADERS.balance(inSync);

      assertThat(Images.accepted(decision)).isEqualTo(1);
      assertThat(Images.only(inSync.applyAll(decision.facts()), "t").leader()).isEqualTo(2);
    }

    @Test
    void leavesWhatIsNotInSync() {
      assertThat(LEADERS.balance(back).facts()).isEmpty();
    }

    @Test
    void leavesALittleImbalanceAsItIs() {
      ClusterMetadata many = Images.proposed(back, "t", 2, 3, 1);
      for (int topic = 0; topic < 9; topic++) {
        many = Images.withTopic(many, "more" + topic, Map.of(), 2);
      }
      assertThat(LEADERS.balance(many).facts()).isEmpty();

      assertThat(strictly(5).balance(many).facts()).hasSize(1);
    }

    @Test
    void leavesAPartitionWhoseReplicasMove() {
      ClusterMetadata four = Images.withTopic(Images.withBrokers(4), "t", Map.of(), 2, 3, 1);
      ClusterMetadata moving =
          four.applyAll(
              new ReassignmentDecisions(BrokerConfigs.DEFAULTS)
                  .alter(four, Map.of(T, Optional.of(List.of(3, 2, 4))), true)
                  .facts());
      assertThat(Images.only(moving, "t").preferredLeader()).isEqualTo(3);

      assertThat(LEADERS.balance(moving).facts()).isEmpty();
    }

    private LeaderDecisions strictly(int percent) {
      return BrokerConfigs.of(
              Map.of("leader.imbalance.per.broker.percentage", Integer.toString(percent)))
          .fold(
              LeaderDecisions::new,
              refused -> {
                throw new AssertionError(refused.message());
              });
    }
  }

  private static Decision<Controller.PartitionResults> preferred(
      ClusterMetadata image, TopicPartition... partitions) {
    return LEADERS.elect(image, ElectionType.PREFERRED, Optional.of(List.of(partitions)));
  }

  private static Errors error(Decision<Controller.PartitionResults> decision) {
    return Images.accepted(decision).results().get(0).error();
  }
}
