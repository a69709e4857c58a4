package actors.group.consumer;

import static actors.group.consumer.GroupBench.assigned;
import static actors.group.consumer.GroupBench.beat;
import static actors.group.consumer.GroupBench.join;
import static org.assertj.core.api.Assertions.assertThat;

import actors.group.TimerKey;
import actors.group.TimerKey.Kind;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StaticMembershipTest {
  private final GroupBench bench = new GroupBench();

  StaticMembershipTest() {
    bench.topics = FakeTopics.NONE.with("t", 4);
    bench.send(as("i1", join("a", "t")));
    bench.send(as("i2", join("b", "t")));
    bench.send(as("i1", beat("a", 1)));
    bench.send(as("i1", beat("a", 1, bench.partitions("t", 0, 1))));
    bench.send(as("i2", beat("b", 2)));
    assertThat(bench.group.state()).isEqualTo("Stable");
  }

  @AfterEach
  void whatTheLogHoldsIsTheGroup() {
    assertThat(bench.rebuilt()).isEqualTo(bench.group);
  }

  private static ConsumerGroupHeartbeatRequestData as(
      String instanceId, ConsumerGroupHeartbeatRequestData request) {
    return request.setInstanceId(instanceId);
  }

  private static Errors error(ConsumerGroupHeartbeatResponseData response) {
    return Errors.forCode(response.errorCode());
  }

  @Test
  void keepsThePartitionsOfOneThatIsAwayForAWhile() {
    assertThat(bench.send(as("i1", beat("a", -2))).memberEpoch()).isEqualTo(-2);

    assertThat(bench.send(as("i2", beat("b", 2))).memberEpoch()).isEqualTo(2);
    assertThat(bench.timers).containsKey(new TimerKey("a", Kind.SESSION));
  }

  @Test
  void givesThemToWhoeverComesInItsPlaceWithoutARebalance() {
    bench.send(as("i1", beat("a", -2)));

    ConsumerGroupHeartbeatResponseData response = bench.send(as("i1", join("c", "t")));

    assertThat(assigned(response)).isEqualTo(bench.partitions("t", 0, 1));
    assertThat(response.memberEpoch()).isEqualTo(2);
    assertThat(bench.group.state()).isEqualTo("Stable");
    assertThat(bench.group.memberCount()).isEqualTo(2);
    assertThat(bench.timers).doesNotContainKey(new TimerKey("a", Kind.SESSION));
  }

  @Test
  void letsItComeBackUnderItsOldId() {
    bench.send(as("i1", beat("a", -2)));

    assertThat(assigned(bench.send(as("i1", join("a", "t")))))
        .isEqualTo(bench.partitions("t", 0, 1));
  }

  @Test
  void letsItComeBackToAGroupThatIsFull() {
    bench.send(as("i1", beat("a", -2)));
    bench.membersMax = 2;

    assertThat(error(bench.send(as("i1", join("c", "t"))))).isEqualTo(Errors.NONE);
  }

  @Test
  void refusesAnotherOneWhileItIsThere() {
    assertThat(error(bench.send(as("i1", join("c", "t")))))
        .isEqualTo(Errors.UNRELEASED_INSTANCE_ID);
  }

  @Test
  void fencesTheOldOneOnceItIsReplaced() {
    bench.send(as("i1", beat("a", -2)));
    bench.send(as("i1", join("c", "t")));

    assertThat(error(bench.send(as("i1", beat("a", 2))))).isEqualTo(Errors.FENCED_INSTANCE_ID);
    assertThat(error(bench.send(as("i1", beat("a", -2))))).isEqualTo(Errors.FENCED_INSTANCE_ID);
    assertThat(error(bench.send(as("i9", beat("a", 2))))).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
  }

  @Test
  void removesOneThatStaysAwayForLongerThanItsSession() {
    bench.send(as("i1", beat("a", -2)));

    bench.fire("a", Kind.SESSION);

    assertThat(assigned(bench.send(as("i2", beat("b", 2)))))
        .isEqualTo(bench.partitions("t", 0, 1, 2, 3));
    assertThat(error(bench.send(as("i1", join("c", "t"))))).isEqualTo(Errors.NONE);
  }

  @Test
  void freesWhatItHadToGiveUpWhenItGoesAway() {
    bench.send(join("c", "t"));
    bench.send(as("i1", beat("a", 2)));
    bench.send(as("i2", beat("b", 2)));

    bench.send(as("i1", beat("a", -2)));
    bench.send(as("i2", beat("b", -2)));

    assertThat(assigned(bench.send(beat("c", 3)))).hasSize(1);
    assertThat(bench.timers).doesNotContainKey(new TimerKey("a", Kind.REBALANCE));
  }
}
