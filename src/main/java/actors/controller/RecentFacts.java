package actors.controller;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The last facts that were made known, for followers that are a little behind. Not safe for
 * threads.
 */
final class RecentFacts {
  private final Deque<MetadataFact> facts = new ArrayDeque<>();

  /** Version of the image before the first of the facts. */
  private long start;

  /**
   * @param version of the image that these facts have made
   */
  void add(List<MetadataFact> more, long version) {
    if (start + facts.size() + more.size() != version) {
      facts.clear(); // facts that we did not make known lie between
      start = version - more.size();
    }
    facts.addAll(more);
    while (facts.size() > Limits.FACTS_REMEMBERED) {
      facts.remove();
      start++;
    }
  }

  /** What makes an image of this version the present one; empty if that is not known any more. */
  Optional<List<MetadataFact>> since(long version) {
    long count = start + facts.size() - version;
    if (version < start || count < 0) {
      return Optional.empty();
    }
    return Optional.of(new ArrayList<>(facts).subList(facts.size() - (int) count, facts.size()));
  }
}
