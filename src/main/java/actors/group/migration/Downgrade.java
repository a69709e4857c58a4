package actors.group.migration;

import actors.group.Effect;
import actors.group.EmbeddedProtocol;
import actors.group.EmbeddedProtocol.Subscription;
import actors.group.Group;
import actors.group.GroupEvent;
import actors.group.GroupEvent.Requested;
import actors.group.GroupRecord;
import actors.group.Situation;
import actors.group.Step;
import actors.group.classic.Bytes;
import actors.group.classic.ClassicMember;
import actors.group.classic.ClassicProtocol;
import actors.group.classic.Handover;
import actors.group.consumer.Carried;
import actors.group.consumer.CarryingOver;
import actors.group.consumer.ClassicClient;
import actors.group.consumer.ConsumerGroup;
import actors.group.consumer.Names;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.utils.Utils;

/** A group of KIP-848 whose last member of that protocol is gone becomes a classic one again. */
public final class Downgrade {
  private final ConsumerGroup before;
  private final Step step;
  private final Situation situation;

  private Downgrade(ConsumerGroup before, Step step, Situation situation) {
    this.before = before;
    this.step = step;
    this.situation = situation;
  }

  /**
   * @param before the group before the step, of whichever protocol
   * @param step what the event has led to
   * @return the same step, or, where it has left only classic members in a group of KIP-848, one
   *     that goes on to turn it into a classic group and to call them to a rebalance
   */
  public static Step settled(Group before, Step step, GroupEvent event, Situation situation) {
    boolean isDue =
        !step.records().isEmpty()
            && before instanceof ConsumerGroup
            && step.next() instanceof ConsumerGroup after
            && CarryingOver.isDue(after)
            && after.memberCount() <= situation.settings().membersMax()
            && situation.settings().consumer().migration().allowsDowngrade();
    return isDue ? new Downgrade((ConsumerGroup) before, step, situation).step(event) : step;
  }

  private Step step(GroupEvent event) {
    ConsumerGroup after = (ConsumerGroup) step.next();
    // No member has been told of an epoch that this step alone has come to.
    Step written = Handover.in(after.id(), before.epoch(), members(after), situation);
    Optional<Requested> rejoining = rejoining(event);

    List<GroupRecord> records = new ArrayList<>(step.records());
    records.addAll(after.tombstones());
    records.addAll(written.records());
    List<Effect> effects = new ArrayList<>(step.effects());
    rejoining.ifPresent(join -> effects.removeIf(effect -> isAnswer(effect, join.token())));
    effects.addAll(CarryingOver.stopTimers(after));
    effects.addAll(written.effects());
    if (rejoining.isEmpty()) {
      return new Step(written.next(), records, effects);
    }
    Step joined = written.next().on(rejoining.get(), situation);
    records.addAll(joined.records());
    effects.addAll(joined.effects());
    return new Step(joined.next(), records, effects);
  }

  /**
   * Who has taken the place of the last member of the other protocol by a JoinGroup joins the
   * classic group instead, as the member that it has become.
   */
  private Optional<Requested> rejoining(GroupEvent event) {
    if (!(event instanceof Requested requested)
        || !(requested.request() instanceof JoinGroupRequestData join)) {
      return Optional.empty();
    }
    return step.effects().stream()
        .filter(effect -> isAnswer(effect, requested.token()))
        .map(effect -> (JoinGroupResponseData) ((Effect.Answer) effect).response())
        .findFirst()
        .map(
            answer ->
                new Requested(
                    requested.token(),
                    requested.caller(),
                    join.duplicate().setMemberId(answer.memberId())));
  }

  private static boolean isAnswer(Effect effect, long token) {
    return effect instanceof Effect.Answer answer && answer.token() == token;
  }

  private List<ClassicMember> members(ConsumerGroup after) {
    List<ClassicMember> members = new ArrayList<>();
    for (Carried each : CarryingOver.out(after)) {
      ClassicClient client = each.info().classic().orElseThrow();
      List<ClassicProtocol> protocols =
          client.protocols().stream()
              .map(known -> new ClassicProtocol(known.name(), bytes(known.metadata())))
              .toList();
      members.add(
          new ClassicMember(
              each.memberId(),
              each.info().instanceId(),
              each.info().clientId(),
              each.info().clientHost(),
              each.info().rebalanceMillis(),
              client.sessionMillis(),
              protocols,
              assignment(each, client),
              Optional.empty(),
              Optional.empty(),
              false));
    }
    return members;
  }

  private Bytes assignment(Carried member, ClassicClient client) {
    short version =
        EmbeddedProtocol.subscription(client.protocols().get(0).metadata())
            .map(Subscription::version)
            .orElse((short) 0);
    return Bytes.of(EmbeddedProtocol.write(Names.of(member.held(), situation.topics()), version));
  }

  private static Bytes bytes(ByteBuffer buffer) {
    return Bytes.of(Utils.toArray(buffer.duplicate()));
  }
}
