package actors.group.classic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SyncingTest {
  private final Stage stage = new Stage();

  private Errors errorOf(long token) {
    return Errors.forCode(stage.synced(token).errorCode());
  }

  @Nested
  class WhenCompleting {
    private final String leader = stage.joinNew("range");
    private final String follower = stage.joinNew("range");

    WhenCompleting() {
      stage.fireInitialDelay();
    }

    private Map<String, byte[]> assignment() {
      return Map.of(follower, Stage.bytes("half"));
    }

    @Test
    void keepsAFollowerWaitingUntilTheLeaderHasAssigned() {
      long waiting = stage.sync(follower, Map.of());
      assertThat(stage.isAnswered(waiting)).isFalse();
      stage.sync(leader, assignment());

      SyncGroupResponseData answer = stage.synced(waiting);
      assertThat(answer.assignment()).isEqualTo(Stage.bytes("half"));
      assertThat(answer.protocolName()).isEqualTo("range");
      assertThat(answer.protocolType()).isEqualTo("consumer");
    }

    @Test
    void storesTheAssignmentWithTheAnswersThatTellOfIt() {
      int before = stage.records.size();
      stage.sync(leader, assignment());

      assertThat(stage.records).hasSize(before + 1);
      ClassicRecord.Content stored = stage.lastRecord().content().orElseThrow();
      assertThat(stored.leader()).contains(leader);
      assertThat(stored.members())
          .extracting(ClassicMember::assignment)
          .containsExactly(Bytes.EMPTY, Bytes.of(Stage.bytes("half")));
    }

    @Test
    void givesNothingToAMemberThatTheLeaderLeftOut() {
      assertThat(stage.synced(stage.sync(leader, assignment())).assignment()).isEmpty();
    }

    @Test
    void answersTheOlderOfTwoSyncsOfAMember() {
      long older = stage.sync(follower, Map.of());
      long newer = stage.sync(follower, Map.of());

      assertThat(errorOf(older)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
      assertThat(stage.isAnswered(newer)).isFalse();
    }

    @Test
    void givesUpThoseWhoDoNotSyncInTime() {
      stage.sync(leader, assignment());
      assertThat(stage.timers).containsEntry(Draft.syncing(), (long) Stage.REBALANCE);
      stage.fire(Draft.syncing());

      assertThat(stage.group.state()).isEqualTo("PreparingRebalance");
      assertThat(stage.group.members()).extracting(ClassicMember::id).containsExactly(leader);
      assertThat(stage.timers).doesNotContainKey(Draft.session(follower));
    }

    @Test
    void callsTheOthersToJoinWhenTheLeaderDoesNotSyncInTime() {
      long waiting = stage.sync(follower, Map.of());
      stage.fire(Draft.syncing());

      assertThat(errorOf(waiting)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
      assertThat(stage.group.leader()).contains(follower);
    }

    @Test
    void waitsForNobodyOnceAllHaveSynced() {
      stage.sync(leader, assignment());
      stage.sync(follower, Map.of());

      assertThat(stage.timers).doesNotContainKey(Draft.syncing());
    }

    @Test
    void asksNoHeartbeatsOfAMemberThatWaitsAndCountsAnewAfterwards() {
      stage.sync(follower, Map.of());
      stage.fireSession(follower);
      assertThat(stage.group.memberCount()).isEqualTo(2);
      stage.sync(leader, assignment());

      assertThat(stage.timers).containsEntry(Draft.session(follower), (long) Stage.SESSION);
    }

    @Test
    void givesUpALeaderThatFallsSilent() {
      long waiting = stage.sync(follower, Map.of());
      stage.fireSession(leader);

      assertThat(errorOf(waiting)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
      assertThat(stage.group.state()).isEqualTo("PreparingRebalance");
    }

    @Test
    void refusesAnotherGeneration() {
      long token = stage.send(stage.syncRequest(leader, Map.of()).setGenerationId(7), 5);

      assertThat(errorOf(token)).isEqualTo(Errors.ILLEGAL_GENERATION);
    }

    @Test
    void refusesAnotherProtocol() {
      long name = stage.send(stage.syncRequest(leader, Map.of()).setProtocolName("sticky"), 5);
      long type = stage.send(stage.syncRequest(leader, Map.of()).setProtocolType("connect"), 5);

      assertThat(errorOf(name)).isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
      assertThat(errorOf(type)).isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
    }

    @Test
    void asksForTheProtocolWhereTheVersionHasIt() {
      long old = stage.send(stage.syncRequest(follower, Map.of()).setProtocolName(null), 4);
      long today = stage.send(stage.syncRequest(follower, Map.of()).setProtocolName(null), 5);

      assertThat(stage.isAnswered(old)).isFalse();
      assertThat(errorOf(today)).isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
    }

    @Test
    void refusesAStranger() {
      assertThat(errorOf(stage.sync("somebody", Map.of()))).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void refusesAGroupWithoutAName() {
      long token = stage.send(stage.syncRequest(leader, Map.of()).setGroupId(""), 5);

      assertThat(errorOf(token)).isEqualTo(Errors.INVALID_GROUP_ID);
    }
  }

  @Test
  void isToldToJoinAnewWhilePreparing() {
    List<String> ids = stage.stable(2);
    stage.join(Stage.join(ids.get(0), "range"));

    assertThat(errorOf(stage.sync(ids.get(1), Map.of()))).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
  }

  @Test
  void getsItsPartAgainWhenStable() {
    String id = stage.stable(1).get(0);

    assertThat(stage.synced(stage.sync(id, Map.of())).assignment())
        .isEqualTo(Stage.bytes("part of " + id));
  }

  @Test
  void isUnknownInAnEmptyGroup() {
    assertThat(errorOf(stage.sync("", Map.of()))).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
  }
}
