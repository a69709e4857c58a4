package actors.partition;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import storage.log.EpochHistory;
import storage.log.LogRange;

/** What a leader tells a follower that has nothing; whoever has something, the simulation shows. */
class DivergenceTest {
  private static final LogRange LEADERS_LOG = new LogRange(19, 260);
  private static final EpochHistory EPOCHS = EpochHistory.EMPTY.assign(1, 19);

  @Test
  void letsAnEmptyFollowerGoOnWhereABatchBegins() {
    assertThat(emptyAt(19, 19)).isEqualTo(new Divergence.None());
    assertThat(emptyAt(46, 46)).isEqualTo(new Divergence.None());
    assertThat(emptyAt(260, 260)).isEqualTo(new Divergence.None());
  }

  @Test
  void hasItBeginWithTheBatchThatItIsInTheMiddleOf() {
    assertThat(emptyAt(46, 40)).isEqualTo(new Divergence.Restart(40));
    assertThat(Divergence.between(EPOCHS, LEADERS_LOG, 1, 46, 40))
        .isEqualTo(new Divergence.Restart(40));
  }

  @Test
  void hasItBeginWithTheLogWhereItIsOutsideOfIt() {
    assertThat(emptyAt(0, 0)).isEqualTo(new Divergence.Restart(19));
    assertThat(emptyAt(300, 300)).isEqualTo(new Divergence.Restart(19));
  }

  private static Divergence emptyAt(long endOffset, long batchStart) {
    return Divergence.between(EPOCHS, LEADERS_LOG, -1, endOffset, batchStart);
  }
}
