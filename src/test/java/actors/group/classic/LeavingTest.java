package actors.group.classic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupResponseData.MemberResponse;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class LeavingTest {
  private final Stage stage = new Stage();

  @Test
  void callsTheOthersToJoinAnew() {
    List<String> ids = stage.stable(2);
    LeaveGroupResponseData answer = stage.left(stage.leave(ids.get(1)));

    assertThat(answer.errorCode()).isZero();
    assertThat(stage.group.state()).isEqualTo("PreparingRebalance");
    assertThat(stage.timers).doesNotContainKey(Draft.session(ids.get(1)));
  }

  @Test
  void emptiesTheGroupAndStoresThat() {
    List<String> ids = stage.stable(2);
    stage.leave(ids.get(0), ids.get(1));

    assertThat(stage.group.state()).isEqualTo("Empty");
    assertThat(stage.lastRecord().content().orElseThrow().members()).isEmpty();
    assertThat(stage.timers).isEmpty();
  }

  @Test
  void answersForEachOfThoseNamed() {
    List<String> ids = stage.stable(2);
    LeaveGroupResponseData answer = stage.left(stage.leave("somebody", ids.get(0), ids.get(0)));

    assertThat(answer.members())
        .extracting(MemberResponse::errorCode)
        .containsExactly(
            Errors.UNKNOWN_MEMBER_ID.code(), Errors.NONE.code(), Errors.UNKNOWN_MEMBER_ID.code());
  }

  @Test
  void changesNothingWhenNobodyNamedIsAMember() {
    stage.stable(1);
    stage.leave("somebody");

    assertThat(stage.group.state()).isEqualTo("Stable");
  }

  @Test
  void namesASingleMemberInOldVersions() {
    String id = stage.stable(1).get(0);
    LeaveGroupRequestData request = new LeaveGroupRequestData().setGroupId("g").setMemberId(id);
    LeaveGroupResponseData gone = stage.left(stage.send(request, 2));
    LeaveGroupResponseData again = stage.left(stage.send(request, 2));

    assertThat(gone).isEqualTo(new LeaveGroupResponseData());
    assertThat(again)
        .isEqualTo(new LeaveGroupResponseData().setErrorCode(Errors.UNKNOWN_MEMBER_ID.code()));
  }

  @Test
  void refusesAGroupWithoutAName() {
    LeaveGroupResponseData answer = stage.left(stage.send(new LeaveGroupRequestData(), 5));

    assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.INVALID_GROUP_ID);
  }

  @Test
  void endsARebalanceThatWaitedForThatMember() {
    List<String> ids = stage.stable(2);
    stage.join(Stage.join(ids.get(0), "range"));
    stage.leave(ids.get(1));

    assertThat(stage.group.state()).isEqualTo("CompletingRebalance");
  }

  @Test
  void answersTheJoinThatTheMemberStillWaitsFor() {
    List<String> ids = stage.stable(2);
    long waiting = stage.join(Stage.join(ids.get(0), "range"));
    stage.leave(ids.get(0));

    assertThat(Errors.forCode(stage.joined(waiting).errorCode()))
        .isEqualTo(Errors.UNKNOWN_MEMBER_ID);
  }

  @Test
  void answersTheSyncThatTheMemberStillWaitsFor() {
    stage.joinNew("range");
    String follower = stage.joinNew("range");
    stage.fireInitialDelay();
    long waiting = stage.sync(follower, Map.of());
    stage.leave(follower);

    assertThat(Errors.forCode(stage.synced(waiting).errorCode()))
        .isEqualTo(Errors.UNKNOWN_MEMBER_ID);
  }

  @Test
  void givesBackAnIdThatWasNotJoinedWith() {
    stage.stable(1);
    String id = stage.joined(stage.join(Stage.join("", "range"))).memberId();
    LeaveGroupResponseData answer = stage.left(stage.leave(id));

    assertThat(answer.members().get(0).errorCode()).isZero();
    assertThat(stage.group.state()).isEqualTo("Stable");
    assertThat(stage.timers).doesNotContainKey(Draft.session(id));
  }

  @Test
  void takesAStaticMemberOutByItsInstance() {
    stage.join(Stage.staticJoin("", "i1"));
    stage.fireInitialDelay();

    LeaveGroupResponseData answer = stage.left(stage.send(byInstance("", "i1"), 5));

    assertThat(answer.members().get(0).errorCode()).isZero();
    assertThat(stage.group.state()).isEqualTo("Empty");
  }

  @Test
  void fencesAFormerSelfOfAStaticMember() {
    stage.join(Stage.staticJoin("", "i1"));
    stage.fireInitialDelay();

    LeaveGroupResponseData former = stage.left(stage.send(byInstance("former", "i1"), 5));
    LeaveGroupResponseData nobody = stage.left(stage.send(byInstance("", "i2"), 5));

    assertThat(former.members().get(0).errorCode()).isEqualTo(Errors.FENCED_INSTANCE_ID.code());
    assertThat(nobody.members().get(0).errorCode()).isEqualTo(Errors.UNKNOWN_MEMBER_ID.code());
  }

  private static LeaveGroupRequestData byInstance(String memberId, String instanceId) {
    return new LeaveGroupRequestData()
        .setGroupId("g")
        .setMembers(
            List.of(new MemberIdentity().setMemberId(memberId).setGroupInstanceId(instanceId)));
  }
}
