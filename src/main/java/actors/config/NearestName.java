package actors.config;

import java.util.Comparator;
import java.util.Optional;
import java.util.SortedSet;

/** Guesses which known name was meant by an unknown one. */
final class NearestName {
  private NearestName() {}

  /** The known name fewest edits away, if no more than a third of the letters would change. */
  static Optional<String> of(String unknown, SortedSet<String> known) {
    int editsMax = Math.max(2, unknown.length() / 3);
    return known.stream()
        .filter(name -> Math.abs(name.length() - unknown.length()) <= editsMax)
        .filter(name -> edits(unknown, name) <= editsMax)
        .min(Comparator.comparingInt(name -> edits(unknown, name)));
  }

  /** How many letters must be put in, taken out or replaced to make {@code b} of {@code a}. */
  static int edits(String a, String b) {
    int[] above = new int[b.length() + 1];
    for (int column = 0; column <= b.length(); column++) {
      above[column] = column;
    }
    for (int row = 1; row <= a.length(); row++) {
      int[] current = new int[b.length() + 1];
      current[0] = row;
      for (int column = 1; column <= b.length(); column++) {
        int replaced = above[column - 1] + (a.charAt(row - 1) == b.charAt(column - 1) ? 0 : 1);
        current[column] = Math.min(replaced, 1 + Math.min(above[column], current[column - 1]));
      }
      above = current;
    }
    return above[b.length()];
  }
}
