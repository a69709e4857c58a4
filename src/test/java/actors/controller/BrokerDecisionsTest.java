package actors.controller;

import static org.assertj.core.api.Assertions.assertThat;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class BrokerDecisionsTest {
  @Nested
  class WhenTheBrokerIsUnknown {
    private final ClusterMetadata image = Images.elected();

    @Test
    void registersItFencedUnderTheVersionOfTheFact() {
      Decision<Controller.Registration> decision =
          Images.BROKERS.register(image, Images.registration(1));

      BrokerEpoch epoch = Images.accepted(decision).epoch();
      ClusterMetadata after = image.applyAll(decision.facts());
      assertThat(epoch.value()).isEqualTo(after.version());
      assertThat(after.brokers().get(1).fenced()).isTrue();
      assertThat(after.brokers().get(1).epoch()).isEqualTo(epoch);
      assertThat(after.isLive(1)).isFalse();
    }

    @Test
    void refusesABrokerOfAnotherCluster() {
      BrokerRegistration stranger =
          new BrokerRegistration(
              1, Uuid.ONE_UUID, "other", "host", 1, Optional.empty(), Optional.empty());

      assertThat(Images.refused(Images.BROKERS.register(image, stranger)).error())
          .isEqualTo(Errors.INCONSISTENT_CLUSTER_ID);
    }

    @Test
    void refusesANegativeId() {
      assertThat(Images.refused(Images.BROKERS.register(image, Images.registration(-1))).error())
          .isEqualTo(Errors.INVALID_REGISTRATION);
    }

    @Test
    void isNeitherReadyNorFenced() {
      assertThat(Images.refused(Images.BROKERS.ready(image, 1, new BrokerEpoch(1))).error())
          .isEqualTo(Errors.BROKER_ID_NOT_REGISTERED);
      assertThat(Images.refused(Images.BROKERS.fence(image, 1)).error())
          .isEqualTo(Errors.BROKER_ID_NOT_REGISTERED);
    }
  }

  @Nested
  class WhenTheBrokerIsLive {
    private final ClusterMetadata image = Images.withTopic(Images.withBrokers(1), "t", Map.of(), 1);

    @Test
    void countsTheSameIncarnationTwiceAsOneRegistration() {
      Decision<Controller.Registration> again =
          Images.BROKERS.register(image, Images.registration(1));

      assertThat(again.facts()).isEmpty();
      assertThat(Images.accepted(again).epoch()).isEqualTo(image.brokerById(1).epoch());
    }

    @Test
    void putsAnotherIncarnationInItsPlaceUnderALargerEpoch() {
      ClusterMetadata after = Images.registered(image, Images.restart(image, 1, true));

      assertThat(after.brokerById(1).epoch().value())
          .isGreaterThan(image.brokerById(1).epoch().value());
      assertThat(after.isLive(1)).isFalse();
    }

    @Test
    void givesTheNewIncarnationsPartitionsNewLeaderEpochs() {
      ClusterMetadata restarted = Images.registered(image, Images.restart(image, 1, true));
      assertThat(Images.only(restarted, "t").hasLeader()).isFalse();

      PartitionImage after = Images.only(Images.ready(restarted, 1), "t");

      assertThat(after.leader()).isEqualTo(1);
      assertThat(after.leaderEpoch()).isGreaterThan(new LeaderEpoch(0));
    }

    @Test
    void isReadyAlready() {
      Decision<BrokerEpoch> again = Images.BROKERS.ready(image, 1, image.brokerById(1).epoch());

      assertThat(again.facts()).isEmpty();
      assertThat(Images.accepted(again)).isEqualTo(image.brokerById(1).epoch());
    }

    @Test
    void refusesWordOfAnEarlierLife() {
      BrokerEpoch stale = new BrokerEpoch(image.brokerById(1).epoch().value() - 1);

      assertThat(Images.refused(Images.BROKERS.ready(image, 1, stale)).error())
          .isEqualTo(Errors.STALE_BROKER_EPOCH);
    }
  }

  @Nested
  class WhenTheBrokerIsFenced {
    private final ClusterMetadata image =
        Images.fenced(Images.withTopic(Images.withBrokers(1), "t", Map.of(), 1), 1);

    @Test
    void leadsAgainOnceItIsReadyInTheSameEpoch() {
      ClusterMetadata after = Images.ready(image, 1);

      assertThat(after.isLive(1)).isTrue();
      assertThat(after.brokerById(1).epoch()).isEqualTo(image.brokerById(1).epoch());
      assertThat(Images.only(after, "t").leader()).isEqualTo(1);
    }

    @Test
    void isNotFencedTwice() {
      assertThat(Images.BROKERS.fence(image, 1).facts()).isEmpty();
    }
  }

  @Nested
  class WhenAReignBegins {
    private final ClusterMetadata image =
        Images.withTopic(Images.withBrokers(3), "t", Map.of(), 1, 2, 3);

    @Test
    void fencesAllWhoAreNotThereInOneWrite() {
      Decision<List<Integer>> decision = Images.BROKERS.fenceAbsent(image, Set.of(3));

      ClusterMetadata after = image.applyAll(decision.facts());
      assertThat(Images.accepted(decision)).containsExactly(1, 2);
      assertThat(Images.only(after, "t").leader()).isEqualTo(3);
      assertThat(Images.only(after, "t").isr()).containsExactly(3);
    }

    @Test
    void isNoFactIfAllAreThere() {
      assertThat(Images.BROKERS.fenceAbsent(image, Set.of(1, 2, 3, 4)).facts()).isEmpty();
    }

    @Test
    void knowsABrokerByItsMembersRole() {
      assertThat(BrokerRole.brokerId(Set.of("dc-a", BrokerRole.of(12)))).hasValue(12);
      assertThat(BrokerRole.brokerId(Set.of("broker-x", "broker-99999999999"))).isEmpty();
    }
  }

  @Nested
  class WhenProducerIdsAreAskedFor {
    private final ClusterMetadata image = Images.withBrokers(1);
    private final BrokerEpoch epoch = image.brokerById(1).epoch();

    @Test
    void handsOutBlocksThatDoNotOverlap() {
      Decision<Controller.ProducerIdBlock> first = ProducerIdDecisions.allocate(image, 1, epoch);
      ClusterMetadata after = image.applyAll(first.facts());
      Decision<Controller.ProducerIdBlock> second = ProducerIdDecisions.allocate(after, 1, epoch);

      assertThat(Images.accepted(first)).isEqualTo(new Controller.ProducerIdBlock(0, 1000));
      assertThat(Images.accepted(second)).isEqualTo(new Controller.ProducerIdBlock(1000, 1000));
    }

    @Test
    void refusesABrokerOfAnEarlierLife() {
      assertThat(Images.refused(ProducerIdDecisions.allocate(image, 1, BrokerEpoch.NONE)).error())
          .isEqualTo(Errors.STALE_BROKER_EPOCH);
    }

    @Test
    void refusesWhenAllAreUsedUp() {
      ClusterMetadata full = image.withNextProducerId(Long.MAX_VALUE - 10);

      assertThat(Images.refused(ProducerIdDecisions.allocate(full, 1, epoch)).error())
          .isEqualTo(Errors.UNKNOWN_SERVER_ERROR);
    }
  }
}
