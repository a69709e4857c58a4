package actors.controller;

import static org.assertj.core.api.Assertions.assertThat;

import actors.LeaderEpoch;
import actors.config.BrokerConfigs;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ReassignmentDecisionsTest {
  private static final ReassignmentDecisions REASSIGNMENTS =
      new ReassignmentDecisions(BrokerConfigs.DEFAULTS);
  private static final TopicPartition T = new TopicPartition("t", 0);

  private final ClusterMetadata image =
      Images.withTopic(Images.withBrokers(6), "t", Map.of(), 1, 2, 3);

  @Nested
  class WhenReplicasMove {
    private final ClusterMetadata moving = moved(image, 1, 4, 5);

    @Test
    void addsTheNewOnesFirstAndChangesNobodysReign() {
      PartitionImage partition = Images.only(moving, "t");

      assertThat(partition.replicas()).containsExactly(1, 4, 5, 2, 3);
      assertThat(partition.adding()).containsExactly(4, 5);
      assertThat(partition.removing()).containsExactly(2, 3);
      assertThat(partition.isr()).containsExactly(1, 2, 3);
      assertThat(partition.leaderEpoch()).isEqualTo(new LeaderEpoch(0));
      assertThat(partition.partitionEpoch()).isEqualTo(1);
    }

    @Test
    void waitsUntilAllThatStayAreInSync() {
      PartitionImage partition = Images.only(Images.proposed(moving, "t", 1, 2, 3, 4), "t");

      assertThat(partition.isReassigned()).isTrue();
      assertThat(partition.isr()).containsExactly(1, 4, 2, 3);
    }

    @Test
    void takesTheOldOnesAwayWithTheProposalThatBringsTheLastIn() {
      Decision<PartitionImage> decision =
          Images.ISRS.propose(moving, Images.proposal(moving, "t", 1, 2, 3, 4, 5));

      PartitionImage partition = Images.only(moving.applyAll(decision.facts()), "t");
      assertThat(partition.replicas()).containsExactly(1, 4, 5);
      assertThat(partition.isr()).containsExactly(1, 4, 5);
      assertThat(partition.isReassigned()).isFalse();
      assertThat(partition.leader()).isEqualTo(1);
      assertThat(partition.leaderEpoch()).isEqualTo(new LeaderEpoch(1));
      assertThat(Images.error(decision.reply())).isEqualTo(Errors.NEW_LEADER_ELECTED);
    }

    @Test
    void electsAnotherLeaderWhereTheLeaderIsOneOfThoseThatGo() {
      ClusterMetadata away = moved(image, 4, 5);

      PartitionImage partition = Images.only(Images.proposed(away, "t", 1, 2, 3, 4, 5), "t");

      assertThat(partition.replicas()).containsExactly(4, 5);
      assertThat(partition.leader()).isEqualTo(4);
    }

    @Test
    void survivesTheDeathOfAnOldAndOfANewReplica() {
      ClusterMetadata fenced = Images.fenced(Images.fenced(moving, 1), 5);

      PartitionImage partition = Images.only(fenced, "t");

      assertThat(partition.leader()).isEqualTo(2);
      assertThat(partition.adding()).containsExactly(4, 5);
      assertThat(partition.removing()).containsExactly(2, 3);
    }

    @Test
    void isOverAtOnceWhereNothingHasToBeAdded() {
      PartitionImage partition = Images.only(moved(image, 3, 2), "t");

      assertThat(partition.replicas()).containsExactly(3, 2);
      assertThat(partition.isr()).containsExactly(3, 2);
      assertThat(partition.leader()).isEqualTo(3);
      assertThat(partition.isReassigned()).isFalse();
    }

    @Test
    void changesOnlyTheOrderWithoutANewReign() {
      PartitionImage partition = Images.only(moved(image, 3, 2, 1), "t");

      assertThat(partition.replicas()).containsExactly(3, 2, 1);
      assertThat(partition.leader()).isEqualTo(1);
      assertThat(partition.leaderEpoch()).isEqualTo(new LeaderEpoch(0));
    }

    @Test
    void isNoFactIfItIsSoAlready() {
      assertThat(alter(image, Optional.of(List.of(1, 2, 3))).facts()).isEmpty();
      assertThat(alter(moving, Optional.of(List.of(1, 4, 5))).facts()).isEmpty();
    }
  }

  @Nested
  class WhenThePlanChangesUnderway {
    private final ClusterMetadata moving = Images.proposed(moved(image, 1, 4, 5), "t", 1, 2, 3, 4);

    @Test
    void dropsAtOnceWhatHasNotComeToAnythingAndKeepsWhatIsInSync() {
      PartitionImage partition = Images.only(moved(moving, 1, 6), "t");

      assertThat(partition.replicas()).containsExactly(1, 6, 4, 2, 3);
      assertThat(partition.adding()).containsExactly(6, 4);
      assertThat(partition.removing()).containsExactly(4, 2, 3);
    }

    @Test
    void revertsToWhatWasBeforeTheFirstPlan() {
      ClusterMetadata again = moved(moving, 2, 5);
      assertThat(Images.only(again, "t").replicas()).containsExactly(2, 5, 1, 4, 3);

      PartitionImage partition = Images.only(calledOff(again), "t");

      assertThat(partition.replicas()).containsExactlyInAnyOrder(1, 2, 3);
      assertThat(partition.isr()).containsExactlyInAnyOrder(1, 2, 3);
    }
  }

  @Nested
  class WhenAMoveIsCalledOff {
    @Test
    void takesWhatWasAddedAway() {
      ClusterMetadata moving = Images.proposed(moved(image, 1, 4, 5), "t", 1, 2, 3, 4);

      PartitionImage partition = Images.only(calledOff(moving), "t");

      assertThat(partition.replicas()).containsExactly(1, 2, 3);
      assertThat(partition.isr()).containsExactly(1, 2, 3);
      assertThat(partition.leader()).isEqualTo(1);
      assertThat(partition.leaderEpoch()).isEqualTo(new LeaderEpoch(1));
      assertThat(partition.isReassigned()).isFalse();
    }

    @Test
    void refusesToLoseRecordsWhereOnlyWhatWasAddedIsInSync() {
      ClusterMetadata onlyNew = onlyNewInSync(Map.of());

      assertThat(error(alter(onlyNew, Optional.empty())))
          .isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
    }

    @Test
    void losesThemWhereTheTopicAllowsItAndReportsIt() {
      ClusterMetadata onlyNew = onlyNewInSync(Map.of("unclean.leader.election.enable", "true"));

      Decision<Controller.PartitionResults> decision = alter(onlyNew, Optional.empty());

      assertThat(error(decision)).isEqualTo(Errors.NONE);
      assertThat(decision.facts()).flatMap(fact -> PossibleLoss.in(fact, onlyNew)).hasSize(1);
      assertThat(Images.only(onlyNew.applyAll(decision.facts()), "t").isr()).containsExactly(2);
    }

    @Test
    void electsAnEligibleReplicaOfThoseThatWereThereBefore() {
      ClusterMetadata onlyNew = onlyNewInSync(Map.of("min.insync.replicas", "2"));
      assertThat(Images.only(onlyNew, "t").eligible()).containsExactly(1);

      Decision<Controller.PartitionResults> decision = alter(onlyNew, Optional.empty());

      PartitionImage partition = Images.only(onlyNew.applyAll(decision.facts()), "t");
      assertThat(error(decision)).isEqualTo(Errors.NONE);
      assertThat(partition.isr()).containsExactly(1);
      assertThat(partition.replicas()).containsExactly(1, 2);
    }

    @Test
    void saysThatThereIsNone() {
      assertThat(error(alter(image, Optional.empty())))
          .isEqualTo(Errors.NO_REASSIGNMENT_IN_PROGRESS);
    }

    /** 1 and 2 move to 4 and 5; only 4 is in sync now. */
    private static ClusterMetadata onlyNewInSync(Map<String, String> configs) {
      ClusterMetadata two = Images.withTopic(Images.withBrokers(5), "t", configs, 1, 2);
      ClusterMetadata moving = Images.proposed(moved(two, 4, 5), "t", 1, 2, 4);
      return Images.ready(Images.fenced(Images.fenced(moving, 2), 1), 2);
    }
  }

  @Nested
  class WhenTheWishIsWrong {
    @Test
    void refusesReplicasThatCannotBe() {
      assertThat(error(alter(image, Optional.of(List.of()))))
          .isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
      assertThat(error(alter(image, Optional.of(List.of(1, 1, 2)))))
          .isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
      assertThat(error(alter(image, Optional.of(List.of(1, 2, 9)))))
          .isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
    }

    @Test
    void refusesAnotherNumberOfReplicasWhereThatIsNotAllowed() {
      assertThat(error(REASSIGNMENTS.alter(image, Map.of(T, Optional.of(List.of(1, 2))), false)))
          .isEqualTo(Errors.INVALID_REPLICATION_FACTOR);
      assertThat(error(REASSIGNMENTS.alter(image, Map.of(T, Optional.of(List.of(1, 2, 4))), false)))
          .isEqualTo(Errors.NONE);
    }

    @Test
    void refusesAPartitionThatIsNot() {
      assertThat(
              error(
                  REASSIGNMENTS.alter(
                      image, Map.of(new TopicPartition("t", 1), Optional.empty()), true)))
          .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }
  }

  private static ClusterMetadata moved(ClusterMetadata image, Integer... target) {
    return image.applyAll(alter(image, Optional.of(List.of(target))).facts());
  }

  private static ClusterMetadata calledOff(ClusterMetadata image) {
    return image.applyAll(alter(image, Optional.empty()).facts());
  }

  private static Decision<Controller.PartitionResults> alter(
      ClusterMetadata image, Optional<List<Integer>> target) {
    return REASSIGNMENTS.alter(image, Map.of(T, target), true);
  }

  private static Errors error(Decision<Controller.PartitionResults> decision) {
    return Images.accepted(decision).results().get(0).error();
  }
}
