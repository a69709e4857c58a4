package storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import storage.log.SequenceVerdict.Duplicate;
import storage.log.SequenceVerdict.FencedEpoch;
import storage.log.SequenceVerdict.OutOfOrderSequence;
import storage.record.BatchBuilder;
import storage.record.Batches;
import storage.record.Codec;
import storage.record.ControlRecord;
import storage.record.RecordBatch;

class ProducerStatesTest {
  private static final long PRODUCER = 42;

  private final ProducerStates states = new ProducerStates();
  private long nextOffset;

  private void append(int epoch, int firstSequence, int count) {
    ByteBuffer batch = Batches.idempotent(PRODUCER, epoch, firstSequence, count);
    RecordBatch.stampLeader(batch, 0, nextOffset, 0);
    states.update(batch, 0);
    nextOffset += count;
  }

  private SequenceVerdict check(int epoch, int firstSequence, int count) {
    return states.check(PRODUCER, (short) epoch, firstSequence, count);
  }

  @Test
  void acceptsAnySequenceOfAnUnknownProducer() {
    assertThat(check(3, 17, 1)).isEqualTo(SequenceVerdict.ACCEPT);
  }

  @Nested
  class WhenAProducerIsKnown {
    @Test
    void acceptsTheNextSequenceOnly() {
      append(0, 0, 5);

      assertThat(check(0, 5, 2)).isEqualTo(SequenceVerdict.ACCEPT);
      assertThat(check(0, 6, 2)).isEqualTo(new OutOfOrderSequence(5, 6));
      assertThat(check(0, 4, 3)).isEqualTo(new OutOfOrderSequence(5, 4));
    }

    @Test
    void recognisesTheLastFiveBatches() {
      for (int i = 0; i < 7; i++) {
        append(0, i * 10, 10);
      }

      assertThat(check(0, 60, 10)).isEqualTo(new Duplicate(60, 69, 1_000));
      assertThat(check(0, 20, 10)).isEqualTo(new Duplicate(20, 29, 1_000));
      assertThat(check(0, 10, 10)).isInstanceOf(OutOfOrderSequence.class);
      assertThat(check(0, 60, 9)).isInstanceOf(OutOfOrderSequence.class);
    }

    @Test
    void fencesEarlierEpochs() {
      append(2, 0, 1);

      assertThat(check(1, 1, 1)).isEqualTo(new FencedEpoch((short) 2));
    }

    @Test
    void beginsALaterEpochAtSequenceZero() {
      append(0, 0, 9);

      assertThat(check(1, 0, 1)).isEqualTo(SequenceVerdict.ACCEPT);
      assertThat(check(1, 9, 1)).isEqualTo(new OutOfOrderSequence(0, 9));
    }

    @Test
    void wrapsToZeroAfterTheLargestSequence() {
      append(0, Integer.MAX_VALUE - 1, 2);
      assertThat(check(0, 0, 1)).isEqualTo(SequenceVerdict.ACCEPT);

      append(0, 0, 3);
      append(0, 3, 1);

      assertThat(check(0, Integer.MAX_VALUE - 1, 2)).isInstanceOf(Duplicate.class);
    }

    @Test
    void isForgottenAfterAWhile() {
      append(0, 0, 1);

      states.expire(1_500, 1_000);
      assertThat(states.size()).isEqualTo(1);
      states.expire(2_001, 1_000);
      assertThat(states.size()).isZero();
    }
  }

  @Nested
  class WhenBatchesAreGathered {
    @Test
    void seesThoseGatheredBefore() {
      append(0, 0, 5);
      ProducerStates.Gathering gathering = states.gather(100);

      ByteBuffer next = Batches.idempotent(PRODUCER, 0, 5, 2);
      assertThat(gathering.check(Batches.of(10, 0), 0)).isEqualTo(SequenceVerdict.ACCEPT);
      assertThat(gathering.check(next, 0)).isEqualTo(SequenceVerdict.ACCEPT);
      assertThat(gathering.check(next, 0)).isEqualTo(new Duplicate(110, 111, 1_000));
      assertThat(gathering.check(Batches.idempotent(PRODUCER, 0, 7, 1), 0))
          .isEqualTo(SequenceVerdict.ACCEPT);
    }

    @Test
    void changesNothingByItself() {
      states.gather(0).check(Batches.idempotent(PRODUCER, 0, 0, 2), 0);

      assertThat(states.size()).isZero();
    }
  }

  @Nested
  class WhenThereAreTransactions {
    @Test
    void knowsTheFirstOffsetOfTheOldestOpenOne() {
      ByteBuffer batch =
          new BatchBuilder(Codec.NONE)
              .producer(PRODUCER, (short) 0, 0)
              .transactional()
              .add(5, null, null)
              .build();
      RecordBatch.stampLeader(batch, 0, 70, 0);
      states.update(batch, 0);
      assertThat(states.firstOpenOffset()).isEqualTo(70);

      states.update(
          new BatchBuilder(Codec.NONE)
              .producer(PRODUCER, (short) 0, -1)
              .endTransaction(6, new ControlRecord(true, 9))
              .build(),
          0);

      assertThat(states.firstOpenOffset()).isEqualTo(Long.MAX_VALUE);
      assertThat(check(0, 1, 1)).isEqualTo(SequenceVerdict.ACCEPT);
    }
  }

  @Test
  void forgetsTheProducerIdleLongestWhenThereAreTooMany() {
    ProducerStates few = new ProducerStates(2);
    for (long id : new long[] {1, 2, 1, 3}) {
      few.update(Batches.idempotent(id, 0, 0, 1), 0);
    }

    assertThat(few.all()).extracting(ProducerState::producerId).containsExactly(1L, 3L);
  }

  @Property(tries = 300)
  void encodeThenDecodeKeepsTheLastBatch(
      @ForAll long producerId,
      @ForAll short epoch,
      @ForAll @IntRange(min = 0) int lastSequence,
      @ForAll @IntRange(min = 0, max = 100_000) int delta,
      @ForAll @IntRange(min = 0) int lastOffset) {
    int first = ProducerState.advance(lastSequence, Integer.MAX_VALUE - delta) + 1;
    int firstSequence = first < 0 ? 0 : first;
    ProducerState.Batch batch =
        new ProducerState.Batch(
            firstSequence,
            ProducerState.advance(firstSequence, delta),
            lastOffset,
            lastOffset + (long) delta,
            17);
    ProducerState state =
        ProducerState.unknown(producerId).append(epoch, batch, lastOffset % 2 == 0);
    var states = new ArrayList<>(java.util.List.of(state));

    assertThat(ProducerSnapshot.decode(ProducerSnapshot.encode(states))).contains(states);
  }

  @Test
  void refusesADamagedSnapshot() {
    append(0, 0, 1);
    ByteBuffer bytes = ProducerSnapshot.encode(states.all());
    for (int at = 0; at < bytes.limit(); at++) {
      bytes.put(at, (byte) (bytes.get(at) ^ 1));
      assertThat(ProducerSnapshot.decode(bytes)).isEmpty();
      bytes.put(at, (byte) (bytes.get(at) ^ 1));
    }
    assertThat(ProducerSnapshot.decode(ByteBuffer.allocate(3))).isEmpty();
  }
}
