package actors.group;

import actors.LeaderEpoch;
import actors.controller.ClusterMetadata;
import actors.group.GateMessage.Answered;
import actors.group.GateMessage.Ask;
import java.util.function.Supplier;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.Message;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * Where members of groups that are at other brokers ask: one on each broker, under a name that all
 * know. It compares the reign that they believe in with the broker's image, and passes on what they
 * ask to the coordinator here.
 */
final class GroupGate {
  /** Below {@code /system}. */
  static final String NAME = "granary-groups-gate";

  private final int brokerId;
  private final Supplier<ClusterMetadata> image;
  private final CoordinatorDesks desks;

  private GroupGate(int brokerId, Supplier<ClusterMetadata> image, CoordinatorDesks desks) {
    this.brokerId = brokerId;
    this.image = image;
    this.desks = desks;
  }

  static Behavior<GateMessage> create(
      int brokerId, Supplier<ClusterMetadata> image, CoordinatorDesks desks) {
    GroupGate gate = new GroupGate(brokerId, image, desks);
    return Behaviors.receive(GateMessage.class).onMessage(Ask.class, gate::onAsk).build();
  }

  private Behavior<GateMessage> onAsk(Ask ask) {
    short version = ask.caller().apiVersion();
    if (!isReign(ask.groupId(), ask.epoch())) {
      answer(ask, version, Refusals.of(ask.request(), Errors.NOT_COORDINATOR));
      return Behaviors.same();
    }
    var unused =
        desks
            .ask(ask.groupId(), ask.caller(), ask.request(), ask.watcher())
            .thenAccept(answer -> answer(ask, version, answer));
    return Behaviors.same();
  }

  private boolean isReign(String groupId, LeaderEpoch epoch) {
    return OffsetsTopic.find(image.get(), groupId)
        .filter(partition -> partition.leader() == brokerId)
        .filter(partition -> partition.leaderEpoch().equals(epoch))
        .isPresent();
  }

  private static void answer(Ask ask, short version, Message answer) {
    boolean fits = GateSerializer.sizeOf(answer, version) <= Limits.GATE_BYTES_MAX;
    ask.replyTo()
        .tell(
            new Answered(
                ask.epoch(),
                version,
                fits
                    ? answer
                    : Refusals.of(
                        ask.request(),
                        Errors.INVALID_REQUEST,
                        "the answer has more than " + Limits.GATE_BYTES_MAX + " bytes")));
  }
}
