package actors.partition;

import static org.assertj.core.api.Assertions.assertThat;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import actors.config.BrokerConfigs;
import actors.config.EffectiveTopicConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import simulation.SimFileSystem;
import storage.log.Cleaning;
import storage.log.Corruption;
import storage.log.DirectoryIdentity;
import storage.log.FlushTicket;
import storage.log.LogDirectory;
import storage.log.PartitionLog;
import storage.record.Batches;

/** A follower of broker 1 whose log is empty. */
class FollowingTest {
  private static final int LEADER = 1;
  private static final LeaderEpoch EPOCH = new LeaderEpoch(3);

  private final LogDirectory directory =
      LogDirectory.open(
          new SimFileSystem(1),
          Path.of("logs"),
          new DirectoryIdentity.Owner(2, "cluster"),
          () -> "directory");
  private final PartitionLog log =
      directory.openPartition(
          "orders",
          0,
          "topic-id",
          LogConfigs.of(
              EffectiveTopicConfig.of(Map.of("flush", "os"), BrokerConfigs.DEFAULTS),
              BrokerConfigs.DEFAULTS),
          0);
  private final Nowhere around = new Nowhere();
  private final Following following =
      new Following(
          around,
          log,
          new Flusher(log, around),
          new Following.Allegiance(EPOCH, LEADER, 2, new BrokerEpoch(7)),
          1,
          0);

  @AfterEach
  void close() {
    directory.abandon();
  }

  @Test
  void lagsBehindTheHighWatermarkThatItHasHeardOf() {
    assertThat(following.lagOffsets()).isZero();

    following.hear(
        new ReplicationMessage.Accepted(
            EPOCH, LEADER, following.session(), new ReplicationMessage.Marks(5, 0)));
    assertThat(following.lagOffsets()).isEqualTo(5);
    assertThat(following.highWatermark()).isZero();

    push(3, 9);
    assertThat(following.lagOffsets()).isEqualTo(6);
    assertThat(following.highWatermark()).isEqualTo(3);
  }

  @Test
  void doesNotLagWhenItHasMoreThanThat() {
    push(3, 1);

    assertThat(following.lagOffsets()).isZero();
  }

  private void accepted() {
    following.hear(
        new ReplicationMessage.Accepted(
            EPOCH, LEADER, following.session(), new ReplicationMessage.Marks(0, 0)));
    around.said.clear();
  }

  /** Once, and said nothing else. */
  private void assertAskedIn(long session) {
    assertThat(around.said)
        .singleElement()
        .isInstanceOfSatisfying(
            ReplicationMessage.Fetch.class,
            fetch -> assertThat(fetch.session()).isEqualTo(session));
  }

  @Test
  void opensTheNextSessionWhenItHearsThatThisOneIsOver() {
    accepted();
    long session = following.session();

    following.hear(new ReplicationMessage.Closed(EPOCH, LEADER, session - 1));
    assertThat(around.said).isEmpty();

    following.hear(new ReplicationMessage.Closed(EPOCH, LEADER, session));
    assertAskedIn(session + 1);
  }

  @Test
  void opensTheNextSessionAfterALongSilence() {
    accepted();
    long session = following.session();

    around.monotonicMillis += Limits.SILENCE_MILLIS_MAX - 1;
    following.housekeep();
    assertThat(around.said).isEmpty();

    around.monotonicMillis++;
    following.housekeep();
    following.housekeep();
    assertAskedIn(session + 1);
  }

  @Test
  void isLessPatientWhileItIsNotInSync() {
    accepted();
    long session = following.session();
    following.configure(false, false);

    around.monotonicMillis += Limits.SILENCE_OUT_OF_SYNC_MILLIS_MAX - 1;
    following.tend();
    assertThat(around.said).isEmpty();

    around.monotonicMillis++;
    following.tend();
    following.tend();
    assertAskedIn(session + 1);
  }

  @Test
  void waitsInPeaceOnceItIsInSync() {
    accepted();
    following.configure(false, false);
    following.configure(false, true);

    around.monotonicMillis += Limits.SILENCE_OUT_OF_SYNC_MILLIS_MAX;
    following.tend();

    assertThat(around.said).isEmpty();
  }

  private void push(int records, long highWatermark) {
    var batch = Batches.of(records, 1_000);
    storage.record.RecordBatch.stampLeader(batch, batch.position(), 0, EPOCH.value());
    following.hear(
        new ReplicationMessage.Push(
            EPOCH,
            LEADER,
            following.session(),
            0,
            records,
            ReplicationMessage.Part.whole(batch.remaining()),
            new ReplicationMessage.Marks(highWatermark, 0),
            batch));
  }

  /** Nobody answers what it says. */
  private static final class Nowhere implements Surroundings {
    private final List<ReplicationMessage> said = new ArrayList<>();
    private long monotonicMillis = 1_000;

    @Override
    public long nowMillis() {
      return 1_000;
    }

    @Override
    public long monotonicMillis() {
      return monotonicMillis;
    }

    @Override
    public void send(int brokerId, ReplicationMessage message) {
      said.add(message);
    }

    @Override
    public PushBudget pushBudget() {
      return new PushBudget(1);
    }

    @Override
    public TokenBucket leaderThrottle() {
      return TokenBucket.UNLIMITED;
    }

    @Override
    public TokenBucket followerThrottle() {
      return TokenBucket.UNLIMITED;
    }

    @Override
    public Errors damaged(long offset, Corruption what) {
      throw new AssertionError(what.sentence());
    }

    @Override
    public void propose(IsrProposal proposal) {}

    @Override
    public void writeSoon() {}

    @Override
    public void flush(FlushTicket ticket) {}

    @Override
    public CleaningBudget cleaningBudget() {
      throw new AssertionError("nothing is compacted here");
    }

    @Override
    public void clean(Cleaning cleaning) {}

    @Override
    public void tendSoon() {}
  }
}
