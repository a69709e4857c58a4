package actors.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import actors.InvariantViolation;
import actors.LeaderEpoch;
import java.util.List;
import java.util.OptionalInt;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class LeaderTest {
  private static final LeaderEpoch EPOCH = new LeaderEpoch(3);

  @Nested
  class WhenAloneAndCommittingOnAppend {
    private final Leader leader = Leader.elected(EPOCH, 10, 0, 4, false);

    @Test
    void commitsWhatItsLogHeldWhenItWasElected() {
      assertThat(leader.highWatermark()).isEqualTo(10);
      assertThat(leader.epochStartOffset()).isEqualTo(10);
    }

    @Test
    void commitsAnAppendAtOnce() {
      assertThat(leader.appended(15).highWatermark()).isEqualTo(15);
    }

    @Test
    void refusesToGoBack() {
      assertThatThrownBy(() -> leader.appended(9)).isInstanceOf(InvariantViolation.class);
    }
  }

  @Nested
  class WhenCommittingOnFlush {
    private final Leader leader = Leader.elected(EPOCH, 10, 4, 4, true);

    @Test
    void commitsOnlyWhatIsForcedToDisk() {
      assertThat(leader.highWatermark()).isEqualTo(4);
      assertThat(leader.appended(20).highWatermark()).isEqualTo(4);
      assertThat(leader.appended(20).flushed(12).highWatermark()).isEqualTo(12);
    }

    @Test
    void commitsTheRestWhenTheSettingIsTakenBack() {
      assertThat(leader.withCommitsOnFlush(false).highWatermark()).isEqualTo(10);
    }
  }

  @Nested
  class WhenAClientNamesAnEpoch {
    private final Leader leader = Leader.elected(EPOCH, 0, 0, 0, false);

    @Test
    void acceptsItsOwnAndNone() {
      assertThat(leader.checkEpoch(OptionalInt.of(3))).isEqualTo(Errors.NONE);
      assertThat(leader.checkEpoch(OptionalInt.empty())).isEqualTo(Errors.NONE);
    }

    @Test
    void fencesAnEarlierOneAndDoesNotKnowALaterOne() {
      assertThat(leader.checkEpoch(OptionalInt.of(2))).isEqualTo(Errors.FENCED_LEADER_EPOCH);
      assertThat(leader.checkEpoch(OptionalInt.of(4))).isEqualTo(Errors.UNKNOWN_LEADER_EPOCH);
    }
  }

  @Property
  void highWatermarkNeverMovesBackAndNeverPassesTheLogEnd(
      @ForAll boolean onFlush,
      @ForAll @Size(max = 30) List<@IntRange(min = 0, max = 9) Integer> steps) {
    Leader leader = Leader.elected(EPOCH, 0, 0, 0, onFlush);
    for (int step : steps) {
      Leader next =
          step < 5
              ? leader.appended(leader.logEndOffset() + step)
              : leader.flushed(
                  Math.min(leader.logEndOffset(), leader.durableEndOffset() + step - 5));
      assertThat(next.highWatermark()).isBetween(leader.highWatermark(), next.logEndOffset());
      leader = next;
    }
  }

  @Property
  void highWatermarkIsTheSlowestUnlessThatWouldTakeItBack(
      @ForAll @LongRange(min = 0, max = 100) long before,
      @ForAll @LongRange(min = 0, max = 100) long slow,
      @ForAll @LongRange(min = 0, max = 100) long fast) {
    long end = Math.max(before, Math.max(slow, fast));

    long advanced = HighWatermark.advance(before, end, new long[] {slow, fast});
    long otherOrder = HighWatermark.advance(before, end, new long[] {fast, slow});

    assertThat(advanced).isEqualTo(Math.max(before, Math.min(slow, fast)));
    assertThat(otherOrder).isEqualTo(advanced);
  }
}
