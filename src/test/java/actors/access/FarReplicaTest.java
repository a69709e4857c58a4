package actors.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import actors.LeaderEpoch;
import actors.access.AccessMessage.Answer;
import actors.access.AccessMessage.Asked;
import actors.access.AccessMessage.Open;
import actors.access.AccessMessage.Opened;
import actors.access.AccessMessage.Part;
import actors.access.AccessMessage.Question;
import actors.access.AccessMessage.Refused;
import actors.access.AccessMessage.Told;
import actors.partition.OffsetQuery;
import actors.partition.Replica;
import actors.partition.ReplicaReply;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.LeaderNotAvailableException;
import org.apache.kafka.common.errors.ThrottlingQuotaExceededException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class FarReplicaTest {
  private static final ActorTestKit KIT = ActorTestKit.create(ManualTime.config());
  private static final ManualTime TIME = ManualTime.get(KIT.system());
  private static final ByteBuffer SOME = ByteBuffer.wrap(new byte[] {1, 2, 3});

  private final TestProbe<AccessMessage> door = KIT.createTestProbe();
  private final TestProbe<AccessMessage> visit = KIT.createTestProbe();
  private final TestProbe<ReplicaReply> stage = KIT.createTestProbe();
  private final TestProbe<Object> watcher = KIT.createTestProbe();
  private final CountDownLatch ended = new CountDownLatch(1);
  private ActorRef<Object> far;
  private Open open;
  private long told;
  private long asked;

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  @BeforeEach
  void knocks() {
    far = KIT.spawn(FarReplica.create(Reigns.REIGN, door.ref(), ended::countDown));
    open = door.expectMessageClass(Open.class);
  }

  private void opened() {
    open.guest().tell(new Opened(Reigns.EPOCH, visit.ref()));
  }

  private <T extends Question> T expectAsked(Class<T> kind) {
    Asked message = visit.expectMessageClass(Asked.class);
    assertThat(message.epoch()).isEqualTo(Reigns.EPOCH);
    assertThat(message.number()).isEqualTo(asked++);
    return kind.cast(message.question());
  }

  private void tell(Answer answer) {
    open.guest().tell(new Told(Reigns.EPOCH, told++, answer));
  }

  private void append(long correlation, ByteBuffer records) {
    far.tell(new Replica.Append(correlation, records, (short) -1, stage.ref()));
  }

  private void read(long correlation, ActorRef<ReplicaReply> reader) {
    far.tell(new Replica.Read(correlation, 5, 1000, true, false, OptionalInt.empty(), 5, reader));
  }

  private static ReplicaReply.Data data(long request, boolean waiting) {
    return new ReplicaReply.Data(request, Errors.NONE, Optional.empty(), 9, 9, 0, waiting);
  }

  /** A read to which bytes are offered. */
  private ReplicaReply.FarBytes offered(int size) {
    read(7, stage.ref());
    long request = expectAsked(Question.Read.class).request();
    tell(new Answer.Data(data(request, false), size));
    ReplicaReply.Offered offered = stage.expectMessageClass(ReplicaReply.Offered.class);
    assertThat(offered.correlation()).isEqualTo(7);
    return offered.bytes();
  }

  private void expectStop() {
    watcher.expectTerminated(far);
    assertThat(ended.getCount()).isZero();
  }

  @Nested
  class WhileTheDoorIsShut {
    @Test
    void namesTheReignAndKnocksAgain() {
      assertThat(open.epoch()).isEqualTo(Reigns.EPOCH);
      assertThat(open.topicId()).isEqualTo(Reigns.TOPIC_ID);

      TIME.timePasses(Limits.OPEN_AGAIN);

      assertThat(door.expectMessageClass(Open.class)).isEqualTo(open);
    }

    @Test
    void keepsWhatItIsAskedAndAsksItInOrder() {
      append(1, SOME);
      read(2, stage.ref());
      far.tell(
          new Replica.FindOffset(3, new OffsetQuery.Earliest(), OptionalInt.empty(), stage.ref()));
      visit.expectNoMessage(Duration.ZERO);

      opened();

      assertThat(expectAsked(Question.Append.class).bytes()).isEqualTo(SOME);
      assertThat(expectAsked(Question.Read.class).waitPast()).isEqualTo(5);
      assertThat(expectAsked(Question.FindOffset.class).query())
          .isEqualTo(new OffsetQuery.Earliest());
    }

    @Test
    void passesARefusalOnInTheFormOfEachReplyAndStops() {
      append(1, SOME);
      read(2, stage.ref());
      open.guest().tell(new Refused(Reigns.EPOCH, Errors.FENCED_LEADER_EPOCH, "too late"));

      Errors first = error(stage.receiveMessage());
      Errors second = error(stage.receiveMessage());

      assertThat(first).isEqualTo(Errors.FENCED_LEADER_EPOCH);
      assertThat(second).isEqualTo(Errors.FENCED_LEADER_EPOCH);
      expectStop();
    }

    private Errors error(ReplicaReply reply) {
      return reply instanceof ReplicaReply.Appended appended
          ? appended.error()
          : ((ReplicaReply.Data) reply).error();
    }

    @Test
    void givesUpWhenNobodyAnswers() {
      append(1, SOME);

      for (int tried = 1; tried < Limits.OPEN_TRIES_MAX; tried++) {
        TIME.timePasses(Limits.OPEN_AGAIN);
        door.expectMessageClass(Open.class);
      }
      TIME.timePasses(Limits.OPEN_AGAIN);

      expectStop();
    }

    @Test
    void doesNotHearOfAnotherEpoch() {
      open.guest().tell(new Refused(new LeaderEpoch(6), Errors.UNKNOWN_TOPIC_ID, "an old one"));
      open.guest().tell(new Opened(new LeaderEpoch(8), door.ref()));
      opened();

      append(1, SOME);

      expectAsked(Question.Append.class);
    }
  }

  @Nested
  class OnceLetIn {
    @BeforeEach
    void letIn() {
      opened();
    }

    @Test
    void answersEachUnderItsOwnCorrelation() {
      TestProbe<ReplicaReply> other = KIT.createTestProbe();
      append(1, SOME);
      far.tell(new Replica.Append(1, SOME, (short) 1, other.ref()));
      long first = expectAsked(Question.Append.class).request();
      long second = expectAsked(Question.Append.class).request();

      tell(
          new Answer.Appended(
              new ReplicaReply.Appended(second, Errors.NONE, 20, -1, 0, Optional.empty())));
      tell(
          new Answer.Appended(
              new ReplicaReply.Appended(first, Errors.NONE, 10, -1, 0, Optional.empty())));

      assertThat(stage.expectMessageClass(ReplicaReply.Appended.class))
          .isEqualTo(new ReplicaReply.Appended(1, Errors.NONE, 10, -1, 0, Optional.empty()));
      assertThat(other.expectMessageClass(ReplicaReply.Appended.class).baseOffset()).isEqualTo(20);
    }

    @Test
    void tellsAWaitingReaderTwice() {
      read(2, stage.ref());
      long request = expectAsked(Question.Read.class).request();

      tell(new Answer.Data(data(request, true), 0));
      tell(new Answer.Data(data(request, false), 3));

      assertThat(stage.expectMessageClass(ReplicaReply.Data.class).waiting()).isTrue();
      assertThat(stage.expectMessageClass(ReplicaReply.Offered.class).bytes().size()).isEqualTo(3);
    }

    @Test
    void forgetsAReaderThatCancels() {
      read(2, stage.ref());
      long request = expectAsked(Question.Read.class).request();

      far.tell(new Replica.CancelRead(2, stage.ref()));

      assertThat(expectAsked(Question.Forget.class).request()).isEqualTo(request);
      tell(new Answer.Data(data(request, false), 3));
      stage.expectNoMessage(Duration.ZERO);
    }

    @Test
    void loadsWhatWasOfferedWhenItIsWantedAndSaysWhenItHasIt() {
      ReplicaReply.FarBytes bytes = offered(3);
      visit.expectNoMessage(Duration.ZERO);

      CompletableFuture<ByteBuffer> loaded = bytes.load().toCompletableFuture();
      long request = expectAsked(Question.Load.class).request();
      tell(new Answer.Bytes(request, new Part(0, 3), SOME.slice(0, 2)));
      tell(new Answer.Bytes(request, new Part(2, 3), SOME.slice(2, 1)));

      assertThat(expectAsked(Question.Taken.class).request()).isEqualTo(request);
      assertThat(loaded.orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo(SOME);
    }

    @Test
    void failsALoadWithTheReason() {
      CompletableFuture<ByteBuffer> loaded = offered(3).load().toCompletableFuture();
      long request = expectAsked(Question.Load.class).request();

      tell(new Answer.NotLoaded(request, Errors.THROTTLING_QUOTA_EXCEEDED, "much is under way"));

      assertThatThrownBy(() -> loaded.orTimeout(10, TimeUnit.SECONDS).join())
          .hasCauseInstanceOf(ThrottlingQuotaExceededException.class)
          .hasMessageContaining("much is under way");
    }

    @Test
    void refusesMoreBytesThanMayBeUnderWay() {
      ByteBuffer half = ByteBuffer.allocate((int) Limits.FAR_REPLICA_BYTES_MAX / 2);
      append(1, half);
      append(2, half);

      append(3, SOME);

      ReplicaReply.Appended refused = stage.expectMessageClass(ReplicaReply.Appended.class);
      assertThat(refused.correlation()).isEqualTo(3);
      assertThat(refused.error()).isEqualTo(Errors.THROTTLING_QUOTA_EXCEEDED);
    }

    @Test
    void hearsNothingOfAnotherEpoch() {
      append(1, SOME);
      long request = expectAsked(Question.Append.class).request();
      Answer answer =
          new Answer.Appended(
              new ReplicaReply.Appended(request, Errors.NONE, 10, -1, 0, Optional.empty()));

      open.guest().tell(new Told(new LeaderEpoch(6), 0, answer));
      stage.expectNoMessage(Duration.ZERO);
      tell(answer);

      stage.expectMessageClass(ReplicaReply.Appended.class);
    }

    @Test
    void hearsACopyOnce() {
      append(1, SOME);
      long request = expectAsked(Question.Append.class).request();
      read(2, stage.ref());
      long second = expectAsked(Question.Read.class).request();
      Told answer =
          new Told(
              Reigns.EPOCH,
              told++,
              new Answer.Appended(
                  new ReplicaReply.Appended(request, Errors.NONE, 10, -1, 0, Optional.empty())));

      open.guest().tell(answer);
      open.guest().tell(answer);
      tell(new Answer.Data(data(second, true), 0));

      stage.expectMessageClass(ReplicaReply.Appended.class);
      stage.expectMessageClass(ReplicaReply.Data.class);
    }
  }

  @Nested
  class Stops {
    @BeforeEach
    void letIn() {
      opened();
    }

    @Test
    void whenAnAnswerWasLost() {
      append(1, SOME);
      expectAsked(Question.Append.class);

      open.guest().tell(new Told(Reigns.EPOCH, 1, new Answer.Checked()));

      expectStop();
    }

    @Test
    void whenTheVisitEndsAndWhoWaitsForBytesIsTold() {
      CompletableFuture<ByteBuffer> loaded = offered(3).load().toCompletableFuture();
      expectAsked(Question.Load.class);

      visit.stop();

      expectStop();
      assertThatThrownBy(() -> loaded.orTimeout(10, TimeUnit.SECONDS).join())
          .hasCauseInstanceOf(LeaderNotAvailableException.class);
    }

    @Test
    void andWhatItOfferedCannotBeLoadedAnyMore() {
      ReplicaReply.FarBytes bytes = offered(3);
      far.tell(new FarReplica.ReignOver());
      expectStop();

      assertThat(bytes.load().toCompletableFuture()).isCompletedExceptionally();
    }

    @Test
    void whenTheReignIsOver() {
      far.tell(new FarReplica.ReignOver());

      expectStop();
    }

    @Test
    void whenTheLastWhoSpokeToItHasGoneAndNotBefore() {
      ActorRef<ReplicaReply> first = KIT.spawn(Behaviors.ignore());
      ActorRef<ReplicaReply> second = KIT.spawn(Behaviors.ignore());
      read(1, first);
      long ofFirst = expectAsked(Question.Read.class).request();
      read(1, second);
      expectAsked(Question.Read.class);

      KIT.stop(first);
      assertThat(expectAsked(Question.Forget.class).request()).isEqualTo(ofFirst);
      KIT.stop(second);

      expectStop();
    }

    @Test
    void whenNobodyHasSpokenToIt() {
      TIME.timePasses(Limits.UNUSED_MAX);

      expectStop();
    }

    @Test
    void whenNothingIsHeardWhileAnAnswerIsDue() {
      read(1, stage.ref());
      expectAsked(Question.Read.class);

      for (int check = 0; check < Limits.UNANSWERED_CHECKS_MAX; check++) {
        TIME.timePasses(Limits.CHECK_INTERVAL);
        expectAsked(Question.Check.class);
      }
      TIME.timePasses(Limits.CHECK_INTERVAL);

      expectStop();
    }

    @Test
    void notWhileItsQuestionsAreAnswered() {
      read(1, stage.ref());
      expectAsked(Question.Read.class);

      for (int check = 0; check < 3 * Limits.UNANSWERED_CHECKS_MAX; check++) {
        TIME.timePasses(Limits.CHECK_INTERVAL);
        expectAsked(Question.Check.class);
        tell(new Answer.Checked());
      }

      read(2, stage.ref());
      expectAsked(Question.Read.class);
    }
  }
}
