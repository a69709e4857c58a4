package actors.partition;

import actors.controller.PartitionImage;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The ISR as a leader has to see it: what the controller confirmed, and whoever it may confirm yet.
 * Immutable. Additions count from the moment they are proposed and removals only once confirmed, so
 * that the high watermark is right whichever the controller says (KIP-497).
 *
 * @param partitionEpoch of the confirmed ISR
 * @param confirmed broker ids, in assignment order
 * @param eligible broker ids outside of it that may be elected without loss (KIP-966)
 * @param maybe everyone who was proposed beyond the confirmed ISR since; a proposal that was
 *     answered or forgotten may still be under way, so they count until the partition epoch moves
 * @param outstanding the proposal last made, until the partition epoch moves
 */
record InSync(
    int partitionEpoch,
    List<Integer> confirmed,
    List<Integer> eligible,
    SortedSet<Integer> maybe,
    Optional<IsrProposal> outstanding) {

  static InSync of(PartitionImage image) {
    return new InSync(
        image.partitionEpoch(),
        List.copyOf(image.isr()),
        List.copyOf(image.eligible()),
        new TreeSet<>(),
        Optional.empty());
  }

  InSync proposing(IsrProposal proposal) {
    SortedSet<Integer> wider = new TreeSet<>(maybe);
    wider.addAll(proposal.isr().keySet());
    wider.removeAll(confirmed);
    return new InSync(partitionEpoch, confirmed, eligible, wider, Optional.of(proposal));
  }

  /** Whether the high watermark has to wait for this broker. */
  boolean counts(int brokerId) {
    return confirmed.contains(brokerId) || maybe.contains(brokerId);
  }

  /** Whether this broker may lead next without anything being lost. */
  boolean mayLead(int brokerId) {
    return counts(brokerId) || eligible.contains(brokerId);
  }
}
