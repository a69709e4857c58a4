package actors.broker;

import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;

/**
 * Which cluster a node becomes a member of. No node comes first: a cluster is formed by the leader
 * of the journal's voters, once a majority of them says that it knows of none. Any two majorities
 * share a node, so a running cluster with a quorum is always found. See
 * docs/decisions/0008-formation.md.
 */
final class FormationDecisions {
  /**
   * So long the journal's leader must deny that this node is a member of its cluster: longer than
   * the news of a member takes to reach it.
   */
  static final long DENIED_MILLIS_MAX = 3_000;

  private FormationDecisions() {}

  /** What to do next. */
  sealed interface Step {
    /** Ask again. */
    record Wait() implements Step {}

    /** Through the node with this id. */
    record Join(int through) implements Step {}

    /** Nobody has a cluster, and this node leads the journal's majority. */
    record Form() implements Step {}

    /** This node's cluster is not the one that can decide: leave it and look for that one. */
    record StartAnew(int other) implements Step {}
  }

  /**
   * For a node that is no member yet.
   *
   * @param answers of the other nodes, none of them old
   * @param leads this node's journal leads, and a majority of the voters has just confirmed it
   */
  static Step whileLooking(
      ClusterLayout layout, SortedMap<Integer, Standing> answers, boolean leads) {
    Optional<Integer> way =
        answers.entrySet().stream()
            .filter(answer -> answer.getValue().joinable())
            .min(Comparator.comparing(answer -> !answer.getValue().leadsJournal()))
            .map(Map.Entry::getKey);
    if (way.isPresent()) {
      return new Step.Join(way.get());
    }
    Set<Integer> withoutCluster = new TreeSet<>(answers.keySet());
    withoutCluster.add(layout.self());
    return leads && layout.isMajority(withoutCluster) ? new Step.Form() : new Step.Wait();
  }

  /**
   * For a member: two clusters may have come up side by side, and the one whose journal decides
   * remains.
   *
   * @param deniedMillis for how long each node that leads the journal and is a member has said, at
   *     every answer, that it does not know this one
   */
  static Step whileMember(SortedMap<Integer, Long> deniedMillis) {
    return deniedMillis.entrySet().stream()
        .filter(denied -> denied.getValue() >= DENIED_MILLIS_MAX)
        .map(Map.Entry::getKey)
        .findFirst()
        .<Step>map(Step.StartAnew::new)
        .orElseGet(Step.Wait::new);
  }

  /**
   * Whether an answer denies that this node, which is a member, shares the cluster that decides.
   */
  static boolean denies(Standing standing) {
    return standing.joinable() && standing.leadsJournal() && !standing.knowsAsker();
  }
}
