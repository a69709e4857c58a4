package actors.broker;

import java.util.List;
import java.util.OptionalInt;
import storage.journal.QuorumStatus;

/**
 * The voters of the metadata journal, as one of them sees it.
 *
 * @param leader broker id; empty during an election
 * @param term grows with each election
 * @param appliedIndex last entry of the journal that this voter has applied
 * @param voters broker ids
 */
public record JournalQuorum(
    OptionalInt leader, long term, long appliedIndex, List<Integer> voters) {
  public JournalQuorum {
    voters = List.copyOf(voters);
  }

  /** The node id of a voter is its broker id. */
  static JournalQuorum of(QuorumStatus status) {
    return new JournalQuorum(
        status.leader().map(Integer::parseInt).map(OptionalInt::of).orElse(OptionalInt.empty()),
        status.term(),
        status.appliedIndex(),
        status.voters().stream().map(Integer::parseInt).toList());
  }
}
