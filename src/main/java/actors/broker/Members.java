package actors.broker;

import actors.controller.BrokerRole;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.pekko.actor.Address;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.ClusterEvent.CurrentClusterState;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.UniqueAddress;

/** The cluster as this member sees it at one moment. */
record Members(Member self, CurrentClusterState state) {
  static Members of(Cluster cluster) {
    return new Members(cluster.selfMember(), cluster.state());
  }

  /** This member is Up and reaches as many as not: it does not stand outside of the cluster. */
  boolean isJoinable() {
    int reached = 0;
    for (Member member : state.getMembers()) {
      if (isIn(member)) {
        reached += state.getUnreachable().contains(member) ? -1 : 1;
      }
    }
    return self.status().equals(MemberStatus.up()) && reached >= 0;
  }

  /** Whether just this actor system is a member that is not on its way out. */
  boolean contains(String address, long uid) {
    for (Member member : state.getMembers()) {
      if (isAt(member.uniqueAddress(), address, uid) && isIn(member)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isAt(UniqueAddress member, String address, long uid) {
    return member.longUid() == uid && member.address().toString().equals(address);
  }

  /** Who is the member at an address. */
  Optional<UniqueAddress> at(String host, int port) {
    for (Member member : state.getMembers()) {
      Address address = member.address();
      if (address.getPort().filter(found -> found == port).isPresent()
          && address.getHost().filter(host::equals).isPresent()) {
        return Optional.of(member.uniqueAddress());
      }
    }
    return Optional.empty();
  }

  /** Ids of the brokers whose members are in the cluster and reached. */
  Set<Integer> reachableBrokers() {
    Set<Integer> brokers = new TreeSet<>();
    for (Member member : state.getMembers()) {
      if (isIn(member) && !state.getUnreachable().contains(member)) {
        BrokerRole.brokerId(member.getRoles()).ifPresent(brokers::add);
      }
    }
    return brokers;
  }

  /** Where the broker's member is, if it is in the cluster and reached. */
  Optional<String> addressOf(int brokerId) {
    for (Member member : state.getMembers()) {
      if (member.hasRole(BrokerRole.of(brokerId))
          && isIn(member)
          && !state.getUnreachable().contains(member)) {
        return Optional.of(member.address().toString());
      }
    }
    return Optional.empty();
  }

  /** The address of a reachable member with the id that is not at this address, or empty. */
  String otherWithId(int brokerId, String address) {
    for (Member member : state.getMembers()) {
      if (member.hasRole(BrokerRole.of(brokerId))
          && !member.address().toString().equals(address)
          && isIn(member)
          && !state.getUnreachable().contains(member)) {
        return member.address().toString();
      }
    }
    return "";
  }

  private static boolean isIn(Member member) {
    return !member.status().equals(MemberStatus.down())
        && !member.status().equals(MemberStatus.exiting())
        && !member.status().equals(MemberStatus.removed());
  }
}
