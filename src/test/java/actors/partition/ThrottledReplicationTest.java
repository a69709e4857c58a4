package actors.partition;

import static org.assertj.core.api.Assertions.assertThat;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import actors.controller.ClusterMetadata;
import actors.controller.PartitionImage;
import actors.controller.TopicImage;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pcollections.HashTreePMap;
import org.pcollections.TreePMap;
import simulation.SimFileSystem;
import storage.log.Cleaning;
import storage.log.Corruption;
import storage.log.DirectoryIdentity;
import storage.log.FlushTicket;
import storage.log.LogConfig;
import storage.log.LogDirectory;
import storage.log.PartitionLog;
import storage.record.BatchBuilder;
import storage.record.Codec;

/** A leader on broker 1 and a follower on broker 2, in one thread and in the test's own time. */
class ThrottledReplicationTest {
  private static final PartitionId ID = new PartitionId(new Uuid(7, 7), "orders", 3);
  private static final BrokerEpoch LIFE = new BrokerEpoch(1);
  private static final LeaderEpoch EPOCH = new LeaderEpoch(5);
  private static final int STEP_MILLIS = 50;
  private static final int BATCH_BYTES = 10_000;
  private static final int BATCHES = 100;
  private static final int RATE = 100_000;

  private final Deque<Runnable> mailbox = new ArrayDeque<>();
  private final Side leaderSide = new Side(1);
  private final Side followerSide = new Side(2);
  private final PartitionLog leaderLog = leaderSide.open();
  private final PartitionLog followerLog = followerSide.open();
  private long nowMillis = 1_000;
  private long pushedBytes;
  private Reign reign;
  private Following following;

  private void begin(List<Integer> isr, ClusterMetadata image) {
    leaderSide.throttles.configure(image);
    followerSide.throttles.configure(image);
    leaderLog.assignEpoch(EPOCH.value());
    for (int i = 0; i < BATCHES; i++) {
      leaderLog.append(
          List.of(
              new BatchBuilder(Codec.NONE).add(1_000, null, new byte[BATCH_BYTES - 100]).build()),
          EPOCH.value(),
          nowMillis);
    }
    PartitionImage partition = new PartitionImage(3, List.of(1, 2), isr, List.of(), 1, EPOCH, 0);
    Terms terms = new Terms(1, LIFE, EPOCH, 0, new Terms.Rules(1, 60_000, false));
    // As much as there is in the log is committed, so that a follower outside the ISR lacks it.
    Leader.OwnLog own =
        new Leader.OwnLog(0, leaderLog.logEndOffset(), 0, isr.contains(2) ? 0 : BATCHES);
    reign =
        new Reign(
            leaderSide,
            leaderLog,
            new Flusher(leaderLog, leaderSide),
            Leader.elected(terms, partition, own, nowMillis));
    following =
        new Following(
            followerSide,
            followerLog,
            new Flusher(followerLog, followerSide),
            new Following.Allegiance(EPOCH, 1, 2, LIFE),
            1,
            0);
    drain();
  }

  private void drain() {
    while (!mailbox.isEmpty()) {
      mailbox.removeFirst().run();
    }
  }

  private void step() {
    nowMillis += STEP_MILLIS;
    if (leaderSide.takeTend()) {
      reign.tend();
    }
    if (followerSide.takeTend()) {
      following.tend();
    }
    drain();
  }

  private static ClusterMetadata image(Map<String, String> topic, Map<String, String> broker) {
    TopicImage orders = new TopicImage(ID.topicId(), "orders", topic, List.of());
    return new ClusterMetadata(
        1,
        "cluster",
        1,
        1,
        TreePMap.singleton("orders", orders),
        HashTreePMap.singleton(ID.topicId(), "orders"),
        TreePMap.empty(),
        0,
        TreePMap.<Integer, Map<String, String>>empty().plus(ClusterMetadata.ALL_BROKERS, broker));
  }

  private static final String LEADERS = ReplicationThrottles.LEADERS;
  private static final String FOLLOWERS = ReplicationThrottles.FOLLOWERS;
  private static final Map<String, String> RATES =
      Map.of(
          "leader.replication.throttled.rate",
          Integer.toString(RATE),
          "follower.replication.throttled.rate",
          Integer.toString(RATE));

  @ParameterizedTest
  @CsvSource({
    "leader.replication.throttled.replicas, 3:1",
    "leader.replication.throttled.replicas, *",
    "follower.replication.throttled.replicas, '2:1,3:2'",
    "follower.replication.throttled.replicas, *"
  })
  void fillsANewReplicaNoFasterThanTheRate(String setting, String replicas) {
    long begunMillis = nowMillis;

    begin(List.of(1), image(Map.of(setting, replicas), RATES));
    while (followerLog.logEndOffset() < BATCHES) {
      assertThat((pushedBytes - BATCH_BYTES) * 1_000)
          .isLessThanOrEqualTo((nowMillis - begunMillis) * RATE);
      step();
      assertThat(nowMillis - begunMillis).as("time taken").isLessThan(60_000);
    }

    long leastMillis = 1_000L * (BATCHES - 1) * BATCH_BYTES / RATE;
    assertThat(nowMillis - begunMillis).isBetween(leastMillis * 9 / 10, leastMillis * 2);
  }

  @Test
  void neverSlowsAReplicaInSync() {
    begin(List.of(1, 2), image(Map.of(LEADERS, "*", FOLLOWERS, "*"), RATES));

    for (int i = 0; i < 3; i++) {
      step();
    }

    assertThat(followerLog.logEndOffset()).isEqualTo(BATCHES);
  }

  @ParameterizedTest
  @CsvSource({"3:2, 3:1", "2:1, 2:2", "'', ''"})
  void slowsNobodyWhoIsNotNamed(String leaders, String followers) {
    begin(List.of(1), image(Map.of(LEADERS, leaders, FOLLOWERS, followers), RATES));

    step();

    assertThat(followerLog.logEndOffset()).isEqualTo(BATCHES);
  }

  @Test
  void goesOnAtFullSpeedOnceTheThrottleIsTakenOff() {
    Map<String, String> both = Map.of(LEADERS, "*", FOLLOWERS, "*");
    begin(List.of(1), image(both, RATES));
    step();
    assertThat(followerLog.logEndOffset()).isLessThan(BATCHES / 2);

    leaderSide.throttles.configure(image(both, Map.of()));
    followerSide.throttles.configure(image(both, Map.of()));
    for (int i = 0; i < 5; i++) {
      step();
    }

    assertThat(followerLog.logEndOffset()).isEqualTo(BATCHES);
  }

  /** What a replica has around it: the other one's mailbox, and the test's clock. */
  private final class Side implements Surroundings {
    private final int brokerId;
    private final ReplicationThrottles throttles;
    private final PushBudget budget = new PushBudget(Limits.PUSHED_BYTES_MAX);
    private boolean tends;

    Side(int brokerId) {
      this.brokerId = brokerId;
      this.throttles = new ReplicationThrottles(brokerId);
    }

    PartitionLog open() {
      LogDirectory directory =
          LogDirectory.open(
              new SimFileSystem(brokerId),
              Path.of("/data"),
              new DirectoryIdentity.Owner(brokerId, "cluster"),
              () -> "directory-" + brokerId);
      return directory.openPartition(
          "orders", 3, ID.topicId().toString(), LogConfig.defaults(), 1_000);
    }

    boolean takeTend() {
      boolean due = tends;
      tends = false;
      return due;
    }

    @Override
    public long nowMillis() {
      return nowMillis;
    }

    @Override
    public long monotonicMillis() {
      return nowMillis;
    }

    @Override
    public void send(int to, ReplicationMessage message) {
      if (message instanceof ReplicationMessage.Push push) {
        pushedBytes += push.bytes().remaining();
      }
      mailbox.addLast(
          () -> {
            if (to == 1) {
              reign.hear(message);
            } else {
              following.hear(message);
            }
          });
    }

    @Override
    public PushBudget pushBudget() {
      return budget;
    }

    @Override
    public TokenBucket leaderThrottle() {
      return throttles.ofLeader(ID);
    }

    @Override
    public TokenBucket followerThrottle() {
      return throttles.ofFollower(ID);
    }

    @Override
    public void propose(IsrProposal proposal) {
      // The controller is away: the ISR stays as the test has it.
    }

    @Override
    public Errors damaged(long offset, Corruption what) {
      throw new AssertionError(what.sentence());
    }

    @Override
    public void writeSoon() {
      mailbox.addLast(reign::writeGathered);
    }

    @Override
    public CleaningBudget cleaningBudget() {
      throw new AssertionError("nothing is compacted here");
    }

    @Override
    public void clean(Cleaning cleaning) {}

    @Override
    public void flush(FlushTicket ticket) {
      throw new AssertionError("nothing is to be forced");
    }

    @Override
    public void tendSoon() {
      tends = true;
    }
  }
}
