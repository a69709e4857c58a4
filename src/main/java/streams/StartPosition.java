package streams;

/** Where a partition that is assigned without an offset starts. */
public enum StartPosition {
  /** At the first record still in the log. */
  EARLIEST,

  /** After the last record. */
  LATEST,

  /** Nowhere: the stream fails and says which partition has no offset. */
  NONE
}
