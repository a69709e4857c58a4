package actors.broker;

import java.util.Optional;
import java.util.SortedSet;

/**
 * Whose journal a call belongs to. Voters that do not agree on it must not hear each other: with
 * two ideas of who votes there are two majorities, and a journal carried over from another cluster
 * would overwrite this one's.
 *
 * @param clusterId empty as long as the voter has not learned it
 */
record JournalStamp(String clusterName, SortedSet<Integer> voters, String clusterId) {
  static JournalStamp of(ClusterLayout layout, String clusterId) {
    return new JournalStamp(layout.name(), layout.voters(), clusterId);
  }

  /** In a sentence, what keeps the two apart. */
  Optional<String> contradiction(JournalStamp other) {
    if (!clusterName.equals(other.clusterName)) {
      return differ("cluster.name", clusterName, other.clusterName);
    }
    if (!voters.equals(other.voters)) {
      return differ("cluster.journal-voters", voters, other.voters);
    }
    if (!clusterId.isEmpty() && !other.clusterId.isEmpty() && !clusterId.equals(other.clusterId)) {
      return differ("the cluster id in the data directory", clusterId, other.clusterId);
    }
    return Optional.empty();
  }

  private static Optional<String> differ(String what, Object here, Object there) {
    return Optional.of(what + " is " + here + " here and " + there + " there");
  }
}
