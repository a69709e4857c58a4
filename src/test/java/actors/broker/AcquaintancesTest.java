package actors.broker;

import static org.assertj.core.api.Assertions.assertThat;

import actors.broker.Acquaintances.Meeting;
import org.junit.jupiter.api.Test;

class AcquaintancesTest {
  private static final int SELF = 1;
  private static final int OTHER = 2;

  private final Acquaintances acquaintances = new Acquaintances(SELF);
  private final BrokerImages both =
      BrokerImages.of(20).withBroker(SELF, 5, false).withBroker(OTHER, 6, false);
  private final BrokerImages withTopic =
      both.withTopic(BrokerImages.topic("orders", 2, 1, SELF, OTHER));

  @Test
  void asksOnceForEachOther() {
    assertThat(acquaintances.toMeet(withTopic.image()))
        .extracting(Meeting::brokerId)
        .containsExactly(OTHER);
    assertThat(acquaintances.toMeet(withTopic.at(21).image())).isEmpty();
  }

  @Test
  void waitsUntilTheOtherHasAReplica() {
    assertThat(acquaintances.toMeet(both.image())).isEmpty();
    assertThat(acquaintances.toMeet(withTopic.image())).hasSize(1);
  }

  @Test
  void asksForNobodyUnderAFence() {
    assertThat(acquaintances.toMeet(withTopic.withBroker(OTHER, 6, true).image())).isEmpty();
  }

  @Test
  void asksAgainForOneThatIsInAnotherLife() {
    acquaintances.toMeet(withTopic.image());

    assertThat(acquaintances.toMeet(withTopic.withBroker(OTHER, 30, false).image())).hasSize(1);
  }
}
