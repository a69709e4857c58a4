package actors.partition;

import static org.assertj.core.api.Assertions.assertThat;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import actors.controller.PartitionImage;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/** Which of the broker's words change anything; the rest is in {@link ReplicaActorTest}. */
class ReplicaDutiesTest {
  private static final PartitionId ID = new PartitionId(Uuid.ONE_UUID, "orders", 0);

  private final Replica.Assume before = assume(7, 3, Map.of());

  private static Replica.Assume assume(long life, int decision, Map<String, String> configs) {
    PartitionImage image =
        new PartitionImage(
            0, List.of(1, 2), List.of(1, 2), List.of(), 2, new LeaderEpoch(4), decision);
    return new Replica.Assume(ID, image, configs, new BrokerEpoch(life), null);
  }

  @Test
  void isNewsWhatIsDecidedLater() {
    assertThat(ReplicaDuties.isNews(assume(7, 4, Map.of()), before)).isTrue();
    assertThat(ReplicaDuties.isNews(assume(7, 3, Map.of("flush", "os")), before)).isTrue();
  }

  @Test
  void isNoNewsWhatIsRepeatedOrComesLate() {
    assertThat(ReplicaDuties.isNews(assume(7, 3, Map.of()), before)).isFalse();
    assertThat(ReplicaDuties.isNews(assume(7, 2, Map.of("flush", "os")), before)).isFalse();
  }

  @Test
  void isNewsAnotherLifeOfTheBrokerUnlessItIsOver() {
    assertThat(ReplicaDuties.isNews(assume(8, 3, Map.of()), before)).isTrue();
    assertThat(ReplicaDuties.isNews(assume(6, 4, Map.of()), before)).isFalse();
  }
}
