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
  private final boolean foreseen;

  public StorageFailure(String action, Path path, IOException cause) {
    super("cannot " + action + " " + path + ": " + cause, cause);
    this.path = path;
    this.foreseen = false;
  }

  public StorageFailure(String sentence, Path path) {
    this(sentence, path, false);
  }

  private StorageFailure(String sentence, Path path, boolean foreseen) {
    super(sentence);
    this.path = path;
    this.foreseen = foreseen;
  }

  /** Space is about to run out: nothing was written, and whoever looks after space has said so. */
  static StorageFailure foreseen(String sentence, Path path) {
    return new StorageFailure(sentence, path, true);
  }

  /** Whether it was for lack of space, and the disk was not even asked. */
  public boolean isForeseen() {
    return foreseen;
  }

  /** Whether there was no space left: the disk is sound and will take more once there is some. */
  public boolean isForLackOfSpace() {
    String saying = getCause() == null ? null : getCause().getMessage();
    return foreseen || (saying != null && NO_SPACE.stream().anyMatch(saying::contains));
  }

  /** The file or directory that failed. */
  public Path path() {
    return path;
  }
}
