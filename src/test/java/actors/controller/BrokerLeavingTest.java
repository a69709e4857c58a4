package actors.controller;

import static org.assertj.core.api.Assertions.assertThat;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Controlled shutdown: what becomes of the partitions of a broker that is about to stop. */
class BrokerLeavingTest {
  @Nested
  class WhenOthersAreInSync {
    /** Led by 2, then in order 3 and 1. */
    private final ClusterMetadata image =
        Images.withTopic(Images.withBrokers(3), "t", Map.of("min.insync.replicas", "2"), 2, 3, 1);

    @Test
    void movesItsLeadershipAndTakesItOutOfTheIsr() {
      Decision<Integer> decision = leave(image, 2);

      PartitionImage after = Images.only(image.applyAll(decision.facts()), "t");
      assertThat(Images.accepted(decision)).isZero();
      assertThat(after.leader()).isEqualTo(3);
      assertThat(after.leaderEpoch()).isEqualTo(new LeaderEpoch(1));
      assertThat(after.isr()).containsExactly(3, 1);
      assertThat(after.eligible()).isEmpty();
    }

    @Test
    void takesAFollowerOutOfTheIsrAndLeavesTheReign() {
      PartitionImage after = Images.only(Images.leaving(image, 1), "t");

      assertThat(after.isr()).containsExactly(2, 3);
      assertThat(after.leaderEpoch()).isEqualTo(new LeaderEpoch(0));
    }

    @Test
    void keepsItEligibleWhereTheIsrGetsTooSmall() {
      PartitionImage after = Images.only(Images.leaving(Images.leaving(image, 1), 3), "t");

      assertThat(after.isr()).containsExactly(2);
      assertThat(after.eligible()).containsExactly(3);
    }

    @Test
    void staysLiveMeanwhileButIsNotActive() {
      ClusterMetadata after = Images.leaving(image, 2);

      assertThat(after.isLive(2)).isTrue();
      assertThat(after.isActive(2)).isFalse();
    }

    @Test
    void changesNothingTheSecondTime() {
      assertThat(leave(Images.leaving(image, 2), 2).facts()).isEmpty();
    }

    @Test
    void getsNeitherTheLeadershipBackNorTheIsr() {
      ClusterMetadata left = Images.leaving(image, 2);

      assertThat(
              Images.refused(Images.ISRS.propose(left, Images.proposal(left, "t", 3, 1, 2)))
                  .error())
          .isEqualTo(Errors.INELIGIBLE_REPLICA);
      PartitionImage after = Images.only(Images.fenced(Images.fenced(left, 1), 3), "t");
      assertThat(after.leader()).isEqualTo(PartitionImage.NO_LEADER);
    }

    @Test
    void isLikeAnyOtherOnceItHasRegisteredAgain() {
      ClusterMetadata left = Images.leaving(image, 2);

      ClusterMetadata back =
          Images.ready(Images.registered(left, Images.restart(left, 2, true)), 2);

      assertThat(back.isActive(2)).isTrue();
      assertThat(Images.only(Images.proposed(back, "t", 3, 1, 2), "t").isr())
          .containsExactly(2, 3, 1);
    }
  }

  @Nested
  class WhenItIsTheOnlyOneInSync {
    private final ClusterMetadata image =
        Images.proposed(Images.withTopic(Images.withBrokers(2), "t", Map.of(), 1, 2), "t", 1);

    @Test
    void goesOnLeadingAndIsToldToWait() {
      Decision<Integer> decision = leave(image, 1);

      assertThat(Images.accepted(decision)).isEqualTo(1);
      assertThat(Images.only(image.applyAll(decision.facts()), "t").leader()).isEqualTo(1);
    }

    @Test
    void handsOverAsSoonAsAnotherIsInSync() {
      ClusterMetadata left = Images.leaving(image, 1);

      Decision<PartitionImage> decision =
          Images.ISRS.propose(left, Images.proposal(left, "t", 1, 2));

      PartitionImage after = Images.only(left.applyAll(decision.facts()), "t");
      assertThat(Images.error(decision.reply())).isEqualTo(Errors.NEW_LEADER_ELECTED);
      assertThat(after.leader()).isEqualTo(2);
      assertThat(after.isr()).containsExactly(2);
      assertThat(after.leaderEpoch()).isEqualTo(new LeaderEpoch(1));
      assertThat(Images.accepted(leave(left.applyAll(decision.facts()), 1))).isZero();
    }

    @Test
    void isNotToldToWaitForABrokerThatIsAway() {
      assertThat(Images.accepted(leave(Images.fenced(image, 2), 1))).isZero();
    }

    @Test
    void isNotToldToWaitWhereThereIsNoOtherReplica() {
      ClusterMetadata alone = Images.withTopic(Images.withBrokers(2), "t", Map.of(), 1);

      Decision<Integer> decision = leave(alone, 1);

      assertThat(Images.accepted(decision)).isZero();
      assertThat(Images.only(alone.applyAll(decision.facts()), "t").leader()).isEqualTo(1);
    }
  }

  @Test
  void getsNoReplicasOfNewTopics() {
    ClusterMetadata left = Images.leaving(Images.withBrokers(3), 2);

    ClusterMetadata after = Images.withTopic(left, new TopicSpec("t", 6, 2, Map.of(), Map.of()));

    assertThat(after.topics().get("t").partitions())
        .allSatisfy(partition -> assertThat(partition.replicas()).doesNotContain(2));
    assertThat(
            Images.refused(
                    Images.TOPICS.create(
                        left, new TopicSpec("u", 1, 3, Map.of(), Map.of()), new Uuid(1, 1), 0))
                .error())
        .isEqualTo(Errors.INVALID_REPLICATION_FACTOR);
  }

  @Test
  void refusesABrokerOfAnotherLife() {
    ClusterMetadata image = Images.withBrokers(1);

    assertThat(List.of(refusal(image, 1), refusal(image, 9)))
        .containsExactly(Errors.STALE_BROKER_EPOCH, Errors.BROKER_ID_NOT_REGISTERED);
  }

  private static Errors refusal(ClusterMetadata image, int brokerId) {
    return Images.refused(Images.BROKERS.leave(image, brokerId, BrokerEpoch.NONE)).error();
  }

  private static Decision<Integer> leave(ClusterMetadata image, int brokerId) {
    return Images.BROKERS.leave(image, brokerId, image.brokerById(brokerId).epoch());
  }
}
