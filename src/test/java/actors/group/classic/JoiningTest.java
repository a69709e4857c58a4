package actors.group.classic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JoiningTest {
  private final Stage stage = new Stage();

  private Errors errorOf(JoinGroupRequestData request) {
    return Errors.forCode(stage.joined(stage.join(request)).errorCode());
  }

  @Nested
  class WhenEmpty {
    @Test
    void givesADynamicMemberItsIdFirst() {
      JoinGroupResponseData answer = stage.joined(stage.join(Stage.join("", "range")));

      assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.MEMBER_ID_REQUIRED);
      assertThat(answer.memberId()).isEqualTo("client-id0");
      assertThat(stage.group.memberCount()).isZero();
      assertThat(stage.timers).containsEntry(Draft.session("client-id0"), (long) Stage.SESSION);
    }

    @Test
    void forgetsAnIdThatNobodyJoinsWith() {
      String id = stage.joined(stage.join(Stage.join("", "range"))).memberId();
      stage.fireSession(id);

      assertThat(errorOf(Stage.join(id, "range"))).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void takesAnOldClientInWithoutGivingItsIdFirst() {
      stage.joinVersion = 3;
      long token = stage.join(Stage.join("", "range"));

      assertThat(stage.isAnswered(token)).isFalse();
      assertThat(stage.group.memberCount()).isEqualTo(1);
    }

    @Test
    void waitsForCompanyBeforeTheFirstRebalance() {
      stage.joinNew("range");

      assertThat(stage.group.state()).isEqualTo("PreparingRebalance");
      assertThat(stage.timers).containsEntry(Draft.joining(), (long) Stage.INITIAL_DELAY);
    }

    @Test
    void waitsLongerWhenCompanyHasCome() {
      stage.joinNew("range");
      stage.joinNew("range");
      stage.fireJoining();
      assertThat(stage.group.state()).isEqualTo("PreparingRebalance");

      stage.fireJoining();
      assertThat(stage.group.state()).isEqualTo("CompletingRebalance");
    }

    @Test
    void waitsForCompanyNoLongerThanTheRebalanceMayTake() {
      stage.joinVersion = 3;
      stage.join(Stage.join("", "range").setRebalanceTimeoutMs(Stage.INITIAL_DELAY + 1));
      stage.join(Stage.join("", "range"));
      stage.fireJoining();
      assertThat(stage.timers).containsEntry(Draft.joining(), 1L);
      stage.join(Stage.join("", "range"));
      stage.fireJoining();

      assertThat(stage.group.state()).isEqualTo("CompletingRebalance");
    }

    @Test
    void tellsTheFirstThatItLeadsAndWhoIsThere() {
      stage.joinVersion = 3;
      long first = stage.join(Stage.join("", "range"));
      long second = stage.join(Stage.join("", "range"));
      stage.fireInitialDelay();

      JoinGroupResponseData leader = stage.joined(first);
      assertThat(leader.leader()).isEqualTo(leader.memberId());
      assertThat(leader.generationId()).isEqualTo(1);
      assertThat(leader.protocolName()).isEqualTo("range");
      assertThat(leader.members())
          .extracting(JoinGroupResponseMember::memberId)
          .containsExactly(leader.memberId(), stage.joined(second).memberId());
      assertThat(stage.joined(second).members()).isEmpty();
      assertThat(stage.joined(second).leader()).isEqualTo(leader.memberId());
    }

    @Test
    void storesANewGroupWithItsFirstMember() {
      stage.join(Stage.join("", "range"));

      assertThat(stage.records).hasSize(1);
      assertThat(stage.lastRecord().content().orElseThrow().members()).isEmpty();
    }

    @Test
    void storesNothingOfAJoinThatIsRefused() {
      stage.join(Stage.join(""));

      assertThat(stage.records).isEmpty();
    }

    @Test
    void refusesAGroupWithoutAName() {
      assertThat(errorOf(Stage.join("", "range").setGroupId("")))
          .isEqualTo(Errors.INVALID_GROUP_ID);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 5_999, 1_800_001})
    void refusesASessionOutOfBounds(int millis) {
      assertThat(errorOf(Stage.join("", "range").setSessionTimeoutMs(millis)))
          .isEqualTo(Errors.INVALID_SESSION_TIMEOUT);
    }

    @Test
    void refusesAMemberWithoutProtocols() {
      assertThat(errorOf(Stage.join(""))).isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
    }

    @Test
    void refusesAMemberOfNoType() {
      assertThat(errorOf(Stage.join("", "range").setProtocolType("")))
          .isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
    }

    @Test
    void refusesAMemberIdThatItHasNotGiven() {
      assertThat(errorOf(Stage.join("somebody", "range"))).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void givesOutNoMoreIdsThanItsLimit() {
      for (int i = 0; i < Limits.PENDING_MEMBERS_MAX; i++) {
        stage.join(Stage.join("", "range"));
      }

      assertThat(errorOf(Stage.join("", "range"))).isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS);
    }

    @Test
    void shortensALongNameInTheMembersId() {
      stage.joinVersion = 5;
      stage.join(Stage.staticJoin("", "i".repeat(5_000)));

      assertThat(stage.group.members().get(0).id())
          .hasSize(Limits.NAME_IN_ID_CHARS_MAX + "-id0".length());
    }
  }

  @Nested
  class WhenPreparing {
    private String first;

    private void begin() {
      first = stage.stable(1).get(0);
      stage.joinNew("range");
      assertThat(stage.group.state()).isEqualTo("PreparingRebalance");
    }

    @Test
    void endsOnceEverybodyHasJoined() {
      begin();
      long token = stage.join(Stage.join(first, "range"));

      assertThat(stage.group.state()).isEqualTo("CompletingRebalance");
      assertThat(stage.joined(token).generationId()).isEqualTo(2);
      assertThat(stage.timers).doesNotContainKey(Draft.joining());
    }

    @Test
    void waitsForThoseWhoHaveBeenGivenAnId() {
      begin();
      stage.join(Stage.join("", "range"));
      stage.join(Stage.join(first, "range"));

      assertThat(stage.group.state()).isEqualTo("PreparingRebalance");
    }

    @Test
    void waitsAsLongAsTheMostPatientMemberAsks() {
      String patient = stage.stable(1).get(0);
      stage.join(Stage.join(patient, "range").setRebalanceTimeoutMs(99_000));
      stage.syncAll(List.of(patient));
      stage.joinNew("range");

      assertThat(stage.timers).containsEntry(Draft.joining(), 99_000L);
    }

    @Test
    void goesOnWithoutAMemberThatDoesNotJoinInTime() {
      begin();
      stage.fireJoining();

      assertThat(stage.group.state()).isEqualTo("CompletingRebalance");
      assertThat(stage.group.members()).extracting(ClassicMember::id).doesNotContain(first);
      assertThat(stage.timers).doesNotContainKey(Draft.session(first));
    }

    @Test
    void choosesAnotherLeaderWhenItsOwnDoesNotJoin() {
      begin();
      stage.fireJoining();

      assertThat(stage.group.leader())
          .contains(stage.group.members().get(0).id())
          .isNotEqualTo(Optional.of(first));
    }

    @Test
    void endsWithASilentNewcomerTakenOut() {
      first = stage.stable(1).get(0);
      stage.joinVersion = 3;
      long token = stage.join(Stage.join("", "range"));
      String newcomer = stage.group.members().get(1).id();
      assertThat(stage.timers)
          .containsEntry(Draft.session(newcomer), (long) Limits.NEW_MEMBER_JOIN_MILLIS_MAX);
      stage.fireSession(newcomer);

      assertThat(Errors.forCode(stage.joined(token).errorCode()))
          .isEqualTo(Errors.UNKNOWN_MEMBER_ID);
      assertThat(stage.group.memberCount()).isEqualTo(1);
    }

    @Test
    void asksNoHeartbeatsOfAMemberThatWaits() {
      begin();
      stage.join(Stage.join("", "range"));
      long token = stage.join(Stage.join(first, "range"));
      stage.fireSession(first);

      assertThat(stage.isAnswered(token)).isFalse();
      assertThat(stage.group.members()).extracting(ClassicMember::id).contains(first);
    }

    @Test
    void answersTheOlderOfTwoJoinsOfAMember() {
      begin();
      stage.join(Stage.join("", "range"));
      long older = stage.join(Stage.join(first, "range"));
      long newer = stage.join(Stage.join(first, "range"));

      assertThat(Errors.forCode(stage.joined(older).errorCode()))
          .isEqualTo(Errors.REBALANCE_IN_PROGRESS);
      assertThat(stage.isAnswered(newer)).isFalse();
    }

    @Test
    void refusesAMemberOfAnotherType() {
      begin();
      assertThat(errorOf(Stage.join("", "range").setProtocolType("connect")))
          .isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
    }

    @Test
    void refusesAMemberWithNoProtocolInCommon() {
      begin();
      assertThat(errorOf(Stage.join("", "sticky"))).isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
    }
  }
}
