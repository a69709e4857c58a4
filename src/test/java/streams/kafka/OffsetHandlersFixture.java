package streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import actors.partition.Replica;
import actors.partition.Replica.FindOffset;
import actors.partition.ReplicaReply.OffsetFound;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.BeforeEach;

/**
 * Topic {@code orders}: this broker leads partitions 0 and 1, broker 2 leads partition 2, nobody
 * leads partition 3; replicas of all of them run here.
 */
abstract class OffsetHandlersFixture extends HandlerFixture {
  final TestProbe<Replica.Command> zero = probe(Replica.Command.class);
  final TestProbe<Replica.Command> one = probe(Replica.Command.class);

  @BeforeEach
  void lead() {
    node.shows(
        Images.of(
            Images.topic(
                "orders",
                Images.partition(0, 1, 1, 2),
                Images.partition(1, 1, 1, 2),
                Images.partition(2, 2, 1, 2),
                Images.partition(3, -1, 1, 2))));
    node.runs("orders", 0, zero.ref())
        .runs("orders", 1, one.ref())
        .runs("orders", 2, zero.ref())
        .runs("orders", 3, zero.ref());
  }

  static FindOffset question(TestProbe<Replica.Command> replica) {
    return replica.expectMessageClass(FindOffset.class);
  }

  static void found(
      FakeExchange exchange, FindOffset question, long offset, long timestamp, int epoch) {
    question
        .replyTo()
        .tell(new OffsetFound(question.correlation(), Errors.NONE, offset, timestamp, epoch));
    exchange.takeReply();
  }

  static void refused(FakeExchange exchange, FindOffset question, Errors error) {
    question.replyTo().tell(new OffsetFound(question.correlation(), error, -1, -1, -1));
    exchange.takeReply();
  }

  static void assertNothingLeft(FakeExchange exchange) {
    assertThat(exchange.openListeners()).isZero();
    exchange.runTimers();
  }
}
