package actors.broker;

import actors.partition.PartitionId;
import actors.partition.Replica;
import actors.partition.ReplicaContext;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.apache.pekko.cluster.sharding.typed.ShardingMessageExtractor;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.Entity;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;

/**
 * The sharded replicas of the cluster: entity {@code <topicId>-<partition>@<brokerId>}, shard
 * {@code <brokerId>}.
 */
final class ReplicaRegion {
  private static final EntityTypeKey<Replica.Command> KEY =
      EntityTypeKey.create(Replica.Command.class, "replica");
  private static final String DISPATCHER = "granary.partition-dispatcher";

  private final ActorRef<ShardingEnvelope<Replica.Command>> region;
  private final Cluster cluster;

  private ReplicaRegion(
      ActorSystem<?> system, Function<ReplicaContext.Peers, ReplicaContext> contextFor) {
    this.cluster = Cluster.get(Adapter.toClassic(system));
    ReplicaContext context = contextFor.apply(this::tellPeer);
    Entity<Replica.Command, ShardingEnvelope<Replica.Command>> entity =
        Entity.of(KEY, started -> Replica.create(context, started.getEntityId()))
            .withMessageExtractor(new ByBroker())
            .withAllocationStrategy(new PinnedToBroker(Adapter.toClassic(system)))
            .withEntityProps(DispatcherSelector.fromConfig(DISPATCHER));
    this.region = ClusterSharding.get(system).init(entity);
  }

  /**
   * @param contextFor gives the context of this node's replicas, which reach the others through the
   *     region
   */
  static ReplicaRegion start(
      ActorSystem<?> system, Function<ReplicaContext.Peers, ReplicaContext> contextFor) {
    return new ReplicaRegion(system, contextFor);
  }

  /** The shard of a broker that is not there has no home, and looking for one would not end. */
  private void tellPeer(PartitionId id, int brokerId, Replica.Command command) {
    if (Members.of(cluster).reachableBrokers().contains(brokerId)) {
      tell(id, brokerId, command);
    }
  }

  void tell(PartitionId id, int brokerId, Replica.Command command) {
    region.tell(new ShardingEnvelope<>(entityId(id, brokerId), command));
  }

  static String entityId(PartitionId id, int brokerId) {
    return id.topicId() + "-" + id.partition() + "@" + brokerId;
  }

  private static final class ByBroker
      extends ShardingMessageExtractor<ShardingEnvelope<Replica.Command>, Replica.Command> {
    @Override
    public String entityId(ShardingEnvelope<Replica.Command> envelope) {
      return envelope.entityId();
    }

    @Override
    public String shardId(String entityId) {
      return entityId.substring(entityId.lastIndexOf('@') + 1);
    }

    @Override
    public Replica.Command unwrapMessage(ShardingEnvelope<Replica.Command> envelope) {
      return envelope.message();
    }
  }
}
