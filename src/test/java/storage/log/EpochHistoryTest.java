package storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import storage.log.EpochHistory.Entry;
import storage.log.EpochHistory.EpochEnd;

class EpochHistoryTest {

  /** A log as the epoch of each of its records; epochs never go back. */
  @Provide
  Arbitrary<List<Integer>> logs() {
    return Arbitraries.integers()
        .between(0, 3)
        .list()
        .ofMaxSize(40)
        .map(
            steps -> {
              List<Integer> epochs = new ArrayList<>();
              int epoch = 0;
              for (int step : steps) {
                epoch += Math.max(0, step - 1);
                epochs.add(epoch);
              }
              return epochs;
            });
  }

  private static EpochHistory of(List<Integer> log) {
    EpochHistory history = EpochHistory.EMPTY;
    for (int offset = 0; offset < log.size(); offset++) {
      history = history.assign(log.get(offset), offset);
    }
    return history;
  }

  @Property(tries = 300)
  void knowsTheEpochOfEveryRecord(@ForAll("logs") List<Integer> log) {
    EpochHistory history = of(log);

    for (int offset = 0; offset < log.size(); offset++) {
      assertThat(history.epochOf(offset)).hasValue(log.get(offset));
    }
  }

  @Property(tries = 300)
  void anEpochEndsWhereALaterOneBegins(
      @ForAll("logs") List<Integer> log, @ForAll @IntRange(min = 0, max = 60) int epoch) {
    EpochHistory history = of(log);
    int latest = log.isEmpty() ? -1 : log.get(log.size() - 1);

    var end = history.endOffsetFor(epoch, log.size());

    assertThat(end.isPresent()).isEqualTo(epoch <= latest);
    end.ifPresent(
        found -> {
          long expected = log.stream().filter(each -> each <= epoch).count();
          assertThat(found.endOffset()).isEqualTo(expected);
          assertThat(found.epoch()).isLessThanOrEqualTo(epoch);
        });
  }

  @Property(tries = 300)
  void truncationIsThatOfTheLog(
      @ForAll("logs") List<Integer> log, @ForAll @IntRange(min = 0, max = 45) int offset) {
    int cut = Math.min(offset, log.size());

    assertThat(of(log).truncateFromEnd(cut)).isEqualTo(of(log.subList(0, cut)));

    EpochHistory tail = of(log).truncateFromStart(cut);
    for (int i = cut; i < log.size(); i++) {
      assertThat(tail.epochOf(i)).hasValue(log.get(i));
    }
    assertThat(tail.entries()).allMatch(entry -> entry.startOffset() >= cut);
  }

  @Property(tries = 200)
  void writeThenReadIsIdentity(@ForAll("logs") List<Integer> log) {
    assertThat(EpochHistory.fromText(of(log).toText())).contains(of(log));
  }

  @Test
  void anEpochWithoutRecordsGivesWayToTheNext() {
    EpochHistory history = EpochHistory.EMPTY.assign(1, 0).assign(3, 10).assign(4, 10);

    assertThat(history.entries()).containsExactly(new Entry(1, 0), new Entry(4, 10));
    assertThat(history.endOffsetFor(3, 99)).contains(new EpochEnd(1, 10));
  }

  @Test
  void refusesToGoBack() {
    EpochHistory history = EpochHistory.EMPTY.assign(5, 0);

    assertThatThrownBy(() -> history.assign(4, 10)).isInstanceOf(InvariantViolation.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "1\n0\n",
        "0\n2\n1 0\n",
        "0\n1\n1\n",
        "0\n1\nx 0\n",
        "0\n2\n2 0\n1 5\n",
        "0\n2\n1 5\n2 5\n",
        "0\n1\n-1 5\n",
        "0\n1\n1 -5\n",
        "0\n1\n99999999999 5\n"
      })
  void readsNothingFromADamagedFile(String text) {
    assertThat(EpochHistory.fromText(text)).isEmpty();
  }
}
