package actors.broker;

import java.util.Optional;

/** Why two nodes do not belong into one cluster, each in a sentence for whoever runs them. */
final class Objections {
  /** Clocks further apart than this are worth a word; nothing depends on them. */
  static final long CLOCK_MILLIS_MAX = 60_000;

  private Objections() {}

  /**
   * @param self this node
   * @param other what another one has answered
   */
  static Optional<String> against(Introduction self, FormationMessage.Answer other) {
    Introduction from = other.from();
    Optional<String> terms = ClusterLayout.contradiction(self.terms(), from.terms());
    if (terms.isPresent()) {
      return Optional.of(
          "the cluster files of node %d and node %d (%s) contradict each other: %s; give both the"
                  .formatted(self.brokerId(), from.brokerId(), from.address(), terms.get())
              + " same file");
    }
    if (isOther(self.clusterId(), from.clusterId())) {
      return Optional.of(
          "the data directory of node %d belongs to cluster %s, but node %d (%s) is of cluster %s;"
                  .formatted(
                      self.brokerId(),
                      self.clusterId(),
                      from.brokerId(),
                      from.address(),
                      from.clusterId())
              + " correct the directory or the cluster file, or empty the directory");
    }
    if (!other.standing().idTakenBy().isEmpty()) {
      return Optional.of(
          "node %d runs already, at %s; give this one (%s) an id of its own"
              .formatted(self.brokerId(), other.standing().idTakenBy(), self.address()));
    }
    return Optional.empty();
  }

  private static boolean isOther(String own, String others) {
    return !own.isEmpty() && !others.isEmpty() && !own.equals(others);
  }

  /** What to say of the clocks, if anything. */
  static Optional<String> clocks(Introduction self, Introduction other) {
    long apart = other.clockMillis() - self.clockMillis();
    return Math.abs(apart) <= CLOCK_MILLIS_MAX
        ? Optional.empty()
        : Optional.of(
            "the clock of node %d is %d s %s this node's; records are stamped and deleted by it"
                .formatted(
                    other.brokerId(), Math.abs(apart) / 1000, apart > 0 ? "ahead of" : "behind"));
  }
}
