package storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RetentionDecisionTest {
  private static final LogConfig NONE =
      LogConfig.defaults().toBuilder().retentionMillis(-1).retentionBytes(-1).build();

  /** Three segments of ten records, 100 bytes each; the newest records are of 1000, 2000, 3000. */
  private static final List<SegmentInfo> SEGMENTS =
      List.of(
          new SegmentInfo(0, 10, 100, 1_000, false),
          new SegmentInfo(10, 20, 100, 2_000, false),
          new SegmentInfo(20, 30, 100, 3_000, true));

  private static int decide(LogConfig config, long logStart, long highWatermark, long now) {
    return RetentionDecision.decide(SEGMENTS, config, logStart, highWatermark, now).segments();
  }

  @Test
  void keepsEverythingWithoutABound() {
    assertThat(decide(NONE, 0, 30, Long.MAX_VALUE)).isZero();
  }

  @Test
  void givesUpSegmentsWhoseNewestRecordIsTooOld() {
    LogConfig config = NONE.toBuilder().retentionMillis(500).build();

    assertThat(decide(config, 0, 30, 1_500)).isZero();
    assertThat(decide(config, 0, 30, 1_501)).isEqualTo(1);
    assertThat(decide(config, 0, 30, 2_501)).isEqualTo(2);
    assertThat(decide(config, 0, 30, 9_000)).isEqualTo(3);
  }

  @Test
  void keepsAtLeastTheBytesThatAreAskedFor() {
    assertThat(decide(NONE.toBuilder().retentionBytes(300).build(), 0, 30, 0)).isZero();
    assertThat(decide(NONE.toBuilder().retentionBytes(201).build(), 0, 30, 0)).isZero();
    assertThat(decide(NONE.toBuilder().retentionBytes(200).build(), 0, 30, 0)).isEqualTo(1);
    assertThat(decide(NONE.toBuilder().retentionBytes(0).build(), 0, 30, 0)).isEqualTo(3);
  }

  @Test
  void neverPassesTheHighWatermark() {
    LogConfig config = NONE.toBuilder().retentionMillis(0).retentionBytes(0).build();

    assertThat(decide(config, 0, 19, 9_000)).isEqualTo(1);
    assertThat(decide(config, 0, 9, 9_000)).isZero();
  }

  @Test
  void givesUpWhatLiesBeforeTheLogStart() {
    assertThat(decide(NONE, 19, 30, 0)).isEqualTo(1);
    assertThat(decide(NONE, 20, 30, 0)).isEqualTo(2);
    assertThat(decide(NONE, 30, 30, 0)).isEqualTo(2);
  }

  @Test
  void keepsAnEmptyActiveSegment() {
    List<SegmentInfo> fresh = List.of(new SegmentInfo(30, 30, 0, 0, true));
    LogConfig config = NONE.toBuilder().retentionMillis(0).retentionBytes(0).build();

    assertThat(RetentionDecision.decide(fresh, config, 30, 30, 9_000).segments()).isZero();
  }
}
