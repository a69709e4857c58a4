package actors.broker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DiskTrustTest {
  private static final int SELF = 1;
  private static final int OTHER = 2;

  private final DiskTrust disk = new DiskTrust(SELF);
  private final BrokerImages alone = BrokerImages.of(20).withBroker(SELF, 5, false);
  private final BrokerImages both = alone.withBroker(OTHER, 6, false);

  @Test
  void isGivenUpOnceWhereThereAreOthers() {
    assertThat(disk.failed(both.image())).isTrue();
    assertThat(disk.failed(both.image())).isFalse();
    assertThat(disk.isGone()).isTrue();
  }

  @Test
  void isAllThereIsWhereNobodyElseIsLive() {
    assertThat(disk.failed(alone.image())).isFalse();
    assertThat(disk.failed(alone.withBroker(OTHER, 6, true).image())).isFalse();
    assertThat(disk.isGone()).isFalse();
  }

  @Test
  void asksForTheFenceUntilItIsThere() {
    assertThat(disk.mustBeFenced(both.image())).isFalse();

    disk.failed(both.image());

    assertThat(disk.mustBeFenced(both.image())).isTrue();
    assertThat(disk.mustBeFenced(both.withBroker(SELF, 5, true).image())).isFalse();
  }
}
