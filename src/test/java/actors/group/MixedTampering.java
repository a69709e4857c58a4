package actors.group;

import actors.group.classic.ClassicRecord;
import actors.group.consumer.ConsumerGroupRecord;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.utils.Utils;

/** Rules of mixed groups broken on purpose, from outside the group. */
enum MixedTampering {
  NOTHING,

  /** A member that joins counts as one that has given up everything. */
  FORGED_OWNED_PARTITIONS {
    @Override
    Message heard(Message request, MixedCoordinator coordinator) {
      if (!(request instanceof JoinGroupRequestData join)) {
        return request;
      }
      JoinGroupRequestData forged = join.duplicate();
      for (JoinGroupRequestProtocol protocol : forged.protocols()) {
        Subscription said =
            ConsumerProtocol.deserializeSubscription(ByteBuffer.wrap(protocol.metadata()));
        protocol.setMetadata(
            Utils.toArray(ConsumerProtocol.serializeSubscription(new Subscription(said.topics()))));
      }
      return forged;
    }
  },

  /** Whatever epoch a commit names, it passes for the right one. */
  FORGED_EPOCH {
    @Override
    Message heard(Message request, MixedCoordinator coordinator) {
      if (!(request instanceof OffsetCommitRequestData commit)) {
        return request;
      }
      Optional<Group> group = coordinator.group();
      for (int epoch = 0; group.isPresent() && epoch < 1_000; epoch++) {
        Group.Committer committer =
            new Group.Committer(
                commit.memberId(), Optional.ofNullable(commit.groupInstanceId()), epoch);
        if (group.get().mayCommit(committer) == Errors.NONE) {
          return commit.duplicate().setGenerationIdOrMemberEpoch(epoch);
        }
      }
      return request;
    }
  },

  /** Members that only send heartbeats are not missed at a rebalance. */
  LOST_JOIN_TIMERS {
    @Override
    boolean starts(Effect.StartTimer start) {
      return start.timer().kind() != TimerKey.Kind.REBALANCE;
    }
  },

  /** Members that fall silent are not missed. */
  LOST_SESSIONS {
    @Override
    boolean starts(Effect.StartTimer start) {
      return start.timer().kind() != TimerKey.Kind.SESSION;
    }
  },

  /** A group that changes its protocol leaves the records of the other behind. */
  LOST_TOMBSTONES {
    @Override
    Verdict decided(Verdict verdict) {
      boolean changes =
          verdict.records().stream().anyMatch(ClassicRecord.class::isInstance)
              && verdict.records().stream().anyMatch(ConsumerGroupRecord.class::isInstance);
      return !changes
          ? verdict
          : new Verdict(
              verdict.group(),
              verdict.records().stream()
                  .filter(record -> record.value().isPresent())
                  .collect(Collectors.toList()),
              verdict.effects(),
              verdict.waits());
    }
  };

  /** The request as the group hears it. */
  Message heard(Message request, MixedCoordinator coordinator) {
    return request;
  }

  Verdict decided(Verdict verdict) {
    return verdict;
  }

  boolean starts(Effect.StartTimer start) {
    return true;
  }
}
