package bench;

/** A member of a group that does nothing but stay in it. */
interface Beater {
  /** Joins. */
  void begin();

  /** The generation or epoch in which it has what is its own; -1 while it has not. */
  int settledIn();
}
