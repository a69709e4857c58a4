package actors.group.consumer;

import actors.group.EmbeddedProtocol;
import actors.group.EmbeddedProtocol.Subscription;
import actors.group.GroupEvent.Caller;
import actors.group.TimerKey.Kind;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * SyncGroup and Heartbeat to a group of KIP-848: the one fetches what the member has been given,
 * the other tells it when it has to join for more, or to give up something.
 */
final class ClassicSyncing {
  /** From here on a SyncGroup has to say which protocol it is about. */
  private static final short WITH_PROTOCOL = 5;

  private ClassicSyncing() {}

  static HeartbeatResponseData answer(Draft draft, HeartbeatRequestData beat) {
    Errors error =
        ClassicRequests.check(
            draft.image(), beat.memberId(), beat.groupInstanceId(), beat.generationId());
    if (error == Errors.NONE) {
      Member member = draft.image().members().get(beat.memberId());
      ClassicRequests.startSession(draft, member);
      if (hasToJoin(draft.image(), member)) {
        draft.expect(member, Kind.REBALANCE);
        error = Errors.REBALANCE_IN_PROGRESS;
      }
    }
    return new HeartbeatResponseData().setErrorCode(error.code());
  }

  /** What is only partly free yet is waited for, since each join costs the member something. */
  private static boolean hasToJoin(GroupImage image, Member member) {
    CurrentAssignment current = member.current();
    return current.epoch() < image.group().epoch()
        || current.state() == MemberState.UNREVOKED_PARTITIONS
        || (current.state() == MemberState.UNRELEASED_PARTITIONS
            && image.targetOf(member.id()).stream()
                .noneMatch(wanted -> image.isHeldByAnother(wanted, member.id())));
  }

  static SyncGroupResponseData answer(Draft draft, Caller caller, SyncGroupRequestData sync) {
    Errors error = check(draft.image(), caller, sync);
    if (error != Errors.NONE) {
      return refused(error);
    }
    Member member = draft.image().members().get(sync.memberId());
    CurrentAssignment current = member.current();
    // One that has to give up something first learns that from what it is given.
    if (current.epoch() < draft.image().group().epoch()
        && current.state() != MemberState.UNREVOKED_PARTITIONS) {
      draft.expect(member, Kind.REBALANCE);
      return refused(Errors.REBALANCE_IN_PROGRESS);
    }
    if (draft.isExpected(member.id(), Kind.SYNC)) {
      draft.expectNothing(member.id());
    }
    ClassicRequests.startSession(draft, member);
    return new SyncGroupResponseData()
        .setProtocolType(EmbeddedProtocol.TYPE)
        .setProtocolName(protocol(member).name())
        .setAssignment(
            EmbeddedProtocol.write(
                Names.of(current.owned().keySet(), draft.situation().topics()), version(member)));
  }

  private static Errors check(GroupImage image, Caller caller, SyncGroupRequestData sync) {
    if (caller.apiVersion() >= WITH_PROTOCOL
        && (sync.protocolType() == null || sync.protocolName() == null)) {
      return Errors.INCONSISTENT_GROUP_PROTOCOL;
    }
    Errors unknown =
        ClassicRequests.check(image, sync.memberId(), sync.groupInstanceId(), sync.generationId());
    if (unknown != Errors.NONE) {
      return unknown;
    }
    boolean differs =
        (sync.protocolType() != null && !sync.protocolType().equals(EmbeddedProtocol.TYPE))
            || (sync.protocolName() != null
                && !sync.protocolName()
                    .equals(protocol(image.members().get(sync.memberId())).name()));
    return differs ? Errors.INCONSISTENT_GROUP_PROTOCOL : Errors.NONE;
  }

  /** The one that its JoinGroup was answered with. */
  private static ClassicClient.Protocol protocol(Member member) {
    return member.info().classic().orElseThrow().protocols().get(0);
  }

  private static short version(Member member) {
    return EmbeddedProtocol.subscription(protocol(member).metadata())
        .map(Subscription::version)
        .orElse((short) 0);
  }

  private static SyncGroupResponseData refused(Errors error) {
    return new SyncGroupResponseData().setErrorCode(error.code());
  }
}
