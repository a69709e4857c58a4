package actors.partition;

import static org.assertj.core.api.Assertions.assertThat;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import org.junit.jupiter.api.Test;

class PushSessionTest {
  private static final LeaderEpoch EPOCH = new LeaderEpoch(3);
  private static final BrokerEpoch LIFE = new BrokerEpoch(7);
  private static final long LATER = 10 + Limits.RESEND_MILLIS_MIN;

  private final PushBudget budget = new PushBudget(1 << 20);
  private final PushSession session =
      new PushSession(
          new ReplicationMessage.Fetch(EPOCH, 2, 5, LIFE, 3, 0, 100, 1 << 20),
          marks(90),
          budget,
          0);

  private static ReplicationMessage.Marks marks(long highWatermark) {
    return marks(highWatermark, 0);
  }

  private static ReplicationMessage.Marks marks(long highWatermark, long logStartOffset) {
    return new ReplicationMessage.Marks(highWatermark, logStartOffset);
  }

  private static ReplicationMessage.Progress progress(long endOffset, long highWatermark) {
    return progress(0, endOffset, highWatermark);
  }

  private static ReplicationMessage.Progress progress(
      long startOffset, long endOffset, long highWatermark) {
    return new ReplicationMessage.Progress(
        EPOCH, 2, 5, LIFE, startOffset, endOffset, endOffset, highWatermark, 1 << 20);
  }

  @Test
  void isAnsweredByWhoKnowsTheLastWord() {
    session.told(marks(100), 10);

    session.confirmed(progress(100, 100), 20);

    assertThat(session.isAnswered()).isTrue();
    assertThat(session.isSilent(100, 20 + LATER)).isFalse();
  }

  @Test
  void isNotAnsweredByALateWordThatKnowsLess() {
    session.told(marks(100), 10);

    session.confirmed(progress(100, 90), 20);

    assertThat(session.isAnswered()).isFalse();
    assertThat(session.isSilent(100, 20 + LATER)).isTrue();
  }

  @Test
  void isNotAnsweredByWhoHasNotDeletedWhatIsDeleted() {
    session.told(marks(100, 60), 10);

    session.confirmed(progress(50, 100, 100), 20);
    assertThat(session.isAnswered()).isFalse();

    session.confirmed(progress(60, 100, 100), 20);
    assertThat(session.isAnswered()).isTrue();
  }

  @Test
  void asksNobodyToDeleteMoreThanItHolds() {
    session.told(marks(150, 140), 10);

    session.confirmed(progress(120, 120, 120), 20);

    assertThat(session.isAnswered()).isTrue();
  }

  @Test
  void asksNobodyForMoreThanItHolds() {
    session.told(marks(150), 10);

    session.confirmed(progress(120, 120), 20);

    assertThat(session.isAnswered()).isTrue();
  }

  @Test
  void goesOnFromWhereALateWordOfTheFollowerSaysThatItIs() {
    session.pushed(130, 1_000, marks(90), 10);
    assertThat(session.goesBack(LATER)).isTrue();
    assertThat(session.nextOffset()).isEqualTo(100);

    session.confirmed(progress(130, 90), LATER);

    assertThat(session.nextOffset()).isEqualTo(130);
  }
}
