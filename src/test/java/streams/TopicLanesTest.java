package streams;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;

class TopicLanesTest {
  private static final int BATCH = 1000;

  private final ProducerTuning tuning =
      ProducerTuning.of(SettingsConfig.section(ConfigFactory.empty(), ProducerSettings.PATH));
  private int opened;

  @Test
  void aKeyGoesWhereKafkasClientsSendIt() {
    TopicLanes lanes = lanes(7, partition -> true);
    for (int i = 0; i < 500; i++) {
      byte[] key = ("key-" + i).getBytes(UTF_8);

      int partition = partitionOf(lanes.laneFor(null, key, 10));

      assertThat(partition).isEqualTo(Utils.toPositive(Utils.murmur2(key)) % 7);
    }
  }

  @Test
  void theNamedPartitionComesBeforeTheKey() {
    TopicLanes lanes = lanes(7, partition -> true);

    Lane lane = lanes.laneFor(3, "key".getBytes(UTF_8), 10);

    assertThat(partitionOf(lane)).isEqualTo(3);
  }

  @Test
  void recordsWithoutAKeyStayTogetherForABatchAndThenMoveOn() {
    TopicLanes lanes = lanes(3, partition -> true);

    List<Integer> chosen = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      chosen.add(partitionOf(lanes.laneFor(null, null, BATCH / 10)));
    }

    for (int turn = 0; turn < 6; turn++) {
      assertThat(chosen.subList(turn * 10, turn * 10 + 10)).containsOnly(chosen.get(turn * 10));
    }
    assertThat(chosen.subList(0, 30)).contains(0, 1, 2);
  }

  @Test
  void partitionsWithoutALeaderArePassedOver() {
    TopicLanes lanes = lanes(4, partition -> partition == 2);

    assertThat(partitionOf(lanes.laneFor(null, null, 10))).isEqualTo(2);
    assertThat(partitionOf(lanes.laneFor(null, null, BATCH))).isEqualTo(2);
    assertThat(partitionOf(lanes.laneFor(null, null, BATCH))).isEqualTo(2);
  }

  @Test
  void aPartitionIsOpenedOnce() {
    TopicLanes lanes = lanes(4, partition -> true);

    assertThat(lanes.laneFor(1, null, 10)).isSameAs(lanes.laneFor(1, null, 10));
    assertThat(opened).isEqualTo(1);
  }

  private TopicLanes lanes(int count, IntPredicate hasLeader) {
    TopicLanes lanes =
        new TopicLanes("t", BATCH, partition -> new Lane(opened++, partition, tuning));
    lanes.update(new TopicView(count, 1 << 20, hasLeader), 1);
    return lanes;
  }

  private static int partitionOf(Lane lane) {
    return lane.outbox.partition().partition();
  }
}
