package actors.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * A consumer as Kafka's own: one heartbeat at a time; it gives up before it takes, reports what it
 * owns when that has changed, and says everything again when it is not sure what has arrived.
 */
final class SimClient {
  private static final int INTERVAL_MILLIS = 5_000;
  private static final int REQUEST_TIMEOUT_MILLIS = 12_000;
  static final int REBALANCE_MILLIS = 60_000;

  private final SimClock clock;
  private final SimCoordinator coordinator;
  private final SimNetwork network;
  private final Optional<String> instanceId;
  private final String memberId;
  private List<String> names;
  private String pattern;
  private boolean subscriptionSent;
  private int epoch;
  private final TreeSet<Partition> owned = new TreeSet<>();
  private TreeSet<Partition> assigned = new TreeSet<>();
  private Optional<TreeSet<Partition>> reported = Optional.empty();
  private boolean unsure = true;
  private boolean reconciling;
  private boolean dead;
  private long stalledUntilMillis;
  private long request;
  private boolean waiting;
  private int life;

  SimClient(
      SimClock clock,
      SimCoordinator coordinator,
      SimNetwork network,
      String memberId,
      Optional<String> instanceId,
      List<String> names,
      String pattern) {
    this.clock = clock;
    this.coordinator = coordinator;
    this.network = network;
    this.memberId = memberId;
    this.instanceId = instanceId;
    this.names = names;
    this.pattern = pattern;
    clock.after(clock.below(1_000), this::beat);
  }

  String memberId() {
    return memberId;
  }

  Optional<String> instanceId() {
    return instanceId;
  }

  SortedSet<Partition> owned() {
    return owned;
  }

  boolean isDead() {
    return dead;
  }

  SortedSet<String> topics(FakeTopics topics) {
    TreeSet<String> wanted = new TreeSet<>(names);
    wanted.addAll(Patterns.matching(pattern, topics.names()));
    return wanted;
  }

  void subscribe(List<String> newNames, String newPattern) {
    names = newNames;
    pattern = newPattern;
    subscriptionSent = false;
  }

  /** The process does nothing for a while, but believes what it believed. */
  void stall(long millis) {
    stalledUntilMillis = clock.nowMillis() + millis;
  }

  /** The process is gone. */
  void crash() {
    dead = true;
    life++;
    owned.clear();
  }

  /** Closes as Kafka's consumer does: first it stops reading, then it says so, once. */
  void leave(boolean forAWhile) {
    crash();
    if (epoch > 0) {
      send(
          GroupBench.beat(memberId, forAWhile && instanceId.isPresent() ? -2 : -1)
              .setInstanceId(instanceId.orElse(null)),
          answer -> {});
    }
  }

  @Override
  public String toString() {
    return "%s epoch=%d waiting=%b reconciling=%b stalledUntil=%d owned=%s assigned=%s"
        .formatted(memberId, epoch, waiting, reconciling, stalledUntilMillis, owned, assigned);
  }

  private void beat() {
    if (dead) {
      return;
    }
    if (clock.nowMillis() < stalledUntilMillis) {
      clock.after(stalledUntilMillis - clock.nowMillis(), this::beat);
      return;
    }
    if (!waiting) {
      heartbeat();
    }
    clock.after(INTERVAL_MILLIS - 200 + clock.below(400), this::beat);
  }

  private void heartbeat() {
    ConsumerGroupHeartbeatRequestData heartbeat =
        GroupBench.beat(memberId, epoch).setInstanceId(instanceId.orElse(null));
    boolean full = unsure || epoch == 0;
    if (full) {
      heartbeat.setRebalanceTimeoutMs(REBALANCE_MILLIS);
    }
    if (full || !subscriptionSent) {
      heartbeat.setSubscribedTopicNames(names).setSubscribedTopicRegex(pattern);
      subscriptionSent = true;
    }
    if (full || !reported.equals(Optional.of(owned))) {
      reported = Optional.of(new TreeSet<>(owned));
      heartbeat.setTopicPartitions(GroupBench.reported(owned));
    }
    unsure = false;
    waiting = true;
    long number = ++request;
    int now = life;
    send(heartbeat, answer -> later(number, now, () -> answered(answer)));
    clock.after(REQUEST_TIMEOUT_MILLIS, () -> later(number, now, this::timedOut));
  }

  /** A stalled process reads nothing, one that is gone never, and nobody an answer given up. */
  private void later(long number, int forLife, Runnable what) {
    if (dead || forLife != life || number != request || !waiting) {
      return;
    }
    if (clock.nowMillis() < stalledUntilMillis) {
      clock.after(stalledUntilMillis - clock.nowMillis(), () -> later(number, forLife, what));
      return;
    }
    what.run();
  }

  private void timedOut() {
    waiting = false;
    unsure = true;
    heartbeat();
  }

  private void answered(ConsumerGroupHeartbeatResponseData answer) {
    waiting = false;
    Errors error = Errors.forCode(answer.errorCode());
    clock.note(memberId + " " + error + " " + answer.memberEpoch());
    switch (error) {
      case NONE -> granted(answer);
      case FENCED_MEMBER_EPOCH, UNKNOWN_MEMBER_ID -> {
        life++;
        owned.clear();
        assigned = new TreeSet<>();
        reconciling = false;
        epoch = 0;
        unsure = true;
      }
      case FENCED_INSTANCE_ID, UNRELEASED_INSTANCE_ID -> crash();
      case COORDINATOR_NOT_AVAILABLE -> unsure = true;
      default -> throw new AssertionError(memberId + " was told " + answer);
    }
  }

  private void granted(ConsumerGroupHeartbeatResponseData answer) {
    assertThat(answer.memberEpoch()).as("epoch of %s", memberId).isGreaterThanOrEqualTo(epoch);
    epoch = answer.memberEpoch();
    if (answer.assignment() != null) {
      assigned = new TreeSet<>(GroupBench.assigned(answer));
    }
    reconcile();
  }

  private void reconcile() {
    if (reconciling || assigned.equals(owned)) {
      return;
    }
    reconciling = true;
    int now = life;
    boolean gives = !assigned.containsAll(owned);
    // Now and then the application takes longer to let go than it is given.
    long millis = gives ? clock.below(clock.chance(0.03) ? 100_000 : 4_000) : clock.below(50);
    TreeSet<Partition> goal = new TreeSet<>(assigned);
    clock.after(millis, () -> reconciled(now, goal));
  }

  private void reconciled(int forLife, Set<Partition> goal) {
    if (dead || forLife != life) {
      return;
    }
    if (clock.nowMillis() < stalledUntilMillis) {
      clock.after(stalledUntilMillis - clock.nowMillis(), () -> reconciled(forLife, goal));
      return;
    }
    reconciling = false;
    owned.retainAll(goal);
    // What is not assigned any more by now is not taken any more.
    goal.retainAll(assigned);
    owned.addAll(goal);
    if (!waiting) {
      heartbeat();
    }
    reconcile();
  }

  private void send(
      ConsumerGroupHeartbeatRequestData data,
      java.util.function.Consumer<ConsumerGroupHeartbeatResponseData> answer) {
    network.send(memberId, data, coordinator, answer);
  }
}
