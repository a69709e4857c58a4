package storage.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A disk did not do what it was asked to. The directory that holds the path must be taken offline:
 * what was written since the last successful flush is in doubt.
 */
public final class StorageFailure extends RuntimeException {
  /** How the operating system says ENOSPC and EDQUOT; Java has no type for either. */
  private static final List<String> NO_SPACE =
      List.of("No space left on device", "Disk quota exceeded");

  private final transient Path path;

  public StorageFailure(String action, Path path, IOException cause) {
    super("cannot " + action + " " + path + ": " + cause, cause);
    this.path = path;
  }

  public StorageFailure(String sentence, Path path) {
    super(sentence);
    this.path = path;
  }

  /** Whether there was no space left: the disk is sound and will take more once there is some. */
  public boolean isForLackOfSpace() {
    String saying = getCause() == null ? null : getCause().getMessage();
    return saying != null && NO_SPACE.stream().anyMatch(saying::contains);
  }

  /** The file or directory that failed. */
  public Path path() {
    return path;
  }
}
