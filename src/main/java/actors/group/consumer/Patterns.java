package actors.group.consumer;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.pcollections.TreePSet;

/** Patterns of topics in the syntax of RE2, which match in time linear to the name. */
final class Patterns {
  private Patterns() {}

  /**
   * @return what is wrong with it, for the client; empty: nothing
   */
  static Optional<String> complaint(String pattern) {
    if (pattern.length() > Limits.PATTERN_CHARS_MAX) {
      return Optional.of(
          "SubscribedTopicRegex has "
              + pattern.length()
              + " characters; at most "
              + Limits.PATTERN_CHARS_MAX
              + " are allowed.");
    }
    try {
      Pattern.compile(pattern);
      return Optional.empty();
    } catch (PatternSyntaxException e) {
      return Optional.of(
          "SubscribedTopicRegex `"
              + pattern
              + "` is not a regular expression of RE2: "
              + e.getDescription());
    }
  }

  /** The names that match as a whole; none if the pattern is not one, as a log may hold. */
  static TreePSet<String> matching(String pattern, SortedSet<String> names) {
    if (complaint(pattern).isPresent()) {
      return TreePSet.empty();
    }
    Pattern compiled = Pattern.compile(pattern);
    TreeSet<String> matches = new TreeSet<>();
    for (String name : names) {
      if (compiled.matches(name)) {
        matches.add(name);
      }
    }
    return TreePSet.fromSortedSet(matches);
  }
}
