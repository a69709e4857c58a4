package actors.access;

import static org.assertj.core.api.Assertions.assertThat;

import actors.controller.ClusterMetadata;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class ReignTest {
  private static Errors error(ClusterMetadata image) {
    return Reigns.REIGN.objection(image).map(Reign.Objection::error).orElse(Errors.NONE);
  }

  @Test
  void holdsInTheImageThatItIsOf() {
    assertThat(error(Reigns.image(2, 7))).isEqualTo(Errors.NONE);
  }

  @Test
  void isOverInALaterEpochWhoeverLeads() {
    assertThat(error(Reigns.image(2, 8))).isEqualTo(Errors.FENCED_LEADER_EPOCH);
    assertThat(error(Reigns.image(3, 8))).isEqualTo(Errors.FENCED_LEADER_EPOCH);
  }

  @Test
  void isNotKnownYetInAnEarlierEpoch() {
    assertThat(error(Reigns.image(2, 6))).isEqualTo(Errors.UNKNOWN_LEADER_EPOCH);
  }

  @Test
  void isOverWhenNobodyLeadsOrAnother() {
    assertThat(error(Reigns.image(-1, 7))).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
  }

  @Test
  void isOfOneTopicAndNoOtherOfItsName() {
    assertThat(error(Reigns.image(new Uuid(5, 6), 2, 7))).isEqualTo(Errors.UNKNOWN_TOPIC_ID);
  }

  @Test
  void isOfAPartitionThatIsThere() {
    Reign beyond = new Reign(Reigns.TOPIC_ID, 1, 2, Reigns.EPOCH);

    assertThat(beyond.objection(Reigns.image(2, 7)))
        .get()
        .extracting(Reign.Objection::error)
        .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
  }
}
