package storage.log;

import java.nio.file.Path;
import java.util.OptionalLong;

/** Names of the files in a partition's directory. */
final class LogFiles {
  static final String LOG = ".log";
  static final String OFFSET_INDEX = ".index";
  static final String TIME_INDEX = ".timeindex";
  static final String SNAPSHOT = ".snapshot";
  static final String DELETED = ".deleted";
  static final String SWAP = ".swap";
  static final String CLEANED = ".cleaned";
  static final String DRAFT = ".tmp";
  static final String EPOCHS = "leader-epoch-checkpoint";
  static final String PARTITION_METADATA = "partition.metadata";

  private static final int DIGITS = 20;

  private LogFiles() {}

  static Path of(Path directory, long offset, String suffix) {
    String digits = Long.toString(offset);
    return directory.resolve("0".repeat(DIGITS - digits.length()) + digits + suffix);
  }

  /** The offset in a file's name, if the name is twenty digits and this suffix. */
  static OptionalLong offsetOf(String name, String suffix) {
    if (name.length() != DIGITS + suffix.length() || !name.endsWith(suffix)) {
      return OptionalLong.empty();
    }
    for (int i = 0; i < DIGITS; i++) {
      if (name.charAt(i) < '0' || name.charAt(i) > '9') {
        return OptionalLong.empty();
      }
    }
    try {
      return OptionalLong.of(Long.parseLong(name, 0, DIGITS, 10));
    } catch (NumberFormatException tooLarge) {
      return OptionalLong.empty();
    }
  }
}
