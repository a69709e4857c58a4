package actors.group.consumer;

import actors.group.EmbeddedProtocol;
import actors.group.EmbeddedProtocol.Subscription;
import actors.group.GroupEvent.Caller;
import actors.group.GroupSettings;
import actors.group.TimerKey.Kind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.pcollections.TreePSet;

/**
 * JoinGroup to a group of KIP-848: what a heartbeat is to the others. It says what the member wants
 * and what it still has, it is answered at once, and it leads the member a step towards the target.
 */
final class ClassicJoining {
  /** From here on a dynamic member is given its id first, and joins with it. */
  private static final short ID_FIRST = 4;

  private final Draft draft;
  private final Caller caller;
  private final JoinGroupRequestData request;
  private final Optional<String> instanceId;
  private final List<ClassicClient.Protocol> protocols = new ArrayList<>();

  ClassicJoining(Draft draft, Caller caller, JoinGroupRequestData request) {
    this.draft = draft;
    this.caller = caller;
    this.request = request;
    this.instanceId = Optional.ofNullable(request.groupInstanceId());
    for (JoinGroupRequestProtocol each : request.protocols()) {
      protocols.add(new ClassicClient.Protocol(each.name(), ByteBuffer.wrap(each.metadata())));
    }
  }

  JoinGroupResponseData answer() {
    Errors wrong = wrong();
    if (wrong != Errors.NONE) {
      return refused(request.memberId(), wrong);
    }
    // Of the protocol that it is told to use: its first, since nobody is there to agree with.
    Optional<Subscription> said = EmbeddedProtocol.subscription(protocols.get(0).metadata());
    if (said.isEmpty()) {
      return refused(request.memberId(), Errors.INCONSISTENT_GROUP_PROTOCOL);
    }
    boolean isNobody = request.memberId().isEmpty();
    if (isNobody && instanceId.isEmpty() && caller.apiVersion() >= ID_FIRST) {
      return refused(draft.situation().freshIds().get(), Errors.MEMBER_ID_REQUIRED);
    }
    SortedSet<Partition> owned = Names.resolved(said.get().owned(), draft.situation().topics());
    return isLost(owned)
        ? refused(request.memberId(), Errors.UNKNOWN_MEMBER_ID)
        : joined(admitted(), said.get(), owned);
  }

  private Errors wrong() {
    if (request.groupId().isEmpty()) {
      return Errors.INVALID_GROUP_ID;
    }
    GroupSettings settings = draft.situation().settings();
    if (request.sessionTimeoutMs() < settings.sessionMillisMin()
        || request.sessionTimeoutMs() > settings.sessionMillisMax()) {
      return Errors.INVALID_SESSION_TIMEOUT;
    }
    if (instanceId.isPresent() && !request.memberId().isEmpty()) {
      Errors unknown = checkInstance(instanceId.get());
      if (unknown != Errors.NONE) {
        return unknown;
      }
    }
    if (!hasRoom(settings.consumer().membersMax())) {
      return Errors.GROUP_MAX_SIZE_REACHED;
    }
    return EmbeddedProtocol.TYPE.equals(request.protocolType()) && fits()
        ? Errors.NONE
        : Errors.INCONSISTENT_GROUP_PROTOCOL;
  }

  private Errors checkInstance(String instance) {
    String standing = draft.image().statics().get(instance);
    if (standing == null) {
      return Errors.UNKNOWN_MEMBER_ID;
    }
    return standing.equals(request.memberId()) ? Errors.NONE : Errors.FENCED_INSTANCE_ID;
  }

  private boolean hasRoom(int membersMax) {
    return draft.image().members().size() < membersMax
        || draft.image().members().containsKey(request.memberId())
        || instanceId.map(draft.image().statics()::containsKey).orElse(false);
  }

  /** Should they be left alone one day, those of the classic protocol have to agree on one. */
  private boolean fits() {
    return protocols.stream()
        .anyMatch(
            offered ->
                draft.image().members().values().stream()
                    .filter(other -> !isSender(other))
                    .flatMap(other -> other.info().classic().stream())
                    .allMatch(other -> other.knows(offered.name())));
  }

  private boolean isSender(Member member) {
    return member.id().equals(request.memberId())
        || (instanceId.isPresent() && instanceId.equals(member.info().instanceId()));
  }

  /**
   * Whether it still has something of a time before it was given up; or where it stands is written
   * in a later version. Then it has to begin anew.
   */
  private boolean isLost(SortedSet<Partition> owned) {
    Optional<MemberState> stands =
        draft.image().member(request.memberId()).map(member -> member.current().state());
    return !owned.isEmpty() && stands.map(MemberState.UNKNOWN::equals).orElse(true);
  }

  /** A static member without an id is a new process, and takes the place of the old. */
  private Member admitted() {
    if (!request.memberId().isEmpty()) {
      return draft
          .image()
          .member(request.memberId())
          .orElseGet(() -> Member.unknown(request.memberId()));
    }
    String newId = draft.situation().freshIds().get();
    return instanceId
        .flatMap(draft.image()::staticMember)
        .map(old -> Membership.replace(draft, old, newId))
        .orElseGet(() -> Member.unknown(newId));
  }

  private JoinGroupResponseData joined(
      Member before, Subscription said, SortedSet<Partition> owned) {
    Membership.note(draft, before, info(before.info(), said));
    TargetAssignment.refresh(draft);
    Member member = draft.image().members().get(before.id());
    boolean subscriptionChanged = !member.info().subscribesLike(before.info());
    CurrentAssignment next =
        Reconcilers.of(draft, member, subscriptionChanged, Optional.of(owned))
            .next(member.current())
            .orElseThrow();
    if (!next.equals(member.current())) {
      draft.writeCurrent(member.id(), next);
    }
    draft.stop(member.id(), Kind.REBALANCE);
    draft.expectNothing(member.id());
    draft.expect(member, Kind.SYNC);
    ClassicRequests.startSession(draft, member);
    return new JoinGroupResponseData()
        .setMemberId(member.id())
        .setGenerationId(next.epoch())
        .setProtocolType(EmbeddedProtocol.TYPE)
        .setProtocolName(protocols.get(0).name());
  }

  private MemberInfo info(MemberInfo before, Subscription said) {
    int rebalance = request.rebalanceTimeoutMs();
    return new MemberInfo(
        instanceId.or(before::instanceId),
        said.rackId(),
        caller.clientId(),
        caller.clientHost(),
        TreePSet.from(said.topics()),
        "",
        rebalance < 0 ? request.sessionTimeoutMs() : rebalance,
        Optional.empty(),
        Optional.of(new ClassicClient(request.sessionTimeoutMs(), protocols)));
  }

  private static JoinGroupResponseData refused(String memberId, Errors error) {
    return new JoinGroupResponseData().setMemberId(memberId).setErrorCode(error.code());
  }
}
