package clients.history;

/** How a send ended, as far as its producer knows. */
public sealed interface Outcome {
  /** Written for good, at this offset. */
  record Acked(long offset) implements Outcome {}

  /** Refused before anything was written: must never be read. */
  record Failed() implements Outcome {}

  /** Nobody answered, or in a way that leaves it open: may be read, once. */
  record Unknown() implements Outcome {}

  static Outcome acked(long offset) {
    return new Acked(offset);
  }

  static Outcome failed() {
    return new Failed();
  }

  static Outcome unknown() {
    return new Unknown();
  }
}
