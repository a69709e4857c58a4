package streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ComplaintTest {
  private static final Optional<String> WRONG = Optional.of("wrong");
  private static final Optional<String> WORSE = Optional.of("worse");
  private static final Optional<String> WELL = Optional.empty();
  private static final long TEN_MINUTES = Duration.ofMinutes(10).toMillis();

  @Test
  void isSaidAtOnceAndThenEveryTenMinutes() {
    Complaint complaint = Complaint.NONE;
    assertThat(complaint.isToBeSaid(WRONG, 5)).isTrue();

    complaint = complaint.after(WRONG, 5).after(WRONG, 6_000);
    assertThat(complaint.isToBeSaid(WRONG, 5 + TEN_MINUTES - 1)).isFalse();
    assertThat(complaint.isToBeSaid(WRONG, 5 + TEN_MINUTES)).isTrue();
    assertThat(complaint.after(WRONG, 5 + TEN_MINUTES).isToBeSaid(WRONG, 6 + TEN_MINUTES))
        .isFalse();
  }

  @Test
  void isSaidWhenItChanges() {
    assertThat(Complaint.NONE.after(WRONG, 5).isToBeSaid(WORSE, 6)).isTrue();
  }

  @Test
  void isOverOnceAllIsWell() {
    Complaint complaint = Complaint.NONE.after(WRONG, 5);

    assertThat(complaint.isOver(WELL)).isTrue();
    assertThat(complaint.isToBeSaid(WELL, 6)).isFalse();
    assertThat(complaint.after(WELL, 6).isOver(WELL)).isFalse();
    assertThat(complaint.after(WELL, 6).isToBeSaid(WRONG, 7)).isTrue();
  }
}
