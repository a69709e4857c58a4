package actors.controller;

import static org.assertj.core.api.Assertions.assertThat;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class IsrDecisionsTest {
  /** Led by 2, then in order 3 and 1. */
  private final ClusterMetadata image = three(Map.of());

  @Nested
  class WhenTheLeaderKnowsWhereItStands {
    @Test
    void takesAMemberOutAndKeepsTheReign() {
      PartitionImage after = accepted(image, proposal(image, 2, 1));

      assertThat(after.isr()).containsExactly(2, 1);
      assertThat(after.leader()).isEqualTo(2);
      assertThat(after.leaderEpoch()).isEqualTo(new LeaderEpoch(0));
      assertThat(after.partitionEpoch()).isEqualTo(1);
    }

    @Test
    void takesAMemberInAndKeepsAssignmentOrder() {
      ClusterMetadata small = after(image, proposal(image, 1, 2));

      PartitionImage after = accepted(small, proposal(small, 1, 2, 3));

      assertThat(after.isr()).containsExactly(2, 3, 1);
      assertThat(after.partitionEpoch()).isEqualTo(2);
    }

    @Test
    void countsThePartitionEpochOnEvenIfTheIsrIsTheSame() {
      PartitionImage after = accepted(image, proposal(image, 1, 2, 3));

      assertThat(after.isr()).isEqualTo(Images.only(image, "t").isr());
      assertThat(after.partitionEpoch()).isEqualTo(1);
    }

    @Test
    void answersWithTheImageThatTheFactMakes() {
      Decision<PartitionImage> decision = Images.ISRS.propose(image, proposal(image, 2));

      assertThat(Images.only(image.applyAll(decision.facts()), "t"))
          .isEqualTo(Images.accepted(decision));
    }
  }

  @Nested
  class WhenTheIsrGetsSmallerThanAcksAllAsksFor {
    private final ClusterMetadata strict = three(Map.of("min.insync.replicas", "2"));

    @Test
    void keepsWhoLeavesEligible() {
      PartitionImage after = accepted(strict, proposal(strict, 2));

      assertThat(after.isr()).containsExactly(2);
      assertThat(after.eligible()).containsExactly(3, 1);
    }

    @Test
    void forgetsTheEligibleOnceItIsLargeEnoughAgain() {
      ClusterMetadata small = after(strict, proposal(strict, 2));

      PartitionImage after = accepted(small, proposal(small, 2, 1));

      assertThat(after.isr()).containsExactly(2, 1);
      assertThat(after.eligible()).isEmpty();
    }

    @Test
    void takesWhoComesBackOutOfTheEligible() {
      ClusterMetadata all = three(Map.of("min.insync.replicas", "3"));
      ClusterMetadata small = after(all, proposal(all, 2));
      assertThat(Images.only(small, "t").eligible()).containsExactly(3, 1);

      PartitionImage after = accepted(small, proposal(small, 2, 3));

      assertThat(after.isr()).containsExactly(2, 3);
      assertThat(after.eligible()).containsExactly(1);
    }

    @Test
    void letsAnEligibleReplicaLeadWhenTheLeaderDies() {
      ClusterMetadata small = after(strict, proposal(strict, 2));

      PartitionImage after = Images.only(Images.fenced(small, 2), "t");

      assertThat(after.leader()).isEqualTo(3);
      assertThat(after.leaderEpoch()).isEqualTo(new LeaderEpoch(1));
    }
  }

  @Nested
  class WhenSomethingIsStale {
    @Test
    void refusesAnUnknownTopicOrPartition() {
      IsrProposal proposal = proposal(image, 2);

      assertThat(refusal(image, with(proposal, new Uuid(1, 1), 0)))
          .isEqualTo(Errors.UNKNOWN_TOPIC_ID);
      assertThat(refusal(image, with(proposal, proposal.topicId(), 1)))
          .isEqualTo(Errors.UNKNOWN_TOPIC_ID);
      assertThat(refusal(image, with(proposal, proposal.topicId(), -1)))
          .isEqualTo(Errors.UNKNOWN_TOPIC_ID);
    }

    @Test
    void refusesALeaderOfAnEarlierLifeBeforeAnythingElse() {
      IsrProposal proposal = proposal(image, 2, 3);
      ClusterMetadata restarted =
          Images.ready(Images.registered(image, Images.restart(image, 2, true)), 2);

      assertThat(refusal(restarted, proposal)).isEqualTo(Errors.STALE_BROKER_EPOCH);
    }

    @Test
    void refusesAFencedLeader() {
      assertThat(refusal(Images.fenced(image, 2), proposal(image, 2, 3)))
          .isEqualTo(Errors.STALE_BROKER_EPOCH);
    }

    @Test
    void refusesALeaderThatIsNotRegistered() {
      IsrProposal proposal = proposal(image, 2);
      Map<Integer, BrokerEpoch> isr = Map.of(9, new BrokerEpoch(1));

      assertThat(refusal(image, with(proposal, 9, proposal.leaderEpoch(), 0, isr)))
          .isEqualTo(Errors.STALE_BROKER_EPOCH);
    }

    @Test
    void refusesALeaderOfAnEarlierReign() {
      ClusterMetadata deposed = Images.ready(Images.fenced(image, 2), 2);
      PartitionImage before = Images.only(image, "t");

      IsrProposal proposal =
          with(proposal(deposed, 2), 2, before.leaderEpoch(), before.partitionEpoch());

      assertThat(refusal(deposed, proposal)).isEqualTo(Errors.FENCED_LEADER_EPOCH);
    }

    @Test
    void sendsALeaderThatKnowsMoreToAnotherController() {
      IsrProposal proposal = proposal(image, 2, 3);

      assertThat(refusal(image, with(proposal, 2, new LeaderEpoch(1), 0)))
          .isEqualTo(Errors.NOT_CONTROLLER);
      assertThat(refusal(image, with(proposal, 2, new LeaderEpoch(0), 1)))
          .isEqualTo(Errors.NOT_CONTROLLER);
    }

    @Test
    void refusesAnEarlierPartitionEpoch() {
      IsrProposal proposal = proposal(image, 2);
      ClusterMetadata next = after(image, proposal(image, 2, 3));

      assertThat(refusal(next, proposal)).isEqualTo(Errors.INVALID_UPDATE_VERSION);
    }

    @Test
    void refusesAProposalThatIsCarriedOutAlready() {
      IsrProposal proposal = proposal(image, 2, 3);

      assertThat(refusal(after(image, proposal), proposal))
          .isEqualTo(Errors.INVALID_UPDATE_VERSION);
    }
  }

  @Nested
  class WhenMembersDoNotBelongThere {
    @Test
    void refusesAProposerThatDoesNotLead() {
      IsrProposal proposal = proposal(image, 2, 3);

      assertThat(refusal(image, with(proposal, 3, proposal.leaderEpoch(), 0)))
          .isEqualTo(Errors.INVALID_REQUEST);
    }

    @Test
    void refusesAnIsrWithoutTheLeader() {
      assertThat(refusal(image, proposal(image, 1, 3))).isEqualTo(Errors.INVALID_REQUEST);
    }

    @Test
    void refusesWhoHasNoReplica() {
      ClusterMetadata four = Images.withTopic(Images.withBrokers(4), "t", Map.of(), 2, 3, 1);

      assertThat(refusal(four, proposal(four, 2, 4))).isEqualTo(Errors.INVALID_REQUEST);
    }

    @Test
    void refusesAFencedMember() {
      ClusterMetadata fenced = Images.fenced(image, 3);

      assertThat(refusal(fenced, proposal(fenced, 2, 3))).isEqualTo(Errors.INELIGIBLE_REPLICA);
    }

    @Test
    void refusesAMemberThatHasFetchedInAnotherLife() {
      IsrProposal early = proposal(image, 2, 3);
      ClusterMetadata restarted =
          Images.ready(Images.registered(image, Images.restart(image, 3, true)), 3);
      PartitionImage partition = Images.only(restarted, "t");

      IsrProposal proposal = with(early, 2, partition.leaderEpoch(), partition.partitionEpoch());

      assertThat(refusal(restarted, proposal)).isEqualTo(Errors.INELIGIBLE_REPLICA);
    }
  }

  /** Whoever proposes what: accepted or refused, the partition keeps its rules. */
  @Property(tries = 300)
  void acceptsNoIsrButOneOfLiveReplicasWithTheLeader(
      @ForAll Set<@IntRange(min = 1, max = 4) Integer> members,
      @ForAll @IntRange(min = 1, max = 3) int leader,
      @ForAll @IntRange(min = 1, max = 3) int minIsr,
      @ForAll Set<@IntRange(min = 1, max = 3) Integer> fenced) {
    ClusterMetadata before = three(Map.of("min.insync.replicas", Integer.toString(minIsr)));
    for (int brokerId : fenced) {
      before = Images.fenced(before, brokerId);
    }
    PartitionImage partition = Images.only(before, "t");
    TreeMap<Integer, BrokerEpoch> isr = new TreeMap<>();
    for (int brokerId : members) {
      isr.put(brokerId, brokerId == 4 ? BrokerEpoch.NONE : before.brokerById(brokerId).epoch());
    }

    Decision<PartitionImage> decision =
        Images.ISRS.propose(
            before,
            new IsrProposal(
                before.topics().get("t").id(),
                0,
                leader,
                partition.leaderEpoch(),
                partition.partitionEpoch(),
                isr));

    boolean due =
        leader == partition.leader()
            && members.contains(leader)
            && members.stream().allMatch(before::isLive);
    assertThat(decision.facts().isEmpty()).isEqualTo(!due);
    if (due) {
      PartitionImage after = Images.accepted(decision);
      assertThat(after.isr()).containsExactlyInAnyOrderElementsOf(members);
      assertThat(after.leader()).isEqualTo(leader);
      assertThat(after.eligible().isEmpty() || after.isr().size() < minIsr).isTrue();
      Set<Integer> trusted = new HashSet<>(partition.isr());
      trusted.addAll(partition.eligible());
      assertThat(trusted).containsAll(after.eligible());
      MetadataRules.check(before, before.applyAll(decision.facts()));
    }
  }

  private static PartitionImage accepted(ClusterMetadata image, IsrProposal proposal) {
    return Images.accepted(Images.ISRS.propose(image, proposal));
  }

  private static ClusterMetadata after(ClusterMetadata image, IsrProposal proposal) {
    return image.applyAll(Images.ISRS.propose(image, proposal).facts());
  }

  private static Errors refusal(ClusterMetadata image, IsrProposal proposal) {
    return Images.refused(Images.ISRS.propose(image, proposal)).error();
  }

  private static IsrProposal proposal(ClusterMetadata image, Integer... members) {
    return Images.proposal(image, "t", members);
  }

  private static IsrProposal with(IsrProposal proposal, Uuid topicId, int partition) {
    return new IsrProposal(
        topicId,
        partition,
        proposal.leader(),
        proposal.leaderEpoch(),
        proposal.partitionEpoch(),
        proposal.isr());
  }

  private static IsrProposal with(
      IsrProposal proposal, int leader, LeaderEpoch epoch, int partitionEpoch) {
    return with(proposal, leader, epoch, partitionEpoch, proposal.isr());
  }

  private static IsrProposal with(
      IsrProposal proposal,
      int leader,
      LeaderEpoch epoch,
      int partitionEpoch,
      Map<Integer, BrokerEpoch> isr) {
    return new IsrProposal(
        proposal.topicId(),
        proposal.partition(),
        leader,
        epoch,
        partitionEpoch,
        new TreeMap<>(isr));
  }

  private static ClusterMetadata three(Map<String, String> configs) {
    return Images.withTopic(Images.withBrokers(3), "t", configs, 2, 3, 1);
  }
}
