package storage.log;

import java.nio.file.Path;

/** A data directory, or a partition in it, belongs to somebody else; the sentence says to whom. */
public final class DirectoryRefused extends RuntimeException {
  private final Reason reason;
  private final transient Path directory;

  /** Why a directory cannot be used. */
  public enum Reason {
    /** Another process uses it. */
    LOCKED,
    OTHER_BROKER,
    OTHER_CLUSTER,
    /** The partition's files are those of an earlier topic of the same name. */
    OTHER_TOPIC,
    /** The file that says whose it is cannot be understood. */
    UNREADABLE
  }

  DirectoryRefused(Reason reason, Path directory, String sentence) {
    super(sentence);
    this.reason = reason;
    this.directory = directory;
  }

  public Reason reason() {
    return reason;
  }

  public Path directory() {
    return directory;
  }
}
