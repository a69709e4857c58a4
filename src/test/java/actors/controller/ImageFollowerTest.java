package actors.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A follower of a controller that the test plays. */
class ImageFollowerTest {
  private static final ActorTestKit KIT = ActorTestKit.create();

  private final MessageCodec codec = new MessageCodec(ActorRefResolver.get(KIT.system()));
  private final TestProbe<Controller.Command> controller = KIT.createTestProbe();
  private final TestProbe<Controller.ImageChanged> subscriber = KIT.createTestProbe();
  private final ClusterMetadata three = Images.withBrokers(1);
  private final List<MetadataFact> more =
      List.of(
          new MetadataFact.TopicCreated(new TopicImage(new Uuid(1, 2), "t", Map.of(), List.of())),
          new MetadataFact.TopicDeleted(new Uuid(1, 2)));

  private ActorRef<ImageFollower.Message> follower;
  private ActorRef<ImageMessage> asFollower;

  @BeforeEach
  void start() {
    follower = KIT.spawn(ImageFollower.create(codec, controller.ref(), subscriber.ref(), 0));
    asFollower = expectAsked(0);
  }

  @AfterEach
  void stop() {
    KIT.stop(follower);
  }

  @AfterAll
  static void stopAll() {
    KIT.shutdownTestKit();
  }

  @Nested
  class WhenItHasAnImage {
    @BeforeEach
    void haveOne() {
      asFollower.tell(new Controller.ImageChanged(three));
      assertThat(subscriber.receiveMessage().image()).isEqualTo(three);
    }

    @Test
    void appliesWhatIsNew() {
      asFollower.tell(new Controller.ImageUpdate(three.version(), more));

      assertThat(subscriber.receiveMessage().image()).isEqualTo(three.applyAll(more));
    }

    @Test
    void appliesOnlyWhatItDoesNotHaveYet() {
      asFollower.tell(new Controller.ImageUpdate(three.version(), more.subList(0, 1)));
      asFollower.tell(new Controller.ImageUpdate(three.version(), more));

      assertThat(subscriber.receiveMessage().image().topic("t")).isPresent();
      assertThat(subscriber.receiveMessage().image()).isEqualTo(three.applyAll(more));
    }

    @Test
    void tellsNobodyOfWhatItHasAlready() {
      asFollower.tell(new Controller.ImageUpdate(three.version() - 1, List.of(more.get(0))));
      asFollower.tell(new Controller.ImageChanged(ClusterMetadata.EMPTY));
      asFollower.tell(new Controller.ImageUpdate(three.version(), more));

      assertThat(subscriber.receiveMessage().image()).isEqualTo(three.applyAll(more));
    }

    @Test
    void asksAgainFromItsOwnVersionWhenSomethingIsMissing() {
      asFollower.tell(new Controller.ImageUpdate(three.version() + 7, more));

      assertThat(expectAsked(three.version())).isEqualTo(asFollower);
    }

    @Test
    void goesOnAskingSinceTheControllerMayHaveMoved() {
      expectAsked(three.version());
      expectAsked(three.version());
    }

    @Test
    void repeatsItsImageToWhoSubscribesAgain() {
      follower.tell(new ImageFollower.Again(0));

      assertThat(subscriber.receiveMessage().image()).isEqualTo(three);
    }
  }

  @Test
  void namesWhatItsSubscriberKnowsToAControllerThatAnswersWithLess() {
    follower.tell(new ImageFollower.Again(three.version() + 5));
    asFollower.tell(new Controller.ImageChanged(three));

    assertThat(expectAsked(three.version() + 5)).isEqualTo(asFollower);
    asFollower.tell(new Controller.ImageUpdate(three.version() + 5, List.of()));

    expectAsked(three.version());
  }

  @Test
  void putsAnImageTogetherThatComesInParts() {
    ClusterMetadata large = large();
    Freight.Load load = new Freight(codec).load(new Controller.ImageChanged(large));
    assertThat(load.parts()).hasSizeGreaterThan(2);

    load.sendTo(asFollower);

    assertThat(subscriber.receiveMessage().image()).isEqualTo(large);
  }

  @Test
  void asksAgainWhenAPartIsLost() {
    Freight.Load load = new Freight(codec).load(new Controller.ImageChanged(large()));
    load.parts().stream().skip(1).forEach(asFollower::tell);

    expectAsked(0);
    load.sendTo(asFollower);
    assertThat(subscriber.receiveMessage().image().topics()).isNotEmpty();
  }

  @Test
  void stopsWithItsSubscriber() {
    subscriber.stop();

    controller.expectTerminated(follower);
  }

  private static ClusterMetadata large() {
    ClusterMetadata image = Images.withBrokers(3);
    for (int topic = 0; topic < 3; topic++) {
      image = Images.withTopic(image, new TopicSpec("t" + topic, 9_000, 3, Map.of(), Map.of()));
    }
    return image;
  }

  /** Whoever asks for what is newer than this version; others are the same asking again. */
  private ActorRef<ImageMessage> expectAsked(long version) {
    Controller.Follow asked = controller.expectMessageClass(Controller.Follow.class);
    while (asked.version() != version) {
      asked = controller.expectMessageClass(Controller.Follow.class);
    }
    return asked.follower();
  }
}
