package actors.group.migration;

import actors.Outcome;
import actors.group.Effect;
import actors.group.EmbeddedProtocol;
import actors.group.EmbeddedProtocol.Subscription;
import actors.group.GroupRecord;
import actors.group.Situation;
import actors.group.Step;
import actors.group.classic.ClassicGroup;
import actors.group.classic.ClassicMember;
import actors.group.classic.Handover;
import actors.group.consumer.Carried;
import actors.group.consumer.CarryingOver;
import actors.group.consumer.ClassicClient;
import actors.group.consumer.MemberInfo;
import actors.group.consumer.Partition;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;
import org.pcollections.TreePSet;

/** A classic group becomes one of KIP-848, with its members in it. */
public final class Upgrade {
  private final ClassicGroup group;
  private final Situation situation;

  private Upgrade(ClassicGroup group, Situation situation) {
    this.group = group;
    this.situation = situation;
  }

  /**
   * @param group that has members
   * @return the group in its place, the records that remove the one and write the other, and what
   *     is to be done about timers and about requests that wait; refused with GROUP_ID_NOT_FOUND,
   *     Kafka's code for members of the other protocol
   */
  public static Outcome<Step> of(ClassicGroup group, Situation situation) {
    return new Upgrade(group, situation).step();
  }

  /** Whether the settings allow it at all. */
  public static boolean isAllowed(Situation situation) {
    return situation.settings().consumer().migration().allowsUpgrade();
  }

  private Outcome<Step> step() {
    if (!isAllowed(situation)) {
      return refused("group.consumer.migration.policy does not let it change its protocol");
    }
    if (!EmbeddedProtocol.TYPE.equals(group.protocolType())) {
      return refused("its members are of type " + group.protocolType() + ", not consumers");
    }
    int membersMax = situation.settings().consumer().membersMax();
    if (group.memberCount() > membersMax) {
      return refused("group.consumer.max.size allows " + membersMax + " members");
    }
    Holdings holdings = new Holdings(situation.topics());
    Map<String, Subscription> said = new LinkedHashMap<>();
    for (ClassicMember member : group.members()) {
      Optional<Subscription> subscription = EmbeddedProtocol.subscription(metadata(member));
      Optional<EmbeddedProtocol.Assignment> assignment =
          EmbeddedProtocol.assignment(ByteBuffer.wrap(member.assignment().array()));
      if (subscription.isEmpty() || assignment.isEmpty()) {
        return refused("what member " + member.id() + " says of itself cannot be read");
      }
      if (assignment.get().withUserData()) {
        return refused("its members use an assignor of their own, whose data would be lost");
      }
      holdings.assigned(member.id(), assignment.get().partitions());
      holdings.claimed(member.id(), subscription.get());
      said.put(member.id(), subscription.get());
    }
    return Outcome.accepted(carriedOver(said, holdings));
  }

  private Step carriedOver(Map<String, Subscription> said, Holdings holdings) {
    Map<String, TreePSet<Partition>> held = holdings.settled();
    List<Carried> carried = new ArrayList<>();
    for (ClassicMember member : group.members()) {
      carried.add(
          new Carried(
              member.id(),
              info(member, said.get(member.id())),
              held.getOrDefault(member.id(), TreePSet.empty())));
    }
    Step next = CarryingOver.in(group.id(), group.generation(), carried, situation);
    List<GroupRecord> records = new ArrayList<>(group.tombstones());
    records.addAll(next.records());
    List<Effect> effects = new ArrayList<>(Handover.out(group));
    effects.addAll(next.effects());
    return new Step(next.next(), records, effects);
  }

  private static MemberInfo info(ClassicMember member, Subscription said) {
    List<ClassicClient.Protocol> protocols =
        member.protocols().stream()
            .map(
                known ->
                    new ClassicClient.Protocol(
                        known.name(), ByteBuffer.wrap(known.metadata().array())))
            .toList();
    return new MemberInfo(
        member.instanceId(),
        said.rackId(),
        member.clientId(),
        member.clientHost(),
        TreePSet.from(said.topics()),
        "",
        member.rebalanceMillis(),
        Optional.empty(),
        Optional.of(new ClassicClient(member.sessionMillis(), protocols)));
  }

  /** Of the protocol in use; before the first is chosen, of its dearest. */
  private ByteBuffer metadata(ClassicMember member) {
    return ByteBuffer.wrap(
        group
            .protocolName()
            .map(member::metadata)
            .filter(metadata -> metadata.array().length > 0)
            .orElseGet(() -> member.protocols().get(0).metadata())
            .array());
  }

  private Outcome<Step> refused(String why) {
    return Outcome.refused(
        Errors.GROUP_ID_NOT_FOUND,
        "group %s has members of the classic protocol, and %s",
        group.id(),
        why);
  }
}
