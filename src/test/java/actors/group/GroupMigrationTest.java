package actors.group;

import static actors.group.DeskBench.beat;
import static actors.group.DeskBench.first;
import static actors.group.DeskBench.join;
import static actors.group.DeskBench.part;
import static actors.group.DeskBench.partitions;
import static actors.group.DeskBench.sync;
import static actors.group.DeskBench.t;
import static org.assertj.core.api.Assertions.assertThat;

import actors.group.Group.Committer;
import actors.group.TimerKey.Kind;
import actors.group.classic.ClassicRecord;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A group with members on its way from one protocol to the other. */
class GroupMigrationTest {
  private final DeskBench bench = new DeskBench();
  private String a;
  private String b;

  /** Two members, a with the first two partitions and b with the others, in generation 2. */
  private void twoClassicMembers() {
    a = member(null);
    b = bench.joined("", null, -1, t()).memberId();
    long joinB = bench.ask(join(b, null, -1, t()), 9);
    bench.joined(a, null, 1, t());
    assertThat(((JoinGroupResponseData) bench.answers.get(joinB)).generationId()).isEqualTo(2);
    SyncGroupRequestData assigning = sync(a, null, 2);
    assigning.assignments().addAll(List.of(part(a, t(0, 1)), part(b, t(2, 3))));
    bench.send(assigning, 5);
    assertThat(partitions(bench.synced(b, 2))).isEqualTo(t(2, 3));
    assertThat(bench.group.orElseThrow().state()).isEqualTo("Stable");
  }

  /** The first, alone in generation 1 with everything. */
  private String member(String instanceId) {
    String id = bench.joined("", instanceId, -1, t()).memberId();
    long joins = bench.ask(join(id, null, -1, t()), 9);
    bench.fire(TimerKey.ofGroup(Kind.JOINING));
    assertThat(bench.answers).containsKey(joins);
    SyncGroupRequestData assigning = sync(id, instanceId, 1);
    assigning.assignments().add(part(id, t(0, 1, 2, 3)));
    bench.send(assigning, 5);
    return id;
  }

  private String staticMember(String instanceId) {
    long joins = bench.ask(join("", instanceId, -1, t()), 9);
    bench.fire(TimerKey.ofGroup(Kind.JOINING));
    String id = ((JoinGroupResponseData) bench.answers.get(joins)).memberId();
    SyncGroupRequestData assigning = sync(id, instanceId, 1);
    assigning.assignments().add(part(id, t(0, 1, 2, 3)));
    bench.send(assigning, 5);
    return id;
  }

  private GroupProtocol protocol() {
    return bench.group.orElseThrow().protocol();
  }

  private static Errors error(ConsumerGroupHeartbeatResponseData answer) {
    return Errors.forCode(answer.errorCode());
  }

  private static int count(ConsumerGroupHeartbeatResponseData answer) {
    return answer.assignment().topicPartitions().stream()
        .mapToInt(topic -> topic.partitions().size())
        .sum();
  }

  private Errors mayCommit(String memberId, int epoch) {
    return bench.group.orElseThrow().mayCommit(new Committer(memberId, Optional.empty(), epoch));
  }

  @Nested
  class WhenTheFirstOfTheOtherProtocolComes {
    @Test
    void carriesItsMembersOverWithWhatTheyHave() {
      twoClassicMembers();
      int before = bench.log.size();

      ConsumerGroupHeartbeatResponseData answer = bench.sendBeat(first("k"));

      assertThat(error(answer)).isEqualTo(Errors.NONE);
      assertThat(answer.memberEpoch()).isGreaterThan(2);
      assertThat(count(answer)).isZero();
      assertThat(protocol()).isEqualTo(GroupProtocol.CONSUMER);
      assertThat(bench.group.orElseThrow().memberCount()).isEqualTo(3);
      assertThat(bench.log.get(before)).isEqualTo(ClassicRecord.tombstone("g"));
      assertThat(mayCommit(a, 2)).isEqualTo(Errors.NONE);
      assertThat(bench.timers)
          .containsEntry(new TimerKey(a, Kind.SESSION), (long) DeskBench.SESSION_MILLIS);
    }

    @Test
    void isThereForTheNextCoordinatorToo() {
      twoClassicMembers();
      bench.sendBeat(first("k"));
      Group before = bench.group.orElseThrow();

      bench.restart();

      assertThat(bench.group).contains(before);
      assertThat(bench.timers)
          .containsEntry(new TimerKey(a, Kind.SESSION), (long) DeskBench.SESSION_MILLIS)
          .containsEntry(new TimerKey("k", Kind.SESSION), 45_000L);
    }

    @Test
    void keepsWhatIsCommitted() {
      twoClassicMembers();
      assertThat(commit(a, 2, 7)).isEqualTo(Errors.NONE);

      bench.sendBeat(first("k"));

      assertThat(committed()).isEqualTo(7);
      assertThat(commit(a, 2, 8)).isEqualTo(Errors.NONE);
      assertThat(commit(a, 1, 9)).isEqualTo(Errors.ILLEGAL_GENERATION);
      bench.restart();
      assertThat(committed()).isEqualTo(8);
    }

    @Test
    void sendsThoseWhoWaitForOthersToJoinIt() {
      twoClassicMembers();
      long waits = bench.ask(join(a, null, 2, t(0, 1)), 9);

      bench.sendBeat(first("k"));

      assertThat(((JoinGroupResponseData) bench.answers.get(waits)).errorCode())
          .isEqualTo(Errors.REBALANCE_IN_PROGRESS.code());
      assertThat(bench.timers).doesNotContainKey(TimerKey.ofGroup(Kind.JOINING));
    }

    /** The leader of a rebalance that was called off has not said who has what. */
    @Test
    void keepsWhatAMemberSaysThatItStillHas() {
      twoClassicMembers();
      long joinA = bench.ask(join(a, null, 2, t(0, 1)), 9);
      bench.ask(join(b, null, 2, t(2, 3)), 9);
      assertThat(((JoinGroupResponseData) bench.answers.get(joinA)).generationId()).isEqualTo(3);
      String c = bench.joined("", null, -1, t()).memberId();
      bench.ask(join(c, null, -1, t()), 9);

      bench.sendBeat(first("k"));

      assertThat(count(bench.sendBeat(first("k")))).isZero();
    }

    @Test
    void refusesItWhereTheSettingsSaySo() {
      twoClassicMembers();
      bench.policy = GroupSettings.Migration.DOWNGRADE;

      ConsumerGroupHeartbeatResponseData answer = bench.sendBeat(first("k"));

      assertThat(error(answer)).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
      assertThat(answer.errorMessage()).contains("group.consumer.migration.policy");
      assertThat(protocol()).isEqualTo(GroupProtocol.CLASSIC);
    }

    @Test
    void refusesItWhereAnAssignorHasDataOfItsOwn() {
      a = member(null);
      bench.ask(join(a, null, 1, t(0, 1)), 9);
      SyncGroupRequestData assigning = sync(a, null, 2);
      assigning
          .assignments()
          .add(
              part(a, t(0))
                  .setAssignment(
                      Utils.toArray(
                          ConsumerProtocol.serializeAssignment(
                              new Assignment(t(0), ByteBuffer.wrap(new byte[] {1}))))));
      bench.send(assigning, 5);

      assertThat(error(bench.sendBeat(first("k")))).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
      assertThat(protocol()).isEqualTo(GroupProtocol.CLASSIC);
    }

    @Test
    void staysAsItIsWhereTheOtherIsNotLetIn() {
      twoClassicMembers();
      int before = bench.log.size();

      ConsumerGroupHeartbeatResponseData answer =
          bench.sendBeat(first("k").setServerAssignor("none such"));

      assertThat(error(answer)).isEqualTo(Errors.UNSUPPORTED_ASSIGNOR);
      assertThat(protocol()).isEqualTo(GroupProtocol.CLASSIC);
      assertThat(bench.log).hasSize(before);
      assertThat(bench.beaten(a, null, 2)).isEqualTo(Errors.NONE);
    }

    @Test
    void takesThePlaceOfItsOwnInstance() {
      String old = staticMember("i");

      ConsumerGroupHeartbeatResponseData answer = bench.sendBeat(first("k").setInstanceId("i"));

      assertThat(count(answer)).isEqualTo(4);
      assertThat(bench.group.orElseThrow().memberCount()).isEqualTo(1);
      assertThat(bench.beaten(old, "i", 1)).isEqualTo(Errors.FENCED_INSTANCE_ID);
    }
  }

  @Nested
  class WhenBothAreInIt {
    @Test
    void leadsAClassicMemberStepByStep() {
      twoClassicMembers();
      int epoch = bench.sendBeat(first("k")).memberEpoch();

      assertThat(bench.beaten(a, null, 2)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
      JoinGroupResponseData told = bench.joined(a, null, 2, t(0, 1));
      List<TopicPartition> kept = partitions(bench.synced(a, told.generationId()));

      assertThat(told.protocolName()).isEqualTo("cooperative-sticky");
      assertThat(told.leader()).isEmpty();
      if (kept.size() < 2) { // it is the one to give something up, and then it joins once more
        assertThat(told.generationId()).isEqualTo(2);
        assertThat(bench.beaten(a, null, 2)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        assertThat(bench.joined(a, null, 2, kept).generationId()).isEqualTo(epoch);
      } else {
        assertThat(told.generationId()).isEqualTo(epoch);
      }
      assertThat(partitions(bench.synced(a, epoch))).isEqualTo(kept);
      assertThat(bench.beaten(a, null, epoch)).isEqualTo(Errors.NONE);
    }

    @Test
    void givesNobodyWhatAClassicMemberHasNotGivenUp() {
      a = member(null);
      bench.sendBeat(first("k"));
      bench.joined(a, null, 1, t(0, 1, 2, 3));
      List<TopicPartition> kept = partitions(bench.synced(a, 1));
      assertThat(kept).hasSize(2);
      assertThat(count(bench.sendBeat(first("k")))).isZero();

      bench.joined(a, null, 1, kept);

      assertThat(count(bench.sendBeat(first("k")))).isEqualTo(2);
    }

    @Test
    void givesUpAMemberThatDoesNotJoinInItsTime() {
      a = member(null);
      bench.sendBeat(first("k"));
      assertThat(bench.beaten(a, null, 1)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
      TimerKey joining = new TimerKey(a, Kind.REBALANCE);
      assertThat(bench.timers).containsEntry(joining, (long) DeskBench.REBALANCE_MILLIS);
      bench.timers.put(joining, 1L);
      bench.beaten(a, null, 1);
      assertThat(bench.timers).as("not started over").containsEntry(joining, 1L);

      bench.fire(joining);

      assertThat(bench.beaten(a, null, 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
      assertThat(count(bench.sendBeat(first("k")))).isEqualTo(4);
    }

    @Test
    void givesUpAMemberThatDoesNotFetchWhatItIsGiven() {
      a = member(null);
      bench.sendBeat(first("k"));
      bench.joined(a, null, 1, t());

      bench.fire(new TimerKey(a, Kind.SYNC));

      assertThat(bench.group.orElseThrow().memberCount()).isEqualTo(1);
    }

    @Test
    void letsOneInThatFitsAndNoOther() {
      twoClassicMembers();
      bench.sendBeat(first("k"));

      JoinGroupResponseData id = bench.joined("", null, -1, t());
      assertThat(id.errorCode()).isEqualTo(Errors.MEMBER_ID_REQUIRED.code());
      assertThat(bench.joined(id.memberId(), null, -1, t()).errorCode())
          .isEqualTo(Errors.NONE.code());
      assertThat(bench.send(join("", null, -1, t()).setProtocolType("connect"), 9))
          .extracting(answer -> ((JoinGroupResponseData) answer).errorCode())
          .isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL.code());
    }

    @Test
    void letsOneThatWasGivenUpBeginAnewWithNothing() {
      a = member(null);
      bench.sendBeat(first("k"));
      bench.fire(new TimerKey(a, Kind.SESSION));

      assertThat(bench.joined(a, null, 1, t(0, 1)).errorCode())
          .isEqualTo(Errors.UNKNOWN_MEMBER_ID.code());
      assertThat(bench.joined(a, null, 1, t()).errorCode()).isEqualTo(Errors.NONE.code());
    }

    @Test
    void describesEachMemberByItsProtocol() {
      twoClassicMembers();
      bench.sendBeat(first("k"));

      DescribedGroup described =
          (DescribedGroup)
              bench.send(new ConsumerGroupDescribeRequestData().setGroupIds(List.of("g")), 1);

      assertThat(described.members())
          .filteredOn(member -> member.memberType() == 0)
          .extracting(member -> member.memberId())
          .containsExactlyInAnyOrder(a, b);
    }
  }

  @Nested
  class WhenTheLastOfTheOtherProtocolGoes {
    private int epoch;

    private void oneOfEach() {
      a = member(null);
      epoch = bench.sendBeat(first("k")).memberEpoch();
      bench.joined(a, null, 1, t());
      bench.synced(a, epoch);
      assertThat(count(bench.sendBeat(first("k")))).isEqualTo(2);
    }

    @Test
    void leavesAClassicGroupThatIsCalledToARebalance() {
      oneOfEach();

      assertThat(error(bench.sendBeat(beat("k", -1)))).isEqualTo(Errors.NONE);

      assertThat(protocol()).isEqualTo(GroupProtocol.CLASSIC);
      assertThat(bench.beaten(a, null, epoch)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
      assertThat(mayCommit(a, epoch)).isEqualTo(Errors.NONE);
      JoinGroupResponseData joined = bench.joined(a, null, epoch, t());
      assertThat(joined.generationId()).isEqualTo(epoch + 1);
      assertThat(joined.leader()).isEqualTo(a);
    }

    @Test
    void doesSoWhenItsSessionEnds() {
      oneOfEach();

      bench.fire(new TimerKey("k", Kind.SESSION));

      assertThat(protocol()).isEqualTo(GroupProtocol.CLASSIC);
      assertThat(error(bench.sendBeat(beat("k", epoch)))).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
      assertThat(error(bench.sendBeat(first("k")))).isEqualTo(Errors.NONE);
      assertThat(protocol()).isEqualTo(GroupProtocol.CONSUMER);
    }

    @Test
    void isCalledToARebalanceByTheNextCoordinatorToo() {
      oneOfEach();
      bench.sendBeat(beat("k", -1));

      bench.restart();

      assertThat(protocol()).isEqualTo(GroupProtocol.CLASSIC);
      assertThat(bench.beaten(a, null, epoch)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
    }

    @Test
    void staysWhereTheSettingsSaySo() {
      oneOfEach();
      bench.policy = GroupSettings.Migration.UPGRADE;

      bench.sendBeat(beat("k", -1));

      assertThat(protocol()).isEqualTo(GroupProtocol.CONSUMER);
      assertThat(bench.beaten(a, null, epoch)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
      int next = bench.joined(a, null, epoch, t()).generationId();
      assertThat(partitions(bench.synced(a, next))).hasSize(4);
    }

    @Test
    void makesWayForItsOwnInstance() {
      bench.sendBeat(first("k").setInstanceId("i"));

      JoinGroupResponseData joined = bench.joined("", "i", -1, t());

      assertThat(joined.errorCode()).isEqualTo(Errors.NONE.code());
      assertThat(joined.leader()).isEqualTo(joined.memberId());
      assertThat(protocol()).isEqualTo(GroupProtocol.CLASSIC);
      assertThat(bench.group.orElseThrow().memberCount()).isEqualTo(1);
      assertThat(error(bench.sendBeat(beat("k", 1).setInstanceId("i"))))
          .isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void keepsWhatIsCommitted() {
      oneOfEach();
      assertThat(commit("k", epoch, 5)).isEqualTo(Errors.NONE);

      bench.sendBeat(beat("k", -1));

      assertThat(committed()).isEqualTo(5);
      assertThat(commit(a, epoch, 6)).isEqualTo(Errors.NONE);
      assertThat(commit("k", epoch, 7)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void isGoneWithAllItsRecordsWhenTheLastMemberIsClassicAndLeaves() {
      oneOfEach();
      bench.sendBeat(beat("k", -1));
      assertThat(bench.left(a)).isEqualTo(Errors.NONE);

      bench.restart();

      assertThat(bench.group.orElseThrow().state()).isEqualTo("Empty");
    }
  }

  private Errors commit(String memberId, int epoch, long offset) {
    OffsetCommitRequestData commit =
        new OffsetCommitRequestData()
            .setGroupId("g")
            .setMemberId(memberId)
            .setGenerationIdOrMemberEpoch(epoch);
    commit
        .topics()
        .add(
            new OffsetCommitRequestTopic()
                .setName("t")
                .setPartitions(
                    List.of(
                        new OffsetCommitRequestPartition()
                            .setPartitionIndex(0)
                            .setCommittedOffset(offset))));
    OffsetCommitResponseData answer = (OffsetCommitResponseData) bench.send(commit, 9);
    return Errors.forCode(answer.topics().get(0).partitions().get(0).errorCode());
  }

  private long committed() {
    OffsetFetchRequestGroup fetch =
        new OffsetFetchRequestGroup().setGroupId("g").setMemberId(null).setTopics(null);
    OffsetFetchResponseGroup answer = (OffsetFetchResponseGroup) bench.send(fetch, 8);
    return answer.topics().get(0).partitions().get(0).committedOffset();
  }
}
