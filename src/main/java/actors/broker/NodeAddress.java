package actors.broker;

import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.typed.Cluster;

/** Addresses of the cluster's actor systems, all of which have one name and one protocol. */
final class NodeAddress {
  private NodeAddress() {}

  static Address of(ActorSystem<?> system, ClusterLayout.Place place) {
    Address own = Cluster.get(system).selfMember().address();
    return new Address(own.protocol(), own.system(), place.host(), place.port());
  }
}
