package actors.cluster;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The name that a mistyped one was probably meant to be. */
public final class NearestName {
  private NearestName() {}

  /**
   * The known name with the fewest letters to change, if a third of the letters or fewer would have
   * to.
   */
  public static Optional<String> to(String typed, Collection<String> known) {
    return known.stream()
        .min(
            Comparator.<String>comparingInt(name -> distance(typed, name))
                .thenComparing(Comparator.naturalOrder()))
        .filter(name -> distance(typed, name) <= Math.max(2, typed.length() / 3));
  }

  /** {@code ; did you mean "x"?} or nothing. */
  public static String hint(String typed, Collection<String> known) {
    return to(typed, known).map(name -> "; did you mean \"" + name + "\"?").orElse("");
  }

  /** Levenshtein's: insertions, deletions and substitutions. */
  static int distance(String left, String right) {
    int[] above = new int[right.length() + 1];
    for (int j = 0; j <= right.length(); j++) {
      above[j] = j;
    }
    for (int i = 1; i <= left.length(); i++) {
      int[] row = new int[right.length() + 1];
      row[0] = i;
      for (int j = 1; j <= right.length(); j++) {
        int substituted = above[j - 1] + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(substituted, Math.min(above[j], row[j - 1]) + 1);
      }
      above = row;
    }
    return above[right.length()];
  }
}
