package streams;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Topics that are read in a group.
 *
 * @param topics by name; none if there is a pattern
 * @param pattern of RE2, which topics' whole names match
 */
record GroupSubscription(SortedSet<String> topics, Optional<String> pattern)
    implements AutoSubscription {
  GroupSubscription {
    topics = Collections.unmodifiableSortedSet(new TreeSet<>(topics));
    if (topics.isEmpty() && pattern.isEmpty()) {
      throw new IllegalArgumentException("a subscription names at least one topic");
    }
  }
}
