package streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import streams.CommitBook.Position;
import streams.CommitBook.Result;
import streams.CommitBook.Then;

class CommitBookTest {
  private static final Slot FIRST = slot(0);
  private static final Slot SECOND = slot(1);

  private final CommitBook<String> book = new CommitBook<>();

  private static Slot slot(int index) {
    return new Slot(new Uuid(1, 1), index);
  }

  private static Position at(long offset) {
    return new Position(offset, -1, "");
  }

  @Test
  void gathersWhatComesWhileARequestIsUnderWay() {
    book.add("a", Map.of(FIRST, at(5)));
    assertThat(book.next()).contains(new TreeMap<>(Map.of(FIRST, at(5))));
    book.add("b", Map.of(FIRST, at(6)));
    book.add("c", Map.of(FIRST, at(9), SECOND, at(1)));
    assertThat(book.next()).isEmpty();

    assertThat(book.answered(Map.of(FIRST, Errors.NONE)).settled())
        .extracting(CommitBook.Settled::order)
        .containsExactly("a");

    assertThat(book.next()).contains(new TreeMap<>(Map.of(FIRST, at(9), SECOND, at(1))));
  }

  @Test
  void neverGoesBackWhateverComesBehindARequest() {
    book.add("late", Map.of(FIRST, at(500)));
    book.next();
    book.add("early", Map.of(FIRST, at(0)));

    assertThat(book.answered(Map.of(FIRST, Errors.NONE)).settled())
        .extracting(CommitBook.Settled::order)
        .containsExactly("late", "early");

    assertThat(book.next()).isEmpty();
    assertThat(book.isPending(FIRST)).isFalse();
  }

  @Test
  void asksAgainAfterAHeartbeatWhenTheEpochWasAnother() {
    book.add("a", Map.of(FIRST, at(5)));
    book.next();

    CommitBook.Outcome<String> outcome = book.answered(Map.of(FIRST, Errors.STALE_MEMBER_EPOCH));

    assertThat(outcome.then()).isEqualTo(Then.BEAT);
    assertThat(outcome.settled()).isEmpty();
    assertThat(book.next()).isPresent();
  }

  @Test
  void carriesOutTheRestOfAnOrderWhenAPartitionIsLost() {
    book.add("a", Map.of(FIRST, at(5), SECOND, at(7)));
    book.next();

    assertThat(book.forget(FIRST)).isEmpty();
    assertThat(book.answered(Map.of(FIRST, Errors.NONE, SECOND, Errors.NONE)).settled())
        .containsExactly(new CommitBook.Settled<>("a", new Result.Lost(FIRST)));

    assertThat(book.committedUpTo(FIRST)).isEqualTo(-1);
    assertThat(book.committedUpTo(SECOND)).isEqualTo(7);
  }

  @Test
  void asksNothingElseWhileAForgottenPartitionsRequestIsUnderWay() {
    book.add("a", Map.of(FIRST, at(5)));
    book.next();
    book.forget(FIRST);
    book.add("b", Map.of(SECOND, at(1)));

    assertThat(book.next()).isEmpty();
    book.answered(Map.of(FIRST, Errors.NONE));
    assertThat(book.next()).contains(new TreeMap<>(Map.of(SECOND, at(1))));
  }

  @Test
  void saysWhatIsRefusedForGood() {
    book.add("a", Map.of(FIRST, at(5)));
    book.next();

    assertThat(book.answered(Map.of(FIRST, Errors.GROUP_AUTHORIZATION_FAILED)).settled())
        .containsExactly(
            new CommitBook.Settled<>(
                "a", new Result.Refused(FIRST, Errors.GROUP_AUTHORIZATION_FAILED)));
    assertThat(book.isPending(FIRST)).isFalse();
  }

  @Property(tries = 500)
  void whatItSaysIsCommittedIsAndNothingMovesBack(@ForAll long seed) {
    Random random = new Random(seed);
    CommitBook<Map<Slot, Position>> orders = new CommitBook<>();
    Map<Slot, Long> log = new HashMap<>();
    Optional<SortedMap<Slot, Position>> asked = Optional.empty();
    List<Map<Slot, Position>> settled = new ArrayList<>();
    int count = 0;
    for (int step = 0; step < 300; step++) {
      boolean faulty = step < 200;
      if (faulty && random.nextBoolean()) {
        Map<Slot, Position> order = new TreeMap<>();
        for (int i = 0; i <= random.nextInt(3); i++) {
          order.put(slot(random.nextInt(4)), at(random.nextInt(200)));
        }
        count++;
        orders.add(order, order).forEach(one -> settled.add(one.order()));
      } else if (asked.isEmpty()) {
        asked = orders.next();
      } else {
        Map<Slot, Errors> answer = new TreeMap<>();
        asked
            .get()
            .forEach(
                (slot, position) -> {
                  boolean refused = faulty && random.nextInt(4) == 0;
                  answer.put(slot, refused ? Errors.COORDINATOR_NOT_AVAILABLE : Errors.NONE);
                  if (!refused) {
                    assertThat(position.offset()).isGreaterThan(log.getOrDefault(slot, -1L));
                    log.put(slot, position.offset());
                  }
                });
        asked = Optional.empty();
        orders.answered(answer).settled().forEach(one -> settled.add(one.order()));
      }
      settled.forEach(
          order ->
              order.forEach(
                  (slot, position) ->
                      assertThat(log.get(slot)).isGreaterThanOrEqualTo(position.offset())));
    }
    assertThat(settled).hasSize(count);
  }
}
