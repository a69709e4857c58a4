package clients.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import clients.history.Anomaly.Kind;
import clients.history.Reading.Read;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class HistoryCheckerTest {
  private static final int PARTITION = 0;
  private static final int PRODUCER = 1;

  private final List<Send> sends = new ArrayList<>();
  private final List<Reading> readings = new ArrayList<>();

  @Nested
  class IsContentWith {
    @Test
    void anEmptyHistory() {
      assertThat(found()).isEmpty();
    }

    @Test
    void whatEveryReaderReadsInOrder() {
      acked(10, 0);
      acked(11, 1);
      acked(12, 2);
      reading("early", 0, read(0, 10), read(1, 11));
      complete("last", read(0, 10), read(1, 11), read(2, 12));

      assertThat(found()).isEmpty();
    }

    @Test
    void anUnknownSendThatIsRead() {
      send(10, Outcome.unknown());
      complete("last", read(0, 10));

      assertThat(found()).isEmpty();
    }

    @Test
    void anUnknownSendThatIsNotRead() {
      send(10, Outcome.unknown());
      acked(11, 0);
      complete("last", read(0, 11));

      assertThat(found()).isEmpty();
    }

    @Test
    void aFailedSendThatIsNotRead() {
      send(10, Outcome.failed());
      complete("last");

      assertThat(found()).isEmpty();
    }

    @Test
    void aReaderThatBeginsLater() {
      acked(10, 0);
      acked(11, 1);
      reading("late", 1, read(1, 11));
      complete("last", read(0, 10), read(1, 11));

      assertThat(found()).isEmpty();
    }

    @Test
    void offsetsThatHoldNothing() {
      acked(10, 0);
      acked(11, 5);
      complete("last", read(0, 10), read(5, 11));

      assertThat(found()).isEmpty();
    }

    @Test
    void producersThatOvertakeEachOther() {
      sends.add(new Send(1, PARTITION, 10, Outcome.acked(1)));
      sends.add(new Send(2, PARTITION, 20, Outcome.acked(0)));
      complete("last", read(0, 20), read(1, 10));

      assertThat(found()).isEmpty();
    }

    @Test
    void equalOffsetsOfTwoPartitions() {
      sends.add(new Send(PRODUCER, 0, 10, Outcome.acked(0)));
      sends.add(new Send(PRODUCER, 1, 11, Outcome.acked(0)));
      readings.add(new Reading("last", 0, 0, true, List.of(read(0, 10))));
      readings.add(new Reading("last", 1, 0, true, List.of(read(0, 11))));

      assertThat(found()).isEmpty();
    }
  }

  @Nested
  class Finds {
    @Test
    void anAcknowledgedRecordThatReadersWentPast() {
      acked(10, 0);
      acked(11, 1);
      acked(12, 2);
      reading("early", 0, read(0, 10), read(2, 12));

      assertThat(found()).containsExactly(Map.entry(Kind.LOST, 1L));
    }

    @Test
    void anAcknowledgedRecordThatIsMissingAtTheEndOfTheLog() {
      acked(10, 0);
      acked(11, 1);
      complete("last", read(0, 10));

      assertThat(found()).containsExactly(Map.entry(Kind.LOST, 1L));
    }

    @Test
    void aRecordThatWasReadAndIsGone() {
      acked(10, 0);
      send(11, Outcome.unknown());
      reading("early", 0, read(0, 10), read(1, 11));
      complete("last", read(0, 10));

      assertThat(found()).containsExactly(Map.entry(Kind.VANISHED, 1L));
    }

    @Test
    void anAcknowledgedRecordThatNobodyReadUpTo() {
      acked(10, 0);
      acked(11, 1);
      reading("early", 0, read(0, 10));

      assertThat(found()).containsExactly(Map.entry(Kind.UNSEEN, 1L));
    }

    @Test
    void oneValueAtTwoOffsets() {
      acked(10, 0);
      complete("last", read(0, 10), read(1, 10));

      assertThat(found()).containsExactly(Map.entry(Kind.DUPLICATE, 1L));
    }

    @Test
    void oneValueAtTwoOffsetsOfTwoReaders() {
      send(10, Outcome.unknown());
      reading("one", 0, read(0, 10));
      reading("two", 0, read(1, 10));

      assertThat(found()).containsKey(Kind.DUPLICATE);
    }

    @Test
    void twoValuesAtOneOffset() {
      send(10, Outcome.unknown());
      send(11, Outcome.unknown());
      reading("one", 0, read(0, 10));
      reading("two", 0, read(0, 11));

      assertThat(found()).containsExactly(Map.entry(Kind.INCONSISTENT_OFFSET, 1L));
    }

    @Test
    void twoAcknowledgementsOfOneOffset() {
      acked(10, 0);
      sends.add(new Send(2, PARTITION, 20, Outcome.acked(0)));

      assertThat(found()).containsKey(Kind.INCONSISTENT_OFFSET);
    }

    @Test
    void anAcknowledgementOfAnotherOffset() {
      acked(10, 3);
      complete("last", read(0, 10));

      assertThat(found()).containsExactly(Map.entry(Kind.WRONG_OFFSET, 1L));
    }

    @Test
    void aRecordThatNobodySent() {
      complete("last", read(0, 99));

      assertThat(found()).containsExactly(Map.entry(Kind.NEVER_SENT, 1L));
    }

    @Test
    void aRecordOfAnotherPartition() {
      sends.add(new Send(PRODUCER, 1, 10, Outcome.unknown()));
      complete("last", read(0, 10));

      assertThat(found()).containsExactly(Map.entry(Kind.NEVER_SENT, 1L));
    }

    @Test
    void aRecordWhoseSendFailed() {
      send(10, Outcome.failed());
      complete("last", read(0, 10));

      assertThat(found()).containsExactly(Map.entry(Kind.ABORTED_READ, 1L));
    }

    @Test
    void aPollThatLeavesOutWhatAnotherConsumerWasGiven() {
      acked(10, 0);
      acked(11, 1);
      acked(12, 2);
      reading("skips", 0, read(0, 10), read(2, 12));
      complete("last", read(0, 10), read(1, 11), read(2, 12));

      assertThat(found()).containsExactly(Map.entry(Kind.POLL_SKIP, 1L));
    }

    @Test
    void aFirstPollThatBeginsTooLate() {
      acked(10, 0);
      acked(11, 1);
      reading("skips", 0, read(1, 11));
      complete("last", read(0, 10), read(1, 11));

      assertThat(found()).containsExactly(Map.entry(Kind.POLL_SKIP, 1L));
    }

    @Test
    void aPollThatGoesBack() {
      acked(10, 0);
      acked(11, 1);
      reading("back", 0, read(0, 10), read(1, 11), read(0, 10), read(1, 11));

      assertThat(found()).containsExactly(Map.entry(Kind.NONMONOTONIC_POLL, 1L));
    }

    @Test
    void sendsOfOneProducerThatChangedPlaces() {
      acked(10, 1);
      acked(11, 0);
      complete("last", read(0, 11), read(1, 10));

      assertThat(found()).containsExactly(Map.entry(Kind.NONMONOTONIC_SEND, 1L));
    }

    @Test
    void anUnknownSendThatArrivedAfterALaterOne() {
      send(10, Outcome.unknown());
      acked(11, 0);
      complete("last", read(0, 11), read(1, 10));

      assertThat(found()).containsExactly(Map.entry(Kind.NONMONOTONIC_SEND, 1L));
    }
  }

  @Test
  void refusesAHistoryInWhichValuesDoNotNameTheirSends() {
    acked(10, 0);
    acked(10, 1);

    assertThatThrownBy(this::found)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sent twice");
  }

  @Test
  void countsHowSendsEnded() {
    acked(10, 0);
    acked(11, 1);
    send(12, Outcome.unknown());
    send(13, Outcome.failed());

    History history = new History(sends, readings);

    assertThat(history.ackedCount()).isEqualTo(2);
    assertThat(history.unknownCount()).isEqualTo(1);
    assertThat(history.failedCount()).isEqualTo(1);
  }

  private Map<Kind, Long> found() {
    return HistoryChecker.counts(HistoryChecker.check(new History(sends, readings)));
  }

  private void acked(long value, long offset) {
    send(value, Outcome.acked(offset));
  }

  private void send(long value, Outcome outcome) {
    sends.add(new Send(PRODUCER, PARTITION, value, outcome));
  }

  private void reading(String reader, long startOffset, Read... reads) {
    readings.add(new Reading(reader, PARTITION, startOffset, false, List.of(reads)));
  }

  private void complete(String reader, Read... reads) {
    readings.add(new Reading(reader, PARTITION, 0, true, List.of(reads)));
  }

  private static Read read(long offset, long value) {
    return new Read(offset, value);
  }
}
