package actors.controller;

import static org.assertj.core.api.Assertions.assertThat;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OvertakingTest {
  private static final ClusterMetadata IMAGE = Images.withBrokers(3);
  private static final long KNOWN = IMAGE.version();
  private static final BrokerEpoch LATER = new BrokerEpoch(KNOWN + 4);

  private final Overtaking overtaking = new Overtaking();

  static List<Controller.Command> fromWhoKnowsMore() {
    return List.of(
        new Controller.RegisterBroker(
            1, Uuid.ONE_UUID, "", "host", 1, Optional.empty(), Optional.of(LATER), null),
        new Controller.BrokerReady(1, LATER, null),
        new Controller.BrokerLeaving(1, LATER, null),
        new Controller.AllocateProducerIds(1, LATER, null),
        new Controller.ProposeIsr(
            Uuid.ONE_UUID,
            0,
            1,
            new LeaderEpoch(1),
            1,
            new TreeMap<>(Map.of(1, new BrokerEpoch(1), 2, LATER)),
            null),
        new Controller.Subscribe(null, LATER.value()),
        new Controller.Follow(LATER.value(), null));
  }

  @ParameterizedTest
  @MethodSource("fromWhoKnowsMore")
  void isShownByWhoeverKnowsMore(Controller.Command command) {
    assertThat(overtaking.isShownBy(command, IMAGE)).isTrue();
  }

  @Test
  void isNotShownByWhoKnowsTheSameOrLess() {
    assertThat(overtaking.isShownBy(new Controller.Follow(KNOWN, null), IMAGE)).isFalse();
    assertThat(overtaking.isShownBy(new Controller.FenceBroker(1, null), IMAGE)).isFalse();
    assertThat(overtaking.isShownBy(new Controller.BrokerReady(1, BrokerEpoch.NONE, null), IMAGE))
        .isFalse();
  }

  @Test
  void isLookedIntoOnceForAVersionAndAgainForALaterOne() {
    overtaking.isShownBy(new Controller.Follow(KNOWN + 4, null), IMAGE);

    assertThat(overtaking.isShownBy(new Controller.Follow(KNOWN + 4, null), IMAGE)).isFalse();
    assertThat(overtaking.isShownBy(new Controller.Follow(KNOWN + 3, null), IMAGE)).isFalse();
    assertThat(overtaking.isShownBy(new Controller.Follow(KNOWN + 5, null), IMAGE)).isTrue();
  }
}
