package storage.log;

import java.nio.file.Path;

/**
 * Bytes of a log are not what was written.
 *
 * @param path the segment or index file
 * @param position of the batch in the file, in bytes
 * @param what is wrong with it
 */
public record Corruption(Path path, long position, String what) implements ReadOutcome {
  /** One sentence for logs and operators. */
  public String sentence() {
    return "corrupt data in " + path + " at position " + position + ": " + what;
  }
}
