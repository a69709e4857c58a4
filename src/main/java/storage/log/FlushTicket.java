package storage.log;

import java.util.List;

/**
 * An fsync of everything that a log held when the ticket was made. The owner of the log makes the
 * ticket, any thread forces it, and the owner completes it.
 */
public final class FlushTicket {
  private final List<DiskFile> files;
  private final Runnable syncDirectory;
  private final Runnable onFailure;
  private final long endOffset;
  private final long generation;
  private volatile boolean forced;

  FlushTicket(
      List<DiskFile> files,
      Runnable syncDirectory,
      Runnable onFailure,
      long endOffset,
      long generation) {
    this.files = files;
    this.syncDirectory = syncDirectory;
    this.onFailure = onFailure;
    this.endOffset = endOffset;
    this.generation = generation;
  }

  /** What is durable once the ticket was forced: everything before this offset. */
  public long endOffset() {
    return endOffset;
  }

  /** True if there is nothing that would have to be forced. */
  public boolean isEmpty() {
    return files.isEmpty();
  }

  /**
   * Waits for the disk. After a failure the log refuses appends: what the disk holds is unknown,
   * and a second fsync may succeed without having written anything.
   *
   * @throws StorageFailure if the disk does not make the data durable
   */
  public void force() {
    try {
      for (DiskFile file : files) {
        file.force();
      }
      syncDirectory.run();
      forced = true;
    } catch (StorageFailure failure) {
      onFailure.run();
      throw failure;
    }
  }

  boolean wasForced() {
    return forced;
  }

  long generation() {
    return generation;
  }
}
