package actors.controller;

import static org.assertj.core.api.Assertions.assertThat;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import actors.config.BrokerConfigs;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class DamageDecisionsTest {
  private static final DamageDecisions DAMAGES = new DamageDecisions(BrokerConfigs.DEFAULTS);

  /** Led by 2, then in order 3 and 1. */
  private final ClusterMetadata image = three(Map.of());

  private static ClusterMetadata three(Map<String, String> configs) {
    return Images.withTopic(Images.withBrokers(3), "t", configs, 2, 3, 1);
  }

  private static DamageReport report(ClusterMetadata image, int brokerId) {
    PartitionImage partition = Images.only(image, "t");
    return new DamageReport(
        image.topics().get("t").id(),
        0,
        brokerId,
        image.brokerById(brokerId).epoch(),
        partition.leaderEpoch(),
        partition.partitionEpoch(),
        4711);
  }

  private static Decision<PartitionImage> decide(ClusterMetadata image, int brokerId) {
    return DAMAGES.withdraw(image, report(image, brokerId));
  }

  private static ClusterMetadata after(ClusterMetadata image, int brokerId) {
    return image.applyAll(decide(image, brokerId).facts());
  }

  @Nested
  class WhereOthersHaveTheRecords {
    @Test
    void anotherInSyncReplicaLeadsInANewReign() {
      Decision<PartitionImage> decision = decide(image, 2);

      PartitionImage next = Images.accepted(decision);
      assertThat(next.leader()).isEqualTo(3);
      assertThat(next.isr()).containsExactly(3, 1);
      assertThat(next.eligible()).isEmpty();
      assertThat(next.leaderEpoch()).isEqualTo(new LeaderEpoch(1));
      assertThat(next.partitionEpoch()).isEqualTo(1);
      assertThat(decision.facts()).hasSize(1);
      assertThat(Images.only(image.applyAll(decision.facts()), "t")).isEqualTo(next);
    }

    @Test
    void aDamagedFollowerLeavesAndItsLeaderBeginsANewReign() {
      PartitionImage next = Images.accepted(decide(image, 1));

      assertThat(next.leader()).isEqualTo(2);
      assertThat(next.isr()).containsExactly(2, 3);
      assertThat(next.leaderEpoch()).isEqualTo(new LeaderEpoch(1));
    }

    @Test
    void theDamagedOneIsNotEligibleHoweverSmallTheIsr() {
      ClusterMetadata strict = three(Map.of("min.insync.replicas", "3"));

      PartitionImage next = Images.accepted(decide(strict, 2));

      assertThat(next.isr()).containsExactly(3, 1);
      assertThat(next.eligible()).isEmpty();
      assertThat(Images.accepted(decide(after(strict, 2), 3)).eligible()).isEmpty();
    }

    @Test
    void anEligibleReplicaLeadsWhereTheIsrHadNobodyElse() {
      ClusterMetadata strict = three(Map.of("min.insync.replicas", "2"));
      ClusterMetadata small = Images.proposed(strict, "t", 2);
      assertThat(Images.only(small, "t").eligible()).containsExactly(3, 1);

      PartitionImage next = Images.accepted(decide(small, 2));

      assertThat(next.leader()).isEqualTo(3);
      assertThat(next.isr()).containsExactly(3);
      assertThat(next.eligible()).containsExactly(1);
    }

    @Test
    void oneThatIsInNeitherGetsANewReignToFetchIn() {
      ClusterMetadata small = Images.proposed(image, "t", 2, 3);

      PartitionImage next = Images.accepted(decide(small, 1));

      assertThat(next.isr()).containsExactly(2, 3);
      assertThat(next.leader()).isEqualTo(2);
      assertThat(next.leaderEpoch()).isEqualTo(new LeaderEpoch(1));
    }

    @Test
    void makesTheProposalsStaleThatAreUnderWay() {
      IsrProposal early = Images.proposal(image, "t", 1, 2, 3);

      ClusterMetadata next = after(image, 1);

      assertThat(Images.refused(Images.ISRS.propose(next, early)).error())
          .isEqualTo(Errors.FENCED_LEADER_EPOCH);
    }
  }

  @Nested
  class WhereNobodyElseHasThem {
    @Test
    void theOnlyReplicaStays() {
      ClusterMetadata alone = Images.withTopic(Images.withBrokers(1), "t", Map.of(), 1);

      assertThat(Images.refused(decide(alone, 1)).error())
          .isEqualTo(Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE);
    }

    @Test
    void theLastOfTheIsrStays() {
      ClusterMetadata last = Images.fenced(Images.fenced(image, 3), 1);

      assertThat(Images.refused(decide(last, 2)).error())
          .isEqualTo(Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE);
    }

    @Test
    void noUncleanLeaderTakesItsPlace() {
      ClusterMetadata unclean = three(Map.of("unclean.leader.election.enable", "true"));
      ClusterMetadata last = Images.proposed(unclean, "t", 2);

      assertThat(Images.refused(decide(last, 2)).error())
          .isEqualTo(Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE);
    }

    @Test
    void theEligibleThatAreDeadDoNotCount() {
      ClusterMetadata strict = three(Map.of("min.insync.replicas", "2"));
      ClusterMetadata last = Images.fenced(Images.fenced(strict, 3), 1);
      assertThat(Images.only(last, "t").eligible()).isNotEmpty();

      assertThat(Images.refused(decide(last, 2)).error())
          .isEqualTo(Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE);
    }

    @Test
    void oneThatIsAboutToStopIsNotLedBy() {
      ClusterMetadata two = Images.withTopic(Images.withBrokers(2), "t", Map.of(), 2, 1);
      ClusterMetadata leaving = Images.leaving(two, 1);

      assertThat(Images.refused(decide(leaving, 2)).error())
          .isEqualTo(Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE);
    }
  }

  @Nested
  class WhenSomethingIsStale {
    private final DamageReport good = report(image, 2);

    private Errors errorOf(DamageReport report) {
      return Images.refused(DAMAGES.withdraw(image, report)).error();
    }

    @Test
    void refusesAnUnknownTopicOrPartition() {
      assertThat(errorOf(changed(new Uuid(1, 1), 0, 0, 0, 0))).isEqualTo(Errors.UNKNOWN_TOPIC_ID);
      assertThat(errorOf(changed(good.topicId(), 1, 0, 0, 0))).isEqualTo(Errors.UNKNOWN_TOPIC_ID);
      assertThat(errorOf(changed(good.topicId(), -1, 0, 0, 0))).isEqualTo(Errors.UNKNOWN_TOPIC_ID);
    }

    @Test
    void refusesAnotherLifeOfTheBroker() {
      assertThat(errorOf(changed(good.topicId(), 0, 1, 0, 0))).isEqualTo(Errors.STALE_BROKER_EPOCH);
    }

    @Test
    void refusesAnotherReignOrPartitionEpochEitherWay() {
      ClusterMetadata next = after(image, 1);

      assertThat(Images.refused(DAMAGES.withdraw(next, good)).error())
          .isEqualTo(Errors.FENCED_LEADER_EPOCH);
      assertThat(errorOf(changed(good.topicId(), 0, 0, 1, 0))).isEqualTo(Errors.NOT_CONTROLLER);
      assertThat(errorOf(changed(good.topicId(), 0, 0, 0, 1))).isEqualTo(Errors.NOT_CONTROLLER);
      ClusterMetadata moved = Images.proposed(image, "t", 1, 2, 3);
      assertThat(Images.refused(DAMAGES.withdraw(moved, good)).error())
          .isEqualTo(Errors.INVALID_UPDATE_VERSION);
    }

    @Test
    void refusesABrokerThatHasNoReplica() {
      ClusterMetadata four = Images.withTopic(Images.withBrokers(4), "t", Map.of(), 2, 3, 1);

      assertThat(Images.refused(decide(four, 4)).error()).isEqualTo(Errors.INVALID_REQUEST);
    }

    private DamageReport changed(
        Uuid topic, int partition, long life, int reign, int partitionEpoch) {
      return new DamageReport(
          topic,
          partition,
          good.brokerId(),
          new BrokerEpoch(good.brokerEpoch().value() + life),
          new LeaderEpoch(good.leaderEpoch().value() + reign),
          good.partitionEpoch() + partitionEpoch,
          0);
    }
  }

  /** Whatever the ISR is and whoever lives: a partition that was led is led by one that has all. */
  @Property
  void neverLeavesAPartitionToSomebodyWhoWasNotInSync(
      @ForAll @IntRange(min = 1, max = 3) int damaged,
      @ForAll @IntRange(min = 1, max = 3) int dead,
      @ForAll @IntRange(min = 1, max = 3) int minInSync,
      @ForAll boolean unclean,
      @ForAll Set<@IntRange(min = 1, max = 3) Integer> members) {
    ClusterMetadata present =
        three(
            Map.of(
                "min.insync.replicas",
                Integer.toString(minInSync),
                "unclean.leader.election.enable",
                Boolean.toString(unclean)));
    if (members.contains(2)) {
      present = Images.proposed(present, "t", members.toArray(new Integer[0]));
    }
    present = Images.fenced(present, dead);
    PartitionImage before = Images.only(present, "t");

    Decision<PartitionImage> decision = decide(present, damaged);

    PartitionImage after = Images.only(present.applyAll(decision.facts()), "t");
    if (decision.facts().isEmpty()) {
      assertThat(after).isEqualTo(before);
      return;
    }
    assertThat(after.leaderEpoch()).isEqualTo(before.leaderEpoch().next());
    assertThat(after.partitionEpoch()).isEqualTo(before.partitionEpoch() + 1);
    assertThat(after.isr()).doesNotContain(damaged).contains(after.leader());
    assertThat(after.eligible()).doesNotContain(damaged);
    assertThat(List.of(before.isr(), before.eligible()).stream().flatMap(List::stream).toList())
        .contains(after.leader());
  }
}
