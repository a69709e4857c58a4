package actors.group.classic;

import static org.assertj.core.api.Assertions.assertThat;

import actors.group.Effect;
import actors.group.Group.Committer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SignsOfLifeTest {
  private final Stage stage = new Stage();

  private Errors heartbeat(String id) {
    return Errors.forCode(stage.heartbeatError(stage.heartbeat(id)));
  }

  @Nested
  class AHeartbeat {
    @Test
    void letsTheSessionBeginAnew() {
      String id = stage.stable(1).get(0);
      stage.timers.clear();

      assertThat(heartbeat(id)).isEqualTo(Errors.NONE);
      assertThat(stage.timers).containsEntry(Draft.session(id), (long) Stage.SESSION);
    }

    @Test
    void tellsOfARebalanceAndCountsAllTheSame() {
      List<String> ids = stage.stable(2);
      stage.join(Stage.join(ids.get(0), "range"));
      stage.timers.clear();

      assertThat(heartbeat(ids.get(1))).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
      assertThat(stage.timers).containsKey(Draft.session(ids.get(1)));
    }

    @Test
    void isInOrderWhileTheLeaderAssigns() {
      String id = stage.joinNew("range");
      stage.fireInitialDelay();

      assertThat(stage.group.state()).isEqualTo("CompletingRebalance");
      assertThat(heartbeat(id)).isEqualTo(Errors.NONE);
    }

    @Test
    void isRefusedToAStranger() {
      stage.stable(1);

      assertThat(heartbeat("somebody")).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void isRefusedInAnotherGeneration() {
      String id = stage.stable(1).get(0);
      long token = stage.send(stage.heartbeatRequest(id).setGenerationId(0), 4);

      assertThat(stage.heartbeatError(token)).isEqualTo(Errors.ILLEGAL_GENERATION.code());
    }

    @Test
    void isRefusedInAnEmptyGroup() {
      assertThat(heartbeat("somebody")).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void isRefusedWithoutAGroup() {
      long token = stage.send(stage.heartbeatRequest("m").setGroupId(""), 4);

      assertThat(stage.heartbeatError(token)).isEqualTo(Errors.INVALID_GROUP_ID.code());
    }
  }

  @Nested
  class ACommit {
    private Errors by(String id, int generation) {
      return stage.group.mayCommit(new Committer(id, Optional.empty(), generation));
    }

    @Test
    void isAllowedToAMemberOfTheGeneration() {
      String id = stage.stable(1).get(0);

      assertThat(by(id, 1)).isEqualTo(Errors.NONE);
      assertThat(by(id, 0)).isEqualTo(Errors.ILLEGAL_GENERATION);
      assertThat(by("somebody", 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void isAllowedBeforeThoseWhoRebalanceAreGone() {
      List<String> ids = stage.stable(2);
      stage.join(Stage.join(ids.get(0), "range"));

      assertThat(by(ids.get(1), 1)).isEqualTo(Errors.NONE);
    }

    @Test
    void waitsForTheAssignment() {
      String id = stage.joinNew("range");
      stage.fireInitialDelay();

      assertThat(by(id, 1)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
    }

    @Test
    void isAllowedToAnybodyWhileTheGroupIsEmpty() {
      assertThat(by("", -1)).isEqualTo(Errors.NONE);
      assertThat(by("somebody", 3)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void isRefusedToTheNamelessWhileThereAreMembers() {
      stage.stable(1);

      assertThat(by("", -1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void isFencedForTheFormerSelfOfAStaticMember() {
      stage.join(Stage.staticJoin("", "i1"));
      stage.fireInitialDelay();

      assertThat(stage.group.mayCommit(new Committer("former", Optional.of("i1"), 1)))
          .isEqualTo(Errors.FENCED_INSTANCE_ID);
    }

    @Test
    void letsTheSessionBeginAnew() {
      String id = stage.stable(1).get(0);

      assertThat(stage.group.committed(new Committer(id, Optional.empty(), 1), stage.situation()))
          .containsExactly(new Effect.StartTimer(Draft.session(id), Stage.SESSION));
      assertThat(stage.group.committed(new Committer("", Optional.empty(), -1), stage.situation()))
          .isEmpty();
    }
  }

  @Test
  void anybodyMayFetchOffsets() {
    stage.stable(1);

    assertThat(stage.group.mayFetch(new Committer("somebody", Optional.empty(), 9)))
        .isEqualTo(Errors.NONE);
  }

  @Test
  void aTimerOfAnotherTimeChangesNothing() {
    String id = stage.stable(1).get(0);
    ClassicGroup before = stage.group;
    for (actors.group.TimerKey timer :
        List.of(Draft.session("gone"), Draft.joining(), Draft.syncing())) {
      stage.carryOut(
          stage.group.on(new actors.group.GroupEvent.TimerFired(timer), stage.situation()));
    }

    assertThat(stage.group.state()).isEqualTo(before.state());
    assertThat(stage.synced(stage.sync(id, Map.of())).errorCode()).isZero();
  }
}
