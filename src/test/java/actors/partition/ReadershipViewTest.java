package actors.partition;

import static org.assertj.core.api.Assertions.assertThat;

import actors.LeaderEpoch;
import java.util.OptionalInt;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class ReadershipViewTest {
  private final Readership.View view = new Readership.View(new LeaderEpoch(3), 10, 10);

  @Test
  void acceptsItsOwnEpochAndNone() {
    assertThat(view.checkEpoch(OptionalInt.of(3))).isEqualTo(Errors.NONE);
    assertThat(view.checkEpoch(OptionalInt.empty())).isEqualTo(Errors.NONE);
  }

  @Test
  void fencesAnEarlierEpochAndDoesNotKnowALaterOne() {
    assertThat(view.checkEpoch(OptionalInt.of(2))).isEqualTo(Errors.FENCED_LEADER_EPOCH);
    assertThat(view.checkEpoch(OptionalInt.of(4))).isEqualTo(Errors.UNKNOWN_LEADER_EPOCH);
  }

  @Test
  void isBehindEarlierReignsUntilTheHighWatermarkReachesTheEpochsStart() {
    assertThat(view.isBehindEarlierReigns()).isFalse();
    assertThat(new Readership.View(new LeaderEpoch(3), 10, 9).isBehindEarlierReigns()).isTrue();
  }
}
