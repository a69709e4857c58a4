package actors.partition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Test;

class PendingDeletionsTest {
  private final PendingDeletions deletions = new PendingDeletions();
  private final TestInbox<ReplicaReply> client = TestInbox.create();

  private void add(long correlation, long startOffset, int timeoutMillis, long nowMillis) {
    deletions.add(
        new Replica.DeleteRecords(correlation, startOffset, timeoutMillis, client.getRef()),
        startOffset,
        nowMillis);
  }

  private static ReplicaReply deleted(long correlation, long lowWatermark) {
    return new ReplicaReply.RecordsDeleted(correlation, Errors.NONE, lowWatermark);
  }

  private static ReplicaReply refused(long correlation, Errors why) {
    return new ReplicaReply.RecordsDeleted(correlation, why, -1);
  }

  private List<ReplicaReply> answers() {
    return client.hasMessages() ? client.getAllReceived() : List.of();
  }

  @Test
  void answersThoseWhoseOffsetIsReachedInWhateverOrderTheyCame() {
    add(1, 20, 1_000, 0);
    add(2, 10, 1_000, 0);

    deletions.reached(9);
    assertThat(answers()).isEmpty();
    deletions.reached(12);
    assertThat(answers()).containsExactly(deleted(2, 12));
    deletions.reached(20);
    assertThat(answers()).containsExactly(deleted(1, 20));
    assertThat(deletions.isEmpty()).isTrue();
  }

  @Test
  void forgetsWhoDoesNotWaitAnyMore() {
    add(1, 20, 1_000, 0);
    add(2, 20, 3_000, 0);

    deletions.expire(1_000);

    assertThat(answers()).containsExactly(refused(1, Errors.REQUEST_TIMED_OUT));
    deletions.reached(20);
    assertThat(answers()).containsExactly(deleted(2, 20));
  }

  @Test
  void tellsEverybodyWhyTheReignIsOver() {
    add(1, 20, 1_000, 0);
    add(2, 30, 1_000, 0);

    deletions.end(Errors.NOT_LEADER_OR_FOLLOWER);

    assertThat(answers())
        .containsExactly(
            refused(1, Errors.NOT_LEADER_OR_FOLLOWER), refused(2, Errors.NOT_LEADER_OR_FOLLOWER));
    assertThat(deletions.isEmpty()).isTrue();
  }

  @Test
  void keepsNoMoreThanItsBound() {
    for (int i = 0; i < Limits.WAITING_DELETIONS_MAX; i++) {
      add(i, 20, 1_000, 0);
    }
    assertThat(answers()).isEmpty();

    add(9_999, 20, 1_000, 0);

    assertThat(answers()).containsExactly(refused(9_999, Errors.REQUEST_TIMED_OUT));
    add(10_000, 20, 1_000, 1_000);
    assertThat(answers()).as("those before are forgotten").hasSize(Limits.WAITING_DELETIONS_MAX);
  }
}
