package actors.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import actors.Outcome;
import com.typesafe.config.ConfigFactory;
import java.io.NotSerializableException;
import java.util.Arrays;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.SerializerWithStringManifest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MessageCodecTest {
  private static final ActorTestKit KIT =
      ActorTestKit.create(
          ConfigFactory.parseString(
                  """
                  pekko.actor.provider = local
                  pekko.actor.allow-java-serialization = off
                  """)
              .withFallback(ConfigFactory.parseResources("granary-controller.conf"))
              .withFallback(ConfigFactory.load()));

  private static final ActorRef<Object> SOMEBODY = KIT.<Object>createTestProbe().getRef();

  /** Commands that never leave their broker. */
  private static final Set<Class<?>> AT_HOME =
      Set.of(
          Controller.TakeOffice.class,
          Controller.Balance.class,
          Controller.CreateGathered.class,
          Controller.FenceAbsent.class,
          Controller.Subscribe.class,
          Controller.SubscriberGone.class,
          Controller.FollowerGone.class,
          Controller.CourierGone.class);

  private final MessageCodec codec = new MessageCodec(ActorRefResolver.get(KIT.system()));

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  static LongStream seeds() {
    return LongStream.range(0, 200);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void readsBackWhatItWrote(long seed) throws NotSerializableException {
    for (Object message : messages(seed).oneOfEach()) {
      byte[] bytes = codec.toBytes(message);
      assertThat(codec.fromBytes(bytes, codec.manifest(message))).isEqualTo(message);
    }
  }

  @Test
  void isWhatTheActorSystemUsesForEachOfThem() throws NotSerializableException {
    Serialization serialization = SerializationExtension.get(Adapter.toClassic(KIT.system()));
    for (Object message : messages(1).oneOfEach()) {
      SerializerWithStringManifest serializer =
          (SerializerWithStringManifest) serialization.findSerializerFor(message);
      assertThat(serializer).isInstanceOf(ControllerMessageSerializer.class);
      assertThat(serializer.fromBinary(serializer.toBinary(message), serializer.manifest(message)))
          .isEqualTo(message);
    }
  }

  @Test
  void knowsEveryCommandThatCrossesBrokers() {
    assertThat(kinds(Controller.Command.class))
        .filteredOn(kind -> !AT_HOME.contains(kind))
        .isNotEmpty()
        .allMatch(codec::knows);
    assertThat(kinds(ImageMessage.class)).allMatch(codec::knows);
    assertThat(kinds(Outcome.class)).allMatch(codec::knows);
  }

  @Test
  void isTriedWithEveryKind() {
    Set<Class<?>> tried =
        messages(1).oneOfEach().stream().map(Object::getClass).collect(Collectors.toSet());

    assertThat(
            Stream.concat(kinds(Controller.Command.class), kinds(ImageMessage.class))
                .filter(kind -> !AT_HOME.contains(kind)))
        .allMatch(tried::contains);
  }

  @Test
  void refusesBytesThatWereCutAnywhere() {
    for (Object message : messages(2).oneOfEach()) {
      byte[] whole = codec.toBytes(message);
      for (int size = 0; size < whole.length; size += 1 + size / 8) {
        byte[] cut = Arrays.copyOf(whole, size);
        assertThatThrownBy(() -> codec.fromBytes(cut, codec.manifest(message)))
            .as("%s", message)
            .isInstanceOf(NotSerializableException.class);
      }
    }
  }

  @Test
  void refusesAKindOfAnotherReleaseByName() {
    assertThatThrownBy(() -> codec.fromBytes(new byte[0], "CreateTopic.9"))
        .isInstanceOf(NotSerializableException.class)
        .hasMessageContaining("CreateTopic.9");
  }

  @Test
  void refusesToSendWhatStaysAtHome() {
    assertThatThrownBy(() -> codec.toBytes(new Controller.FenceAbsent(Set.of())))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static RandomMessages messages(long seed) {
    return new RandomMessages(new RandomMetadata(new SplittableRandom(seed)), SOMEBODY);
  }

  /** All the way down. */
  private static Stream<Class<?>> kinds(Class<?> type) {
    return type.isSealed()
        ? Stream.of(type.getPermittedSubclasses()).flatMap(MessageCodecTest::kinds)
        : Stream.of(type);
  }
}
