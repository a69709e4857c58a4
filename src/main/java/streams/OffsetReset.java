package streams;

/** What a source does about an offset that the log does not have, or no longer. */
public enum OffsetReset {
  /** The stream fails and says which offset of which partition. */
  FAIL,

  /** Goes on with the first record still in the log. */
  EARLIEST,

  /** Goes on after the last record. */
  LATEST
}
