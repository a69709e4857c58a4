package streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import actors.controller.BrokerImage;
import actors.controller.ClusterMetadata;
import actors.controller.PartitionImage;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pcollections.HashTreePMap;
import org.pcollections.TreePMap;

class NearestReplicaTest {
  private final PartitionImage partition =
      new PartitionImage(0, List.of(1, 2, 3), List.of(1, 2), List.of(), 1, new LeaderEpoch(0), 0);

  private static BrokerImage broker(int id, String rack, boolean fenced) {
    return new BrokerImage(id, new BrokerEpoch(id), "localhost", 9092, Optional.of(rack), fenced);
  }

  private static ClusterMetadata image(boolean secondFenced) {
    return new ClusterMetadata(
        1,
        "cluster",
        1,
        1,
        TreePMap.empty(),
        HashTreePMap.empty(),
        TreePMap.<Integer, BrokerImage>empty()
            .plus(1, broker(1, "a", false))
            .plus(2, broker(2, "b", secondFenced))
            .plus(3, broker(3, "c", false)),
        0);
  }

  @Test
  void isTheOneInTheClientsRack() {
    assertThat(NearestReplica.of(image(false), partition, 1, "b")).hasValue(2);
  }

  @Test
  void isTheLeaderWhereItIsInTheRackItself() {
    assertThat(NearestReplica.of(image(false), partition, 1, "a")).isEmpty();
  }

  @Test
  void isNobodyWhoIsNotInSyncOrFenced() {
    assertThat(NearestReplica.of(image(false), partition, 1, "c")).isEmpty();
    assertThat(NearestReplica.of(image(true), partition, 1, "b")).isEmpty();
  }

  @Test
  void isNotForAFollowerToSayNorForClientsThatDoNotAsk() {
    assertThat(NearestReplica.of(image(false), partition, 2, "b")).isEmpty();
    assertThat(NearestReplica.of(image(false), partition, 1, "")).isEmpty();
  }
}
