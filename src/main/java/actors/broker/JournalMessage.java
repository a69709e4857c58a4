package actors.broker;

import storage.journal.RaftCall;

/** A call of a voter's journal to another's, on its way; carried by {@link JournalLink}. */
sealed interface JournalMessage extends NodeMessage {
  /** Of the voter that says it. */
  int from();

  /** Which call, of those that its caller has under way. */
  long number();

  /**
   * @param stamp whose journal it is, compared before anything else
   */
  record Call(int from, long number, JournalStamp stamp, RaftCall request)
      implements JournalMessage {}

  record Answered(int from, long number, RaftCall reply) implements JournalMessage {}

  /**
   * @param why for the caller's log
   */
  record Failed(int from, long number, String why) implements JournalMessage {}
}
