package actors.group.classic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import actors.InvariantViolation;
import actors.group.GroupRecord;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroupMember;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.MetadataRequestData;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ClassicGroupTest {
  private final Stage stage = new Stage();

  @Nested
  class AfterARestart {
    @Test
    void goesOnWhereItWas() {
      List<String> ids = stage.stable(3);
      stage.restart();

      assertThat(stage.group.state()).isEqualTo("Stable");
      assertThat(stage.group.leader()).contains(ids.get(0));
      assertThat(stage.group.generation()).isEqualTo(1);
      assertThat(stage.group.protocolType()).isEqualTo("consumer");
      for (String id : ids) {
        assertThat(stage.timers).containsEntry(Draft.session(id), (long) Stage.SESSION);
        assertThat(stage.synced(stage.sync(id, Map.of())).assignment())
            .isEqualTo(Stage.bytes("part of " + id));
      }
    }

    @Test
    void givesUpThoseWhoDoNotComeBack() {
      List<String> ids = stage.stable(2);
      stage.restart();
      stage.fireSession(ids.get(0));

      assertThat(stage.group.state()).isEqualTo("PreparingRebalance");
      assertThat(stage.group.leader()).contains(ids.get(1));
    }

    @Test
    void doesNotKnowThoseWhoHadNoAssignmentYet() {
      stage.joinNew("range");
      stage.restart();

      assertThat(stage.group.state()).isEqualTo("Empty");
      assertThat(stage.timers).isEmpty();
    }

    @Test
    void knowsSinceWhenItIsEmpty() {
      List<String> ids = stage.stable(1);
      stage.nowMillis = 5_000;
      stage.leave(ids.get(0));
      stage.nowMillis = 9_000;
      stage.restart();

      assertThat(stage.group.emptySinceMillis()).hasValue(5_000);
    }

    @Test
    void countsAsEmptySinceNowIfTheLogDoesNotSay() {
      ClassicRecord.Content old =
          new ClassicRecord.Content(
              "consumer", 4, Optional.empty(), Optional.empty(), OptionalLong.empty(), List.of());
      stage.group = ClassicGroup.restored(new ClassicRecord("g", Optional.of(old)));
      stage.carryOut(stage.group.resumed(stage.situation()));

      assertThat(stage.group.emptySinceMillis()).hasValue(stage.nowMillis);
    }
  }

  @Nested
  class ChoosesTheProtocol {
    private String chosen(String[]... offers) {
      stage.joinVersion = 3;
      for (String[] offer : offers) {
        stage.join(Stage.join("", offer));
      }
      stage.fireInitialDelay();
      return stage.group.protocolName().orElseThrow();
    }

    private String[] offer(String... protocols) {
      return protocols;
    }

    @Test
    void thatMostMembersLikeBest() {
      assertThat(chosen(offer("a", "b"), offer("b", "a"), offer("b", "a"))).isEqualTo("b");
    }

    @Test
    void thatAllKnowThoughSomeLikeAnotherBetter() {
      assertThat(chosen(offer("a", "b"), offer("a", "b"), offer("b", "c"))).isEqualTo("b");
    }

    @Test
    void thatTheFirstLikesBestInADraw() {
      assertThat(chosen(offer("b", "a"), offer("a", "b"))).isEqualTo("b");
    }
  }

  @Nested
  class IsSubscribed {
    private void memberOf(String type, byte[] metadata) {
      JoinGroupRequestData request = Stage.join("").setProtocolType(type);
      request
          .protocols()
          .add(new JoinGroupRequestProtocol().setName("range").setMetadata(metadata));
      stage.joinVersion = 3;
      stage.join(request);
    }

    private byte[] consumerOf(String... topics) {
      ByteBuffer bytes = ConsumerProtocol.serializeSubscription(new Subscription(List.of(topics)));
      byte[] array = new byte[bytes.remaining()];
      bytes.get(array);
      return array;
    }

    @Test
    void toWhatAMemberReads() {
      memberOf("consumer", consumerOf("a"));
      memberOf("consumer", consumerOf("b", "c"));

      assertThat(stage.group.isSubscribedTo("a")).isTrue();
      assertThat(stage.group.isSubscribedTo("c")).isTrue();
      assertThat(stage.group.isSubscribedTo("d")).isFalse();
    }

    @Test
    void toEverythingWhereAMemberCannotBeRead() {
      memberOf("consumer", consumerOf("a"));
      memberOf("consumer", new byte[] {0, 3, 127, 1});

      assertThat(stage.group.isSubscribedTo("d")).isTrue();
    }

    @Test
    void toEverythingWhereMembersAreNoConsumers() {
      memberOf("connect", consumerOf("a"));

      assertThat(stage.group.isSubscribedTo("d")).isTrue();
    }

    @Test
    void toNothingWhenNobodyIsThere() {
      assertThat(stage.group.isSubscribedTo("a")).isFalse();
    }
  }

  @Nested
  class IsDescribed {
    @Test
    void withWhatMembersSayWhenStable() {
      String id = stage.stable(1).get(0);
      DescribedGroup described = stage.group.described();

      assertThat(described.groupState()).isEqualTo("Stable");
      assertThat(described.protocolType()).isEqualTo("consumer");
      assertThat(described.protocolData()).isEqualTo("range");
      assertThat(described.members())
          .containsExactly(
              new DescribedGroupMember()
                  .setMemberId(id)
                  .setClientId("client")
                  .setClientHost("/host")
                  .setMemberMetadata(Stage.bytes("range"))
                  .setMemberAssignment(Stage.bytes("part of " + id)));
    }

    @Test
    void withoutWhatTheySayWhileItRebalances() {
      stage.joinNew("range");
      DescribedGroup described = stage.group.described();

      assertThat(described.groupState()).isEqualTo("PreparingRebalance");
      assertThat(described.protocolData()).isEmpty();
      assertThat(described.members().get(0).memberMetadata()).isEmpty();
    }
  }

  @Test
  void isRemovedByOneTombstone() {
    assertThat(
            stage.group.tombstones().stream().map(GroupRecord::value).collect(Collectors.toList()))
        .containsExactly(Optional.empty());
  }

  @Test
  void isNotEmptySinceAnyTimeWhileSomebodyIsThere() {
    stage.stable(1);

    assertThat(stage.group.emptySinceMillis()).isEmpty();
  }

  @Test
  void isNeverGivenARequestOfAnotherKind() {
    assertThatThrownBy(() -> stage.send(new MetadataRequestData(), 1))
        .isInstanceOf(InvariantViolation.class)
        .hasMessageContaining("MetadataRequestData");
  }
}
