package actors.broker;

import actors.controller.BrokerRole;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Address;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.sharding.ShardCoordinator;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Map;
import scala.concurrent.Future;
import scala.concurrent.Future$;
import scala.jdk.javaapi.CollectionConverters;
import scala.jdk.javaapi.FutureConverters;

/**
 * Where shards live: each on the broker it is named after, because a replica lives where its files
 * are. Nothing ever moves one away. The question for the shard of a broker that is away is left
 * open: who wants it asks again, and a refusal would be logged as an error each time.
 */
final class PinnedToBroker implements ShardCoordinator.ShardAllocationStrategy {
  private final ActorSystem system;

  PinnedToBroker(ActorSystem system) {
    this.system = system;
  }

  @Override
  public Future<ActorRef> allocateShard(
      ActorRef requester, String shardId, Map<ActorRef, IndexedSeq<String>> allocations) {
    for (ActorRef region : CollectionConverters.asJava(allocations).keySet()) {
      if (carries(region, BrokerRole.of(Integer.parseInt(shardId)))) {
        return Future$.MODULE$.successful(region);
      }
    }
    return FutureConverters.asScala(new CompletableFuture<ActorRef>());
  }

  private boolean carries(ActorRef region, String role) {
    Cluster cluster = Cluster.get(system);
    Address address =
        region.path().address().hasLocalScope() ? cluster.selfAddress() : region.path().address();
    for (Member member : cluster.state().getMembers()) {
      if (member.address().equals(address) && member.hasRole(role)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public Future<scala.collection.immutable.Set<String>> rebalance(
      Map<ActorRef, IndexedSeq<String>> allocations,
      scala.collection.immutable.Set<String> rebalancing) {
    return Future$.MODULE$.successful(
        CollectionConverters.asScala(Set.<String>of()).<String>toSet());
  }
}
