package streams.kafka;

import actors.Outcome;
import actors.controller.Controller;
import actors.controller.TopicImage;
import java.util.List;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A broker with the controller in the test's hand. */
abstract class HandlerFixture {
  private static ActorTestKit testKit;

  private final TestProbe<Controller.Command> controller =
      testKit.createTestProbe(Controller.Command.class);
  final FakeNode node = new FakeNode(testKit.system(), controller.ref());

  @BeforeAll
  static void startActors() {
    testKit = ActorTestKit.create();
  }

  @AfterAll
  static void stopActors() {
    testKit.shutdownTestKit();
  }

  static <T> TestProbe<T> probe(Class<T> messages) {
    return testKit.createTestProbe(messages);
  }

  FakeExchange handle(ApiHandler handler, ApiMessage request, int version) {
    FakeExchange exchange = new FakeExchange(node, request, (short) version);
    handler.handle(exchange);
    return exchange;
  }

  <T extends Controller.Command> T expectOrder(Class<T> order) {
    return controller.expectMessageClass(order);
  }

  void expectNoOrder() {
    controller.expectNoMessage(java.time.Duration.ZERO);
  }

  /** Orders from here on are answered at once with a timeout, for nobody is there to answer. */
  FakeNode nodeWithoutController() {
    TestProbe<Controller.Command> gone = probe(Controller.Command.class);
    gone.stop();
    probe(Void.class).expectTerminated(gone.ref());
    return new FakeNode(testKit.system(), gone.ref());
  }

  static void accept(ActorRef<Outcome<TopicImage>> replyTo, TopicImage topic) {
    replyTo.tell(Outcome.accepted(topic));
  }

  static List<Short> versions(ApiKeys api) {
    return Wire.versions(api);
  }
}
