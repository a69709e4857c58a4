package actors.broker;

import static org.assertj.core.api.Assertions.assertThat;

import actors.broker.Publication.Order;
import org.junit.jupiter.api.Test;

class PublicationTest {
  private final Publication publication = new Publication();

  @Test
  void showsAnImageAtOnceThatBringsNothingNewHere() {
    assertThat(publication.shown(false)).isEqualTo(Order.PUBLISH);
  }

  @Test
  void waitsUntilTheLastNewReplicaHasAnswered() {
    assertThat(publication.shown(true)).isEqualTo(Order.WAIT);
    assertThat(publication.answered(true)).isEqualTo(Order.NOTHING);
    assertThat(publication.answered(false)).isEqualTo(Order.PUBLISH);
    assertThat(publication.overdue()).isEqualTo(Order.NOTHING);
  }

  @Test
  void doesNotWaitAnewForEachImage() {
    publication.shown(true);

    assertThat(publication.shown(true)).isEqualTo(Order.NOTHING);
  }

  @Test
  void showsTheImageAnywayAfterAWhileAndOnce() {
    publication.shown(true);

    assertThat(publication.overdue()).isEqualTo(Order.PUBLISH);
    assertThat(publication.answered(false)).isEqualTo(Order.NOTHING);
  }

  @Test
  void waitsAgainForTheNextImageOfReplicasThatStillStart() {
    publication.shown(true);
    publication.overdue();

    assertThat(publication.shown(true)).isEqualTo(Order.WAIT);
  }
}
