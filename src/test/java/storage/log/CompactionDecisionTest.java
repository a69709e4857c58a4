package storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import storage.log.CompactionDecision.Bounds;
import storage.log.CompactionDecision.ClosedSegment;

class CompactionDecisionTest {
  private static final long NOW = 1_000_000;
  private static final long ALL = Long.MAX_VALUE;
  private static final Compaction HALF = new Compaction(true, 0.5, 0, Long.MAX_VALUE, 0);

  /** Of a hundred bytes and ten offsets each, a second older one by one; the last ends now. */
  private static List<ClosedSegment> segments(int count) {
    List<ClosedSegment> segments = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long newest = NOW - 1_000L * (count - 1 - i);
      segments.add(new ClosedSegment(10L * i, 10L * i + 10, 100, 8, newest - 999, newest));
    }
    return segments;
  }

  private static CompactionDecision decide(int count, long cleaned, long end, Compaction settings) {
    return CompactionDecision.decide(segments(count), new Bounds(cleaned, end), settings, NOW);
  }

  @Test
  void cleansOnceMoreThanTheRatioIsNew() {
    assertThat(decide(4, 20, ALL, HALF).isDue()).isFalse();
    assertThat(decide(4, 10, ALL, HALF)).isEqualTo(new CompactionDecision(true, 10, 40));
  }

  @Test
  void goesNoFurtherThanWholeSegmentsBeforeTheBound() {
    assertThat(decide(4, 0, 29, HALF)).isEqualTo(new CompactionDecision(true, 0, 20));
    assertThat(decide(4, 0, 9, HALF).isDue()).isFalse();
  }

  @Test
  void countsWhatWasCleanedInPartAsNew() {
    assertThat(decide(2, 15, ALL, new Compaction(true, 0.4, 0, Long.MAX_VALUE, 0)))
        .isEqualTo(new CompactionDecision(true, 15, 20));
  }

  @Test
  void leavesYoungRecordsAlone() {
    Compaction settings = new Compaction(true, 0.5, 1_500, Long.MAX_VALUE, 0);

    assertThat(decide(4, 0, ALL, settings).endOffset()).isEqualTo(20);
  }

  @Test
  void cleansWhateverTheRatioOnceTheLagIsLongest() {
    assertThat(decide(10, 90, ALL, new Compaction(true, 0.5, 0, 998, 0)).isDue()).isTrue();
    assertThat(decide(10, 90, ALL, new Compaction(true, 0.5, 0, 999, 0)).isDue()).isFalse();
    assertThat(decide(10, 100, ALL, new Compaction(true, 0.0, 0, 1, 0)).isDue()).isFalse();
  }

  @Test
  void cleansNothingOfALogThatIsNotCompacted() {
    assertThat(decide(4, 0, ALL, Compaction.OFF).isDue()).isFalse();
    assertThat(decide(0, 0, ALL, HALF).isDue()).isFalse();
  }

  @Test
  void takesAsManyNeighboursTogetherAsFit() {
    assertThat(CompactionDecision.groups(segments(5), 250, 1_000))
        .extracting(List::size)
        .containsExactly(2, 2, 1);
    assertThat(CompactionDecision.groups(segments(5), 50, 1_000))
        .extracting(List::size)
        .containsExactly(1, 1, 1, 1, 1);
    assertThat(CompactionDecision.groups(segments(5), 1_000, 24))
        .extracting(List::size)
        .containsExactly(3, 2);
  }

  @Test
  void keepsRelativeOffsetsWithinAnInt() {
    List<ClosedSegment> far =
        List.of(
            new ClosedSegment(0, 10, 1, 1, 0, 0),
            new ClosedSegment(10, Integer.MAX_VALUE, 1, 1, 0, 0),
            new ClosedSegment(Integer.MAX_VALUE, Integer.MAX_VALUE + 1L, 1, 1, 0, 0));

    assertThat(CompactionDecision.groups(far, 1_000, 1_000))
        .extracting(List::size)
        .containsExactly(2, 1);
  }
}
