package actors.group;

import actors.group.consumer.FakeTopics;
import actors.group.consumer.SimClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/**
 * A group that is brought from one protocol to the other and back, member by member, while members
 * stall, die and come back late and the coordinator starts anew, from a seed. First all goes wrong
 * for a while and only the rules of safety are looked at; then nothing does any more and everything
 * must come right.
 */
final class MixedWorld {
  static final int SESSION_MILLIS = 10_000;
  static final int REBALANCE_MILLIS = 20_000;
  private static final long FAULTY_MILLIS = 400_000;
  private static final long CALM_MILLIS_MAX = 250_000;
  private static final int MEMBERS_MAX = 6;

  final SimClock clock;
  final MixedRules rules = new MixedRules(this);
  final MixedCoordinator coordinator;
  final List<MixedMember> members = new ArrayList<>();
  final GroupSettings.Migration policy;
  double lossRate;
  private final List<TopicPartition> partitions = new ArrayList<>();
  private final boolean cooperative;
  private final long turnMillis;
  private boolean calm;
  private int names;

  MixedWorld(long seed) {
    this(seed, MixedTampering.NOTHING);
  }

  MixedWorld(long seed, MixedTampering tampering) {
    clock = new SimClock(seed);
    lossRate = clock.chance(0.4) ? 0 : 0.04 * clock.below(100) / 100;
    cooperative = clock.chance(0.6);
    turnMillis = clock.below((int) FAULTY_MILLIS);
    policy =
        clock.chance(0.9) ? GroupSettings.Migration.BIDIRECTIONAL : GroupSettings.Migration.UPGRADE;
    int a = 1 + clock.below(6);
    int b = 1 + clock.below(3);
    coordinator =
        new MixedCoordinator(
            clock, rules, tampering, policy, FakeTopics.NONE.with("a", a).with("b", b));
    coordinator.failureRate = clock.chance(0.5) ? 0 : 0.03 * clock.below(100) / 100;
    for (int i = 0; i < a; i++) {
      partitions.add(new TopicPartition("a", i));
    }
    for (int i = 0; i < b; i++) {
      partitions.add(new TopicPartition("b", i));
    }
    int count = 1 + clock.below(4);
    for (int i = 0; i < count; i++) {
      comes(true, clock.chance(0.3) ? Optional.of("i" + i) : Optional.empty());
    }
    clock.after(15_000, this::somethingHappens);
  }

  /**
   * @return the hash of all that has happened
   */
  long run() {
    while (clock.step(FAULTY_MILLIS)) {
      rules.check();
    }
    calm = true;
    lossRate = 0;
    coordinator.failureRate = 0;
    if (!coordinator.isUp()) {
      coordinator.restart();
    }
    living().forEach(MixedMember::wake);
    long end = clock.nowMillis() + CALM_MILLIS_MAX;
    while (rules.complaint().isPresent() && clock.step(end)) {
      rules.check();
    }
    isWell();
    Map<TopicPartition, Long> before = rules.committed();
    clock.after(4L * SESSION_MILLIS, () -> {});
    long settled = clock.nowMillis() + 4L * SESSION_MILLIS;
    while (clock.step(settled)) {
      rules.check();
    }
    isWell();
    if (!living().isEmpty()) {
      rules.committed().forEach((partition, offset) -> goesOn(partition, offset, before));
    }
    return clock.trace();
  }

  private void isWell() {
    rules
        .complaint()
        .ifPresent(
            why -> {
              throw new AssertionError("in the end, at " + clock.nowMillis() + " ms: " + why);
            });
  }

  private static void goesOn(
      TopicPartition partition, long offset, Map<TopicPartition, Long> before) {
    if (offset <= before.getOrDefault(partition, -1L)) {
      throw new AssertionError("nobody commits " + partition + " any more, it is at " + offset);
    }
  }

  List<String> topics() {
    return List.of("a", "b");
  }

  List<TopicPartition> partitions() {
    return partitions;
  }

  Cluster cluster() {
    Node node = new Node(1, "sim", 1);
    Node[] nodes = {node};
    List<PartitionInfo> infos = new ArrayList<>();
    for (TopicPartition each : partitions) {
      infos.add(new PartitionInfo(each.topic(), each.partition(), node, nodes, nodes));
    }
    return new Cluster("sim", List.of(node), infos, Set.of(), Set.of());
  }

  List<MixedMember> living() {
    return members.stream().filter(member -> !member.isDead()).toList();
  }

  private void comes(boolean classic, Optional<String> instanceId) {
    String name = (classic ? "c" : "k") + ++names;
    members.add(
        classic
            ? new MixedClassic(this, name, instanceId, cooperative)
            : new MixedConsumer(this, name, instanceId));
  }

  /** First the new protocol is rolled out, from some time on the old one again. */
  private boolean nextIsClassic() {
    boolean back = clock.nowMillis() > turnMillis;
    return clock.chance(back ? 0.85 : 0.15);
  }

  private void somethingHappens() {
    if (calm) {
      return;
    }
    List<MixedMember> living = living();
    int what = clock.below(12);
    if (living.isEmpty() || (what == 0 && living.size() < MEMBERS_MAX)) {
      comes(nextIsClassic(), instance());
    } else if (what == 1 && coordinator.isUp()) {
      coordinator.crash();
      clock.after(clock.below(6_000), this::restart);
    } else {
      happensTo(living.get(clock.below(living.size())), what);
    }
    clock.after(500 + clock.below(20_000), this::somethingHappens);
  }

  private Optional<String> instance() {
    return clock.chance(0.3) ? Optional.of("i" + clock.below(4)) : Optional.empty();
  }

  private void restart() {
    if (!coordinator.isUp()) {
      coordinator.restart();
    }
  }

  private void happensTo(MixedMember member, int what) {
    if (what == 2) {
      member.stall(clock.below(3 * SESSION_MILLIS));
    } else if (what == 3) {
      member.die();
      clock.after(clock.below(15_000), () -> follows(member));
    } else if (what == 4 && member instanceof MixedClassic busy) {
      busy.busy(clock.below(2 * REBALANCE_MILLIS));
    } else if (what == 5) {
      member.leave(() -> {});
    } else if (what <= 10) {
      member.leave(() -> clock.after(clock.below(4_000), () -> follows(member)));
    }
  }

  private void follows(MixedMember gone) {
    comes(nextIsClassic(), gone.instanceId);
  }
}
