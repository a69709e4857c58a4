package actors.group.consumer;

import actors.group.Effect;
import actors.group.TimerKey.Kind;
import java.util.List;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;

/** Rules broken on purpose, from outside the group. */
enum Tampering {
  NOTHING,

  /** What a member has to give up counts as given up as soon as it has been told. */
  FORGED_REVOCATION {
    @Override
    ConsumerGroupHeartbeatRequestData heard(
        ConsumerGroupHeartbeatRequestData request, SimCoordinator coordinator) {
      return request.memberEpoch() <= 0
          ? request
          : request.duplicate().setTopicPartitions(List.of());
    }
  },

  /** Whatever epoch a request names, it passes for the right one. */
  FORGED_EPOCH {
    @Override
    ConsumerGroupHeartbeatRequestData heard(
        ConsumerGroupHeartbeatRequestData request, SimCoordinator coordinator) {
      int epoch =
          coordinator
              .group()
              .image()
              .member(request.memberId())
              .map(member -> member.current().epoch())
              .orElse(request.memberEpoch());
      return request.memberEpoch() < 0 || epoch < 0
          ? request
          : request.duplicate().setMemberEpoch(epoch);
    }
  },

  /** Members that fall silent are not missed. */
  LOST_SESSIONS {
    @Override
    boolean carriesOut(Effect effect) {
      return !(effect instanceof Effect.StartTimer start) || start.timer().kind() != Kind.SESSION;
    }
  };

  /** The request as the group hears it. */
  ConsumerGroupHeartbeatRequestData heard(
      ConsumerGroupHeartbeatRequestData request, SimCoordinator coordinator) {
    return request;
  }

  boolean carriesOut(Effect effect) {
    return true;
  }
}
