package actors.controller;

import java.util.List;

/** Words for what an unclean election may have cost. */
final class PossibleLoss {
  private PossibleLoss() {}

  /**
   * A sentence per partition that may have lost acknowledged records by this fact.
   *
   * @param image in which the topics are found
   */
  static List<String> in(MetadataFact fact, ClusterMetadata image) {
    return fact instanceof MetadataFact.PartitionsChanged changed
        ? changed.changes().stream()
            .filter(PartitionChange::possibleLoss)
            .map(change -> sentence(change, image))
            .toList()
        : List.of();
  }

  private static String sentence(PartitionChange change, ClusterMetadata image) {
    return "Acknowledged records may be lost: %s-%d is led by %d, which was not in sync."
        .formatted(
            image.topicNames().get(change.topicId()),
            change.partition().partition(),
            change.partition().leader());
  }
}
