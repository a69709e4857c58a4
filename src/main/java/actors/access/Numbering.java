package actors.access;

/** Counts what one side of a visit says, and compares what the other side has counted. */
final class Numbering {
  private long said;
  private long heard;

  /** What a heard number means. */
  enum Verdict {
    NEXT,

    /** A copy of what was heard before. */
    AGAIN,

    /** Something before it never came. */
    GAP
  }

  /** For the next message said. */
  long next() {
    return said++;
  }

  Verdict hear(long number) {
    if (number == heard) {
      heard++;
      return Verdict.NEXT;
    }
    return number < heard ? Verdict.AGAIN : Verdict.GAP;
  }
}
