package storage.record;

/** What a {@link BatchValidator} found. */
public sealed interface BatchCheck {

  /**
   * The payload may be appended as it is.
   *
   * @param batches how many batches the payload holds
   * @param records how many records they hold together
   */
  record Valid(int batches, int records) implements BatchCheck {}

  /**
   * The payload may not be appended.
   *
   * @param recordIndex index within its batch of the record at fault, or -1 if it is the batch
   * @param sentence what is wrong, for the client's eyes
   */
  record Refused(Reason reason, int recordIndex, String sentence) implements BatchCheck {}

  default boolean isValid() {
    return this instanceof Valid;
  }

  /** Kinds of refusal; each maps to one error code of the wire protocol. */
  enum Reason {
    /** Sizes or checksum do not fit the bytes. */
    CORRUPT,
    /** A batch is larger than the topic allows, or unfolds to too much. */
    TOO_LARGE,
    /** A format version before 2. */
    UNSUPPORTED_FORMAT,
    UNSUPPORTED_COMPRESSION,
    /** A timestamp is further from the broker's time than the topic allows. */
    INVALID_TIMESTAMP,
    /** The batch is whole, but says something that a client may not say. */
    INVALID_RECORD
  }
}
