package actors.broker;

import static org.assertj.core.api.Assertions.assertThat;

import actors.BrokerEpoch;
import actors.Outcome;
import actors.broker.BrokerLife.Word;
import actors.controller.ClusterMetadata;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class BrokerLifeTest {
  private static final int BROKER = 3;
  private static final BrokerEpoch EPOCH = new BrokerEpoch(17);

  private final BrokerLife begun = BrokerLife.begun(BROKER);
  private final BrokerLife registered = begun.registered(0, EPOCH);
  private final BrokerLife withImage = registered.shown(image(18, EPOCH, true), true);
  private final BrokerLife ready = withImage.readyAnswered(EPOCH, Outcome.accepted(EPOCH));

  private static ClusterMetadata image(long version, BrokerEpoch ofBroker, boolean fenced) {
    return BrokerImages.of(version).withBroker(BROKER, ofBroker.value(), fenced).image();
  }

  private static Word word(BrokerLife life) {
    return life.tick(true).word();
  }

  @Nested
  class WhenNotRegistered {
    @Test
    void registers() {
      assertThat(word(begun)).isEqualTo(Word.REGISTER);
    }

    @Test
    void takesNoImage() {
      assertThat(begun.takes(image(18, EPOCH, true))).isFalse();
    }
  }

  @Nested
  class WhenRegistered {
    @Test
    void subscribesUntilAnImageComes() {
      assertThat(word(registered)).isEqualTo(Word.SUBSCRIBE);
    }

    @Test
    void takesNoImageFromBeforeItsRegistration() {
      assertThat(registered.takes(image(16, EPOCH, true))).isFalse();
      assertThat(registered.takes(image(17, EPOCH, true))).isTrue();
    }

    @Test
    void keepsItsEpochWhateverOtherAnswersCome() {
      assertThat(registered.registered(0, new BrokerEpoch(20))).isEqualTo(registered);
    }
  }

  @Nested
  class WhenItHasAnImage {
    @Test
    void saysThatItIsReadyOnceItMayServe() {
      assertThat(withImage.tick(false).word()).isEqualTo(Word.NOTHING);
      assertThat(word(withImage)).isEqualTo(Word.READY);
      assertThat(ready.isSettled()).isTrue();
    }

    @Test
    void doesNotGoBackToAnOlderImage() {
      assertThat(withImage.takes(image(17, EPOCH, true))).isFalse();
    }

    @Test
    void asksToBeLetInAgainWhenItIsFenced() {
      BrokerLife fenced = ready.shown(image(20, EPOCH, true), true);

      assertThat(word(fenced)).isEqualTo(Word.READY);
    }

    @Test
    void staysUnderItsFenceIfItDoesNotWantToServe() {
      assertThat(ready.shown(image(20, EPOCH, true), false).isSettled()).isTrue();
    }

    @Test
    void waitsForAnotherControllerWhereOneDoesNotKnowIt() {
      BrokerLife unknown =
          withImage.readyAnswered(EPOCH, Outcome.refused(Errors.BROKER_ID_NOT_REGISTERED, "who?"));

      assertThat(unknown).isEqualTo(withImage);
    }
  }

  @Nested
  class WhenAnotherRegistrationHasTakenItsPlace {
    private final BrokerLife overtaken =
        ready.readyAnswered(EPOCH, Outcome.refused(Errors.STALE_BROKER_EPOCH, "19"));

    @Test
    void registersAnewAtOnceTheFirstTime() {
      assertThat(overtaken.isRegistered()).isFalse();
      assertThat(word(overtaken)).isEqualTo(Word.REGISTER);
    }

    @Test
    void learnsOfItFromAnImageAsWell() {
      assertThat(ready.shown(image(20, new BrokerEpoch(19), true), true)).satisfies(this::isAnew);
    }

    @Test
    void learnsOfItFromOtherAnswersAsWell() {
      assertThat(ready.refused(EPOCH, Errors.STALE_BROKER_EPOCH)).satisfies(this::isAnew);
      assertThat(ready.refused(EPOCH, Errors.NOT_CONTROLLER)).isEqualTo(ready);
    }

    private void isAnew(BrokerLife life) {
      assertThat(life.attempt()).isEqualTo(1);
      assertThat(word(life)).isEqualTo(Word.REGISTER);
    }

    @Test
    void doesNotHearAnswersToWhatItSaidBefore() {
      assertThat(overtaken.registered(0, EPOCH)).isEqualTo(overtaken);
      assertThat(overtaken.readyAnswered(EPOCH, Outcome.accepted(EPOCH))).isEqualTo(overtaken);
      assertThat(overtaken.refused(EPOCH, Errors.STALE_BROKER_EPOCH)).isEqualTo(overtaken);
    }

    @Test
    void isReadyAgainOnlyWithAnImageOfItsNewRegistration() {
      BrokerLife anew = overtaken.registered(1, new BrokerEpoch(25));

      assertThat(word(anew)).isEqualTo(Word.SUBSCRIBE);
      assertThat(anew.takes(image(24, EPOCH, true))).isFalse();
      assertThat(word(anew.shown(image(25, new BrokerEpoch(25), true), true)))
          .isEqualTo(Word.READY);
    }

    @Test
    void mayTurnOutToBeRegisteredStill() {
      BrokerLife still = overtaken.registered(1, EPOCH);

      assertThat(word(still)).isEqualTo(Word.READY);
    }
  }

  @Test
  void pausesLongerEachTimeAndNeverForEver() {
    BrokerLife life = ready;
    int before = -1;
    for (int time = 0; time < 40; time++) {
      life = life.refused(life.epoch(), Errors.STALE_BROKER_EPOCH);
      int pause = ticksUntilItRegisters(life);
      assertThat(pause).isBetween(before, BrokerLife.PAUSE_TICKS_MAX);
      before = pause;
      life = life.registered(life.attempt(), new BrokerEpoch(100 + time));
    }
    assertThat(before).isEqualTo(BrokerLife.PAUSE_TICKS_MAX - 1);
  }

  private static int ticksUntilItRegisters(BrokerLife overtaken) {
    BrokerLife life = overtaken;
    int ticks = 0;
    while (word(life) != Word.REGISTER) {
      life = life.tick(true).next();
      ticks++;
    }
    return ticks;
  }
}
