package streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.testkit.TestPublisher;
import org.apache.pekko.stream.testkit.javadsl.TestSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import streams.CommitBook.Result;
import streams.ConsumerMessage.CommittableMessage;
import streams.ConsumerMessage.CommittableOffset;

/** The committer against a member that the test plays. */
class CommitterTest {
  private static final ActorTestKit KIT = Streams.testKit();
  private static final Duration LONG = Duration.ofHours(1);

  private final TestProbe<GroupMember.Command> member = KIT.createTestProbe();
  private final GroupHandle handle = new GroupHandle("g", self -> member.ref());
  private final Lease first = lease(0);
  private final Lease second = lease(1);

  CommitterTest() {
    handle.start();
  }

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  private Lease lease(int partition) {
    return new Lease(
        handle,
        new Slot(new Uuid(1, 1), partition),
        new TopicPartition("t", partition),
        new StartPoint.AtOffset(0),
        stopped -> {});
  }

  private static CommittableOffset offset(Lease lease, long offset) {
    return CommittableMessage.of(
            lease, new ConsumerRecord<>("t", lease.partition().partition(), offset, "key", "value"))
        .committableOffset();
  }

  private Pair<TestPublisher.Probe<CommittableOffset>, CompletionStage<Done>> run(
      int maxBatch, Duration maxInterval) {
    CommitterSettings settings =
        CommitterSettings.create(KIT.system()).withMaxBatch(maxBatch).withMaxInterval(maxInterval);
    return TestSource.<CommittableOffset>create(KIT.system())
        .toMat(Committer.sink(settings), Keep.both())
        .run(KIT.system());
  }

  private GroupMember.Commit commit() {
    return member.expectMessageClass(GroupMember.Commit.class);
  }

  private static void settle(GroupMember.Commit commit) {
    commit.result().complete(new Result.Committed());
  }

  private static Throwable failure(CompletionStage<Done> stage) {
    return stage
        .toCompletableFuture()
        .orTimeout(20, TimeUnit.SECONDS)
        .handle(
            (done, failure) ->
                failure instanceof CompletionException ? failure.getCause() : failure)
        .join();
  }

  @Test
  void commitsTheLastOfEachPartitionOnceThereAreEnough() {
    TestPublisher.Probe<CommittableOffset> offsets = run(3, LONG).first();
    offsets.sendNext(offset(first, 5)).sendNext(offset(second, 7));
    member.expectNoMessage(Duration.ZERO);

    offsets.sendNext(offset(first, 6));

    GroupMember.Commit commit = commit();
    assertThat(commit.positions()).hasSize(2);
    assertThat(commit.positions().get(first).offset()).isEqualTo(7);
    assertThat(commit.positions().get(second).offset()).isEqualTo(8);
  }

  @Test
  void commitsFewerWhenTheirTimeIsOver() {
    run(1000, Duration.ofMillis(1)).first().sendNext(offset(first, 5));

    assertThat(commit().positions().get(first).offset()).isEqualTo(6);
  }

  @Test
  void hasOneBatchUnderWayAndGathersMeanwhile() {
    TestPublisher.Probe<CommittableOffset> offsets = run(2, LONG).first();
    offsets.sendNext(offset(first, 1)).sendNext(offset(first, 2));
    GroupMember.Commit under = commit();
    offsets.sendNext(offset(first, 3)).sendNext(offset(first, 4));
    member.expectNoMessage(Duration.ZERO);

    settle(under);

    assertThat(commit().positions().get(first).offset()).isEqualTo(5);
  }

  @Test
  void doesNotLetAPartitionWaitThatIsToMove() {
    TestPublisher.Probe<CommittableOffset> offsets = run(1000, LONG).first();
    offsets.sendNext(offset(first, 1)).sendNext(offset(second, 1));
    first.revoke();
    handle.drains();
    awaitCommitOf(2);

    offsets.sendNext(offset(first, 2));

    awaitCommitOf(3);
  }

  /** What is behind the offset of the first partition may come with it or before it. */
  private void awaitCommitOf(long offset) {
    GroupMember.Commit commit;
    do {
      commit = commit();
      settle(commit);
    } while (!commit.positions().containsKey(first)
        || commit.positions().get(first).offset() < offset);
  }

  @Test
  void isDoneWhenTheLastIsCommitted() {
    Pair<TestPublisher.Probe<CommittableOffset>, CompletionStage<Done>> run = run(1000, LONG);
    run.first().sendNext(offset(first, 1)).sendComplete();
    GroupMember.Commit commit = commit();
    assertThat(run.second().toCompletableFuture()).isNotDone();

    settle(commit);

    assertThat(failure(run.second())).isNull();
  }

  @Test
  void commitsWhatItHasBeforeItFailsWithItsUpstream() {
    Pair<TestPublisher.Probe<CommittableOffset>, CompletionStage<Done>> run = run(1000, LONG);
    IllegalStateException why = new IllegalStateException("of the stream's own");
    run.first().sendNext(offset(first, 1));
    run.first().sendError(why);

    settle(commit());

    assertThat(failure(run.second())).isEqualTo(why);
  }

  @Test
  void passesOverWhatIsNotTheMembersAnyMore() {
    Pair<TestPublisher.Probe<CommittableOffset>, CompletionStage<Done>> run = run(1, LONG);
    run.first().sendNext(offset(first, 1)).sendComplete();

    commit().result().complete(new Result.Lost(first.slot()));

    assertThat(failure(run.second())).isNull();
  }

  @Test
  void failsWithWhatIsRefusedForGood() {
    Pair<TestPublisher.Probe<CommittableOffset>, CompletionStage<Done>> run = run(1, LONG);
    run.first().sendNext(offset(first, 1));

    commit().result().complete(new Result.Refused(first.slot(), Errors.GROUP_AUTHORIZATION_FAILED));

    assertThat(failure(run.second()))
        .isInstanceOf(CommitFailed.class)
        .hasMessageContaining("group g")
        .hasMessageContaining("GROUP_AUTHORIZATION_FAILED");
  }

  @Test
  void isAnsweredEvenIfTheMemberIsNoMore() {
    CompletionStage<Done> commit = offset(first, 1).commit();
    handle.close();

    assertThat(failure(commit)).isInstanceOf(CommitFailed.class);
    assertThat(failure(offset(first, 2).commit())).isInstanceOf(CommitFailed.class);
  }
}
