package storage.journal;

import java.nio.file.Path;

/**
 * Why the journal did not do what it was asked. The message is one sentence for an operator: what
 * happened, to which file or voter, and what to do.
 */
public abstract class JournalException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  JournalException(String message) {
    super(message);
  }

  JournalException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * What is on disk is not what was written. The broker must not start: with a journal that
   * forgets, brokers would delete the data of the topics forgotten.
   */
  public static final class Corrupt extends JournalException {
    private static final long serialVersionUID = 1L;
    private final transient Path file;

    Corrupt(Path file, String what) {
      super(
          "metadata journal file "
              + file
              + " is corrupt ("
              + what
              + "); the broker does not start, so that no topic is forgotten: restore the journal"
              + " directory from a copy, or, where other voters are healthy, move it away and let"
              + " this voter copy theirs");
      this.file = file;
    }

    /** The damaged file. */
    public Path file() {
      return file;
    }
  }

  /** Another journal, of this process or another, runs in the directory. */
  public static final class DirectoryInUse extends JournalException {
    private static final long serialVersionUID = 1L;

    DirectoryInUse(Path directory) {
      super(
          "journal directory "
              + directory
              + " is in use by another broker; stop that one, or set granary.journal.directory to"
              + " another directory");
    }
  }

  /** The settings contradict each other, or what the directory holds. */
  public static final class BadSettings extends JournalException {
    private static final long serialVersionUID = 1L;

    BadSettings(String message) {
      super(message);
    }
  }

  /** The server did not start: it failed, or took longer than {@code start-timeout}. */
  public static final class StartFailed extends JournalException {
    private static final long serialVersionUID = 1L;

    StartFailed(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * No answer in time, no leader, or the server has stopped. The command may or may not have been
   * applied.
   */
  public static final class Unavailable extends JournalException {
    private static final long serialVersionUID = 1L;

    Unavailable(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** Another writer of the same persistence id has taken over; this one must stop. */
  public static final class StaleWriter extends JournalException {
    private static final long serialVersionUID = 1L;

    StaleWriter(String persistenceId, long firstSequenceNr, long highestSequenceNr) {
      super(
          "append of "
              + persistenceId
              + " at sequence number "
              + firstSequenceNr
              + " refused: the journal is at "
              + highestSequenceNr
              + " and its writer is another one");
    }
  }

  /** The command is over {@link JournalLimits#COMMAND_BYTES_MAX}. */
  public static final class TooLarge extends JournalException {
    private static final long serialVersionUID = 1L;

    TooLarge(String what, long bytes, long bytesMax) {
      super(what + " has " + bytes + " bytes, more than the journal takes (" + bytesMax + ")");
    }
  }

  /** The journal holds {@link JournalLimits#IMAGE_BYTES_MAX}; delete events after a snapshot. */
  public static final class Full extends JournalException {
    private static final long serialVersionUID = 1L;

    Full(long bytes, long bytesMax) {
      super(
          "the journal holds "
              + bytes
              + " bytes, more than "
              + bytesMax
              + "; events are refused until old ones are deleted (after a snapshot)");
    }
  }
}
