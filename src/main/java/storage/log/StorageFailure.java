package storage.log;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A disk did not do what it was asked to. The directory that holds the path must be taken offline:
 * what was written since the last successful flush is in doubt.
 */
public final class StorageFailure extends RuntimeException {
  private final transient Path path;

  public StorageFailure(String action, Path path, IOException cause) {
    super("cannot " + action + " " + path + ": " + cause, cause);
    this.path = path;
  }

  public StorageFailure(String sentence, Path path) {
    super(sentence);
    this.path = path;
  }

  /** The file or directory that failed. */
  public Path path() {
    return path;
  }
}
