package actors.partition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalInt;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Test;

class WaitingReadersTest {
  private final WaitingReaders readers = new WaitingReaders();
  private final TestInbox<ReplicaReply> client = TestInbox.create();

  @Test
  void takesOutOnlyThoseForWhomThereIsMore() {
    Replica.Read near = read(1, 10);
    Replica.Read far = read(2, 20);
    readers.add(near);
    readers.add(far);

    assertThat(readers.takeReady(10, 10)).isEmpty();
    assertThat(readers.takeReady(11, 11)).containsExactly(near);
    assertThat(readers.takeReady(21, 21)).containsExactly(far);
    assertThat(readers.isEmpty()).isTrue();
  }

  @Test
  void replacesWhatTheSameReaderSaidBefore() {
    readers.add(read(1, 10));
    Replica.Read later = read(1, 20);
    readers.add(later);

    assertThat(readers.takeAll()).containsExactly(later);
  }

  @Test
  void keepsNoMoreThanItsBound() {
    for (int i = 0; i < Limits.WAITING_READERS_MAX; i++) {
      assertThat(readers.add(read(i, 10))).isTrue();
    }

    assertThat(readers.add(read(Limits.WAITING_READERS_MAX, 10))).isFalse();
    assertThat(readers.add(read(0, 12))).as("one who is in already").isTrue();
    assertThat(readers.takeAll()).hasSize(Limits.WAITING_READERS_MAX);
  }

  private Replica.Read read(long correlation, long waitPast) {
    return new Replica.Read(
        correlation, 0, 1, true, false, OptionalInt.empty(), waitPast, client.getRef());
  }
}
