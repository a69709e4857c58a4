package streams;

/** Figures that add up over several stages. */
interface Figures<M> {
  M plus(M other);

  /** What stays of them when the stage has ended: what it has done, and nothing under way. */
  M ofEnded();
}
