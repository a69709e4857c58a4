package actors.group.classic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class StaticJoiningTest {
  private final Stage stage = new Stage();
  private String leader;
  private String follower;

  private void begin() {
    stage.join(Stage.staticJoin("", "i1"));
    stage.join(Stage.staticJoin("", "i2"));
    stage.fireInitialDelay();
    leader = stage.group.members().get(0).id();
    follower = stage.group.members().get(1).id();
  }

  private void beginStable() {
    begin();
    stage.syncAll(List.of(leader, follower));
  }

  private String idOf(String instanceId) {
    return stage.group.roster().ofInstance(instanceId).orElseThrow();
  }

  @Test
  void needsNoIdFirst() {
    long token = stage.join(Stage.staticJoin("", "i1"));

    assertThat(stage.isAnswered(token)).isFalse();
    assertThat(stage.group.memberCount()).isEqualTo(1);
  }

  @Test
  void takesItsFormerPlaceWithoutARebalance() {
    beginStable();
    JoinGroupResponseData answer = stage.joined(stage.join(Stage.staticJoin("", "i2")));

    assertThat(stage.group.state()).isEqualTo("Stable");
    assertThat(answer.generationId()).isEqualTo(1);
    assertThat(answer.leader()).isEqualTo(leader);
    assertThat(answer.memberId()).isEqualTo(idOf("i2")).isNotEqualTo(follower);
    assertThat(stage.synced(stage.sync(answer.memberId(), Map.of())).assignment())
        .isEqualTo(Stage.bytes("part of " + follower));
  }

  @Test
  void isStoredUnderItsNewIdBeforeItIsTold() {
    beginStable();
    int before = stage.records.size();
    String id = stage.joined(stage.join(Stage.staticJoin("", "i2"))).memberId();

    assertThat(stage.records).hasSize(before + 1);
    assertThat(stage.lastRecord().content().orElseThrow().members())
        .extracting(ClassicMember::id)
        .containsExactly(leader, id);
  }

  @Test
  void leavesItsFormerSelfNoTimer() {
    beginStable();
    stage.join(Stage.staticJoin("", "i2"));

    assertThat(stage.timers)
        .doesNotContainKey(Draft.session(follower))
        .containsEntry(Draft.session(idOf("i2")), (long) Stage.SESSION);
  }

  @Test
  void leadsOnButSkipsTheAssignment() {
    beginStable();
    JoinGroupResponseData answer = stage.joined(stage.join(Stage.staticJoin("", "i1")));

    assertThat(answer.skipAssignment()).isTrue();
    assertThat(answer.leader()).isEqualTo(answer.memberId());
    assertThat(answer.members()).hasSize(2);
  }

  @Test
  void takesItselfForAFollowerWhereItCannotBeToldToSkip() {
    beginStable();
    stage.joinVersion = 8;
    JoinGroupResponseData answer = stage.joined(stage.join(Stage.staticJoin("", "i1")));

    assertThat(answer.skipAssignment()).isFalse();
    assertThat(answer.leader()).isEqualTo(leader).isNotEqualTo(answer.memberId());
    assertThat(answer.members()).isEmpty();
    assertThat(stage.group.leader()).contains(answer.memberId());
  }

  @Test
  void fencesItsFormerSelf() {
    beginStable();
    stage.join(Stage.staticJoin("", "i2"));

    long beat = stage.send(stage.heartbeatRequest(follower).setGroupInstanceId("i2"), 4);
    long sync = stage.send(stage.syncRequest(follower, Map.of()).setGroupInstanceId("i2"), 5);
    long join = stage.join(Stage.staticJoin(follower, "i2"));

    assertThat(stage.heartbeatError(beat)).isEqualTo(Errors.FENCED_INSTANCE_ID.code());
    assertThat(stage.synced(sync).errorCode()).isEqualTo(Errors.FENCED_INSTANCE_ID.code());
    assertThat(stage.joined(join).errorCode()).isEqualTo(Errors.FENCED_INSTANCE_ID.code());
  }

  @Test
  void fencesTheJoinThatItsFormerSelfWaitsFor() {
    beginStable();
    stage.joinNew("range");
    long former = stage.join(Stage.staticJoin(follower, "i2"));
    stage.join(Stage.staticJoin("", "i2"));

    assertThat(stage.joined(former).errorCode()).isEqualTo(Errors.FENCED_INSTANCE_ID.code());
  }

  @Test
  void fencesTheSyncThatItsFormerSelfWaitsFor() {
    begin();
    long former = stage.sync(follower, Map.of());
    stage.join(Stage.staticJoin("", "i2"));

    assertThat(stage.synced(former).errorCode()).isEqualTo(Errors.FENCED_INSTANCE_ID.code());
  }

  @Test
  void beginsAnewWhileTheLeaderAssignsToItsFormerSelf() {
    begin();
    stage.join(Stage.staticJoin("", "i2"));

    assertThat(stage.group.state()).isEqualTo("PreparingRebalance");
  }

  @Test
  void beginsAnewWhenItChangesWhichProtocolIsChosen() {
    stage.join(Stage.staticJoin("", "i1"));
    stage.fireInitialDelay();
    stage.syncAll(List.of(idOf("i1")));
    stage.join(Stage.join("", "sticky", "range").setGroupInstanceId("i1"));

    assertThat(stage.group.state()).isEqualTo("CompletingRebalance");
    assertThat(stage.group.protocolName()).contains("sticky");
  }

  @Test
  void staysInTheNextGenerationThoughItDoesNotJoin() {
    beginStable();
    stage.join(Stage.staticJoin(leader, "i1"));
    stage.fireJoining();

    assertThat(stage.group.state()).isEqualTo("CompletingRebalance");
    assertThat(stage.group.memberCount()).isEqualTo(2);
    assertThat(stage.timers).containsKey(Draft.session(follower));
  }

  @Test
  void isWaitedForAsLongAsNobodyElseHasJoined() {
    beginStable();
    stage.restart();
    stage.membersMax = 1;
    stage.restart();
    stage.fireJoining();

    assertThat(stage.group.state()).isEqualTo("PreparingRebalance");
    assertThat(stage.timers).containsEntry(Draft.joining(), (long) Stage.REBALANCE);
  }

  @Test
  void owesTheSyncThatItsFormerSelfOwed() {
    begin();
    Map<String, byte[]> assignment = new LinkedHashMap<>();
    stage.sync(leader, assignment);
    String id = stage.joined(stage.join(Stage.staticJoin("", "i2"))).memberId();
    stage.sync(id, Map.of());

    assertThat(stage.timers).doesNotContainKey(Draft.syncing());
  }
}
