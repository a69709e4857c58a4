package actors.group.consumer;

import static actors.group.consumer.GroupBench.beat;
import static actors.group.consumer.GroupBench.join;
import static org.assertj.core.api.Assertions.assertThat;

import actors.group.Allocation;
import actors.group.GroupRecord;
import actors.group.consumer.ConsumerGroupRecord.TargetMetadata;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/** Thousands of members that join at once. */
class ManyMembersTest {
  private static final int FEW = 500;
  private static final int MANY = 4 * FEW;

  private final Map<String, Integer> epochs = new HashMap<>();
  private GroupBench bench = empty(MANY);

  private static GroupBench empty(int membersMax) {
    GroupBench bench = new GroupBench();
    bench.membersMax = membersMax;
    bench.topics = bench.topics.with("t", membersMax);
    return bench;
  }

  private void joinAll() {
    for (int i = 0; i < bench.membersMax; i++) {
      take(bench.send(join("m" + i, "t")));
    }
  }

  private void take(ConsumerGroupHeartbeatResponseData answer) {
    assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.NONE);
    epochs.put(answer.memberId(), answer.memberEpoch());
  }

  /** Every member sends heartbeats, each of which says what it has, until all have their own. */
  private void settle() {
    bench.nowMillis += Limits.ASSIGNMENT_PAUSE_MILLIS;
    while (!bench.group.state().equals("Stable")) {
      for (String id : bench.group.image().members().keySet()) {
        take(bench.send(beat(id, epochs.get(id), held(id))));
      }
    }
  }

  private SortedSet<Partition> held(String id) {
    return bench.group.image().members().get(id).current().owned().keySet();
  }

  private static boolean isTarget(GroupRecord record) {
    return record instanceof TargetMetadata;
  }

  @Test
  void costNoMoreEachThanFewDo() {
    bench = empty(10);
    joinAll(); // so that classes are loaded

    bench = empty(FEW);
    long few = Allocation.of(this::joinAll);
    bench = empty(MANY);
    long many = Allocation.of(this::joinAll);

    // Four times as many: sixteen times as much if each costs something for all the others.
    assertThat(many).isLessThan(8 * few);
  }

  @Test
  void areGivenATargetBetweenThem() {
    joinAll();
    assertThat(bench.group.state()).isEqualTo("Assigning");
    assertThat(bench.log.stream().filter(ManyMembersTest::isTarget))
        .hasSize(Limits.ASSIGNED_AT_ONCE_MEMBERS_MAX);
    bench.log.clear();

    settle();

    assertThat(bench.log.stream().filter(ManyMembersTest::isTarget)).hasSize(1);
    SortedSet<Partition> all = new TreeSet<>();
    bench.group.image().members().keySet().forEach(id -> all.addAll(held(id)));
    assertThat(all).hasSize(MANY);
    assertThat(bench.group.image().members().keySet()).allMatch(id -> held(id).size() == 1);
  }

  @Test
  void areGivenATargetAlthoughTheClockIsSetBack() {
    joinAll();
    bench.nowMillis -= 1;

    bench.send(beat("m0", epochs.get("m0")));

    assertThat(bench.group.state()).isEqualTo("Reconciling");
  }

  @Test
  void areRefusedBeyondTheirNumberAndTheOthersDoNotNotice() {
    joinAll();
    settle();
    bench.log.clear();

    for (int i = 0; i < FEW; i++) {
      ConsumerGroupHeartbeatResponseData answer = bench.send(join("late" + i, "t"));
      assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.GROUP_MAX_SIZE_REACHED);
    }

    assertThat(bench.log).isEmpty();
    assertThat(bench.group.state()).isEqualTo("Stable");
    assertThat(bench.group.memberCount()).isEqualTo(MANY);
  }
}
