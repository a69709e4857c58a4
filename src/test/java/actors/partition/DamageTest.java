package actors.partition;

import static org.assertj.core.api.Assertions.assertThat;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import actors.Outcome;
import actors.controller.PartitionImage;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class DamageTest {
  private static final BrokerEpoch LIFE = new BrokerEpoch(9);
  private static final int SELF = 1;

  private final Damage found =
      Damage.found(40, new Damage.Terms(LIFE, new LeaderEpoch(3), 7), Long.MIN_VALUE, 1_000);

  private static PartitionImage image(
      List<Integer> isr, List<Integer> eligible, int leader, int epoch, int partitionEpoch) {
    return new PartitionImage(
        0, List.of(1, 2, 3), isr, eligible, leader, new LeaderEpoch(epoch), partitionEpoch);
  }

  private static Outcome<PartitionImage> refused(Errors error) {
    return Outcome.refused(error, "for the test");
  }

  @Nested
  class Reported {
    @Test
    void atOnceAndAgainAfterGrowingPauses() {
      Damage damage = found;
      long now = 5;
      for (long pause : new long[] {1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 64_000}) {
        assertThat(damage.isReportDue(now)).isTrue();
        damage = damage.reported(now);
        assertThat(damage.isReportDue(now + pause - 1)).isFalse();
        now += pause;
      }
    }

    @Test
    void noMoreOnceNobodyElseHasTheRecords() {
      Damage alone = found.reported(0).answered(7, refused(Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE));

      assertThat(alone.alone()).isTrue();
      assertThat(alone.isReportDue(Long.MAX_VALUE)).isFalse();
    }

    @Test
    void againWhenTheControllerHasDecidedSomethingSince() {
      Damage alone = found.reported(0).answered(7, refused(Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE));

      Damage later = alone.under(new Damage.Terms(LIFE, new LeaderEpoch(3), 8));

      assertThat(later.isReportDue(999)).isFalse();
      assertThat(later.isReportDue(1_000)).isTrue();
      assertThat(alone.under(alone.terms())).isEqualTo(alone);
    }

    @Test
    void againWhenTheAnswerSaysSomethingElseOrIsLate() {
      Damage reported = found.reported(0);

      assertThat(reported.answered(7, refused(Errors.INVALID_UPDATE_VERSION))).isEqualTo(reported);
      assertThat(reported.answered(6, refused(Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE)))
          .isEqualTo(reported);
    }
  }

  @Nested
  class Cut {
    @Test
    void whenItFollowsInALaterReignAndCountsNowhere() {
      assertThat(found.mayBeCut(image(List.of(2, 3), List.of(), 2, 4, 8), SELF)).isTrue();
    }

    @Test
    void notInTheReignInWhichItsLeaderHasHeardOfTheLog() {
      assertThat(found.mayBeCut(image(List.of(2, 3), List.of(), 2, 3, 8), SELF)).isFalse();
      Damage later = found.under(new Damage.Terms(LIFE, new LeaderEpoch(4), 8));
      assertThat(later.mayBeCut(image(List.of(2, 3), List.of(), 2, 4, 9), SELF)).isFalse();
    }

    @Test
    void notWhileItIsInSyncOrEligible() {
      assertThat(found.mayBeCut(image(List.of(1, 2), List.of(), 2, 4, 8), SELF)).isFalse();
      assertThat(found.mayBeCut(image(List.of(2), List.of(1), 2, 4, 8), SELF)).isFalse();
    }

    @Test
    void notByALeaderOrWithoutOne() {
      assertThat(found.mayBeCut(image(List.of(1), List.of(), 1, 4, 8), SELF)).isFalse();
      assertThat(found.mayBeCut(image(List.of(2), List.of(), PartitionImage.NO_LEADER, 4, 8), SELF))
          .isFalse();
    }
  }

  @Test
  void isWhereTheFirstOfSeveralPlacesIs() {
    assertThat(found.foundAt(50)).isEqualTo(found);
    assertThat(found.foundAt(30).offset()).isEqualTo(30);
  }
}
