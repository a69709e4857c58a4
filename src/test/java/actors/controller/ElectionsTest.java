package actors.controller;

import static org.assertj.core.api.Assertions.assertThat;

import actors.LeaderEpoch;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ElectionsTest {
  private static final Map<String, String> MIN_ISR_2 = Map.of("min.insync.replicas", "2");
  private static final Map<String, String> UNCLEAN =
      Map.of("unclean.leader.election.enable", "true");

  @Nested
  class WhenTheLeaderIsFenced {
    @Test
    void electsTheFirstLiveMemberOfTheIsrInAssignmentOrder() {
      ClusterMetadata image = three(Map.of());

      PartitionImage after = Images.only(Images.fenced(image, 2), "t");

      assertThat(after.leader()).isEqualTo(3);
      assertThat(after.isr()).containsExactly(3, 1);
      assertThat(after.leaderEpoch()).isEqualTo(new LeaderEpoch(1));
      assertThat(after.partitionEpoch()).isEqualTo(1);
    }

    @Test
    void keepsTheLastMemberInTheIsrAndHasNoLeader() {
      ClusterMetadata image = Images.withTopic(Images.withBrokers(2), "t", Map.of(), 1);

      PartitionImage after = Images.only(Images.fenced(image, 1), "t");

      assertThat(after.leader()).isEqualTo(PartitionImage.NO_LEADER);
      assertThat(after.isr()).containsExactly(1);
      assertThat(after.leaderEpoch()).isEqualTo(new LeaderEpoch(1));
    }
  }

  @Nested
  class WhenAFollowerIsFenced {
    @Test
    void shrinksTheIsrAndLeavesTheLeaderItsEpoch() {
      ClusterMetadata image = three(Map.of());

      PartitionImage after = Images.only(Images.fenced(image, 3), "t");

      assertThat(after.isr()).containsExactly(2, 1);
      assertThat(after.leader()).isEqualTo(2);
      assertThat(after.leaderEpoch()).isEqualTo(new LeaderEpoch(0));
      assertThat(after.partitionEpoch()).isEqualTo(1);
    }

    @Test
    void leavesPartitionsOfOthersAlone() {
      ClusterMetadata image = Images.withTopic(Images.withBrokers(2), "t", Map.of(), 1);

      assertThat(Images.only(Images.fenced(image, 2), "t")).isEqualTo(Images.only(image, "t"));
    }
  }

  @Nested
  class WhenTheIsrIsSmallerThanAcksAllAsksFor {
    @Test
    void keepsWhoLeftItEligible() {
      ClusterMetadata image = Images.fenced(three(MIN_ISR_2), 1);
      assertThat(Images.only(image, "t").eligible()).isEmpty();

      PartitionImage after = Images.only(Images.fenced(image, 2), "t");

      assertThat(after.isr()).containsExactly(3);
      assertThat(after.eligible()).containsExactly(2);
    }

    @Test
    void electsAnEligibleReplicaOnceTheLastOfTheIsrIsGone() {
      ClusterMetadata image = lastLeft();
      assertThat(Images.only(image, "t").hasLeader()).isFalse();

      PartitionImage after = Images.only(Images.ready(image, 2), "t");

      assertThat(after.leader()).isEqualTo(2);
      assertThat(after.isr()).containsExactly(2);
      assertThat(after.eligible()).containsExactly(3);
    }

    @Test
    void doesNotElectWhoLeftBefore() {
      PartitionImage after = Images.only(Images.ready(lastLeft(), 1), "t");

      assertThat(after.hasLeader()).isFalse();
      assertThat(after.isr()).containsExactly(3);
    }

    @Test
    void forgetsTheEligibleOnceTheIsrIsLargeEnoughByTheTopicsNewSetting() {
      ClusterMetadata image = Images.fenced(Images.fenced(three(MIN_ISR_2), 1), 2);

      Decision<TopicImage> decision =
          Images.TOPICS.alterConfig(image, "t", Map.of("min.insync.replicas", Optional.of("1")));

      assertThat(Images.accepted(decision).partitions().get(0).eligible()).isEmpty();
    }

    private ClusterMetadata lastLeft() {
      ClusterMetadata image = Images.fenced(Images.fenced(three(MIN_ISR_2), 1), 2);
      return Images.fenced(image, 3);
    }
  }

  @Nested
  class WhenNobodySafeIsAlive {
    @Test
    void hasNoLeaderWhereUncleanElectionIsOff() {
      ClusterMetadata image = Images.fenced(Images.fenced(two(Map.of()), 2), 1);

      PartitionImage after = Images.only(Images.ready(image, 2), "t");

      assertThat(after.hasLeader()).isFalse();
      assertThat(after.isr()).containsExactly(1);
    }

    @Test
    void electsAnyLiveReplicaWhereUncleanElectionIsOnAndReportsIt() {
      ClusterMetadata image = Images.fenced(Images.fenced(two(UNCLEAN), 2), 1);

      Decision<?> ready = Images.BROKERS.ready(image, 2, image.brokerById(2).epoch());

      PartitionImage after = Images.only(image.applyAll(ready.facts()), "t");
      assertThat(after.leader()).isEqualTo(2);
      assertThat(after.isr()).containsExactly(2);
      assertThat(after.eligible()).isEmpty();
      assertThat(ready.facts())
          .flatMap(fact -> PossibleLoss.in(fact, image))
          .singleElement()
          .asString()
          .contains("t-0", "led by 2");
    }

    @Test
    void electsAtOnceWhenUncleanElectionIsTurnedOn() {
      ClusterMetadata image = Images.fenced(Images.fenced(two(Map.of()), 2), 1);
      ClusterMetadata alive = Images.ready(image, 2);

      Decision<TopicImage> decision =
          Images.TOPICS.alterConfig(
              alive, "t", Map.of("unclean.leader.election.enable", Optional.of("true")));

      assertThat(Images.accepted(decision).partitions().get(0).leader()).isEqualTo(2);
      assertThat(decision.facts()).hasSize(2);
    }
  }

  @Nested
  class WhenABrokerRestartsUncleanly {
    @Test
    void takesItOutOfTheIsrWhereAnotherIsEligible() {
      ClusterMetadata image = Images.fenced(Images.fenced(three(MIN_ISR_2), 1), 2);
      ClusterMetadata lastFenced = Images.fenced(image, 3);

      PartitionImage after =
          Images.only(Images.registered(lastFenced, Images.restart(lastFenced, 3, false)), "t");

      assertThat(after.isr()).containsExactly(2);
      assertThat(after.eligible()).isEmpty();
      assertThat(after.hasLeader()).isFalse();
    }

    @Test
    void takesItOutOfTheEligible() {
      ClusterMetadata image = Images.fenced(Images.fenced(three(MIN_ISR_2), 1), 2);

      PartitionImage after =
          Images.only(Images.registered(image, Images.restart(image, 2, false)), "t");

      assertThat(after.isr()).containsExactly(3);
      assertThat(after.eligible()).isEmpty();
    }

    @Test
    void keepsItInTheIsrAsTheLastOne() {
      ClusterMetadata image = Images.withTopic(Images.withBrokers(1), "t", Map.of(), 1);

      ClusterMetadata restarted = Images.registered(image, Images.restart(image, 1, false));
      PartitionImage after = Images.only(Images.ready(restarted, 1), "t");

      assertThat(after.isr()).containsExactly(1);
      assertThat(after.leader()).isEqualTo(1);
    }
  }

  @Test
  void keepsACleanlyRestartedBrokerEligible() {
    ClusterMetadata image = Images.fenced(Images.fenced(three(MIN_ISR_2), 1), 2);

    PartitionImage after =
        Images.only(Images.registered(image, Images.restart(image, 2, true)), "t");

    assertThat(after.eligible()).containsExactly(2);
  }

  @Test
  void changesNothingThatIsSoAlready() {
    ClusterMetadata image = three(Map.of());
    PartitionImage partition = Images.only(image, "t");

    assertThat(
            Elections.settle(
                image.topics().get("t").id(),
                partition,
                Elections.Standings.of(image),
                new Elections.Rules(1, false)))
        .isEmpty();
  }

  /** Led by 2, then in order 3 and 1. */
  private static ClusterMetadata three(Map<String, String> configs) {
    return Images.withTopic(Images.withBrokers(3), "t", configs, 2, 3, 1);
  }

  private static ClusterMetadata two(Map<String, String> configs) {
    return Images.withTopic(Images.withBrokers(2), "t", configs, 1, 2);
  }
}
