package actors.group.classic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Joins of those who are members already, and of others who come to them. */
class RejoiningTest {
  private final Stage stage = new Stage();

  private Errors errorOf(JoinGroupRequestData request) {
    return Errors.forCode(stage.joined(stage.join(request)).errorCode());
  }

  @Nested
  class WhenCompleting {
    private List<String> ids;

    private void begin() {
      ids = List.of(stage.joinNew("range"), stage.joinNew("range"));
      stage.fireInitialDelay();
    }

    @Test
    void repeatsItsAnswerToAMemberThatSaysNothingNew() {
      begin();
      JoinGroupResponseData leader = stage.joined(stage.join(Stage.join(ids.get(0), "range")));
      JoinGroupResponseData follower = stage.joined(stage.join(Stage.join(ids.get(1), "range")));

      assertThat(leader.generationId()).isEqualTo(1);
      assertThat(leader.members()).hasSize(2);
      assertThat(follower.generationId()).isEqualTo(1);
      assertThat(follower.members()).isEmpty();
    }

    @Test
    void beginsAnewWhenAMemberSaysSomethingElse() {
      begin();
      long waitsForItsPart =
          stage.sync(ids.get(0).equals(leader()) ? ids.get(1) : ids.get(0), Map.of());
      stage.join(Stage.join(ids.get(0), "range", "sticky"));

      assertThat(stage.group.state()).isEqualTo("PreparingRebalance");
      assertThat(Errors.forCode(stage.synced(waitsForItsPart).errorCode()))
          .isEqualTo(Errors.REBALANCE_IN_PROGRESS);
      assertThat(stage.timers).doesNotContainKey(Draft.syncing());
    }

    private String leader() {
      return stage.group.leader().orElseThrow();
    }
  }

  @Nested
  class WhenStable {
    @Test
    void beginsAnewWhenTheLeaderJoins() {
      List<String> ids = stage.stable(2);
      stage.join(Stage.join(ids.get(0), "range"));

      assertThat(stage.group.state()).isEqualTo("PreparingRebalance");
    }

    @Test
    void tellsAFollowerThatSaysNothingNewOfItsGeneration() {
      List<String> ids = stage.stable(2);
      JoinGroupResponseData answer = stage.joined(stage.join(Stage.join(ids.get(1), "range")));

      assertThat(stage.group.state()).isEqualTo("Stable");
      assertThat(answer.generationId()).isEqualTo(1);
      assertThat(answer.members()).isEmpty();
      assertThat(answer.leader()).isEqualTo(ids.get(0));
    }

    @Test
    void beginsAnewWhenAFollowerSaysSomethingElse() {
      List<String> ids = stage.stable(2);
      stage.join(Stage.join(ids.get(1), "range", "sticky"));

      assertThat(stage.group.state()).isEqualTo("PreparingRebalance");
    }

    @Test
    void beginsAnewWhenANewMemberComes() {
      stage.stable(1);
      stage.joinNew("range");

      assertThat(stage.group.state()).isEqualTo("PreparingRebalance");
      assertThat(stage.timers).containsEntry(Draft.joining(), (long) Stage.REBALANCE);
    }

    @Test
    void givesUpAMemberThatFallsSilent() {
      List<String> ids = stage.stable(2);
      stage.fireSession(ids.get(1));

      assertThat(stage.group.state()).isEqualTo("PreparingRebalance");
      assertThat(stage.group.members()).extracting(ClassicMember::id).containsExactly(ids.get(0));
    }

    @Test
    void becomesEmptyWhenTheLastMemberFallsSilentAndStoresThat() {
      String id = stage.stable(1).get(0);
      stage.nowMillis = 7_777;
      stage.fireSession(id);

      assertThat(stage.group.state()).isEqualTo("Empty");
      assertThat(stage.group.emptySinceMillis()).hasValue(7_777);
      ClassicRecord.Content stored = stage.lastRecord().content().orElseThrow();
      assertThat(stored.members()).isEmpty();
      assertThat(stored.generation()).isEqualTo(2);
      assertThat(stored.sinceMillis()).hasValue(7_777);
      assertThat(stored.protocolType()).isEqualTo("consumer");
    }
  }

  @Nested
  class WithALargestSize {
    @Test
    void refusesAMemberTooMany() {
      stage.membersMax = 2;
      stage.stable(2);

      assertThat(errorOf(Stage.join("", "range"))).isEqualTo(Errors.GROUP_MAX_SIZE_REACHED);
      assertThat(stage.group.state()).isEqualTo("Stable");
    }

    @Test
    void keepsThoseWhoJoinFirstWhenItHasBeenLowered() {
      List<String> ids = stage.stable(3);
      stage.membersMax = 2;
      stage.restart();
      assertThat(stage.group.state()).isEqualTo("PreparingRebalance");
      stage.join(Stage.join(ids.get(2), "range"));
      stage.join(Stage.join(ids.get(1), "range"));

      assertThat(errorOf(Stage.join(ids.get(0), "range"))).isEqualTo(Errors.GROUP_MAX_SIZE_REACHED);
      assertThat(stage.group.state()).isEqualTo("CompletingRebalance");
      assertThat(stage.group.members())
          .extracting(ClassicMember::id)
          .containsExactly(ids.get(1), ids.get(2));
    }
  }
}
