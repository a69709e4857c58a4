package storage.log;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Two files in a data directory that tell the next process how the last one ended. While a process
 * uses the directory, {@code .granary-running} holds the machine's boot id; a clean stop replaces
 * it by {@code .granary-clean}.
 */
final class StopMarkers {
  private static final String RUNNING = ".granary-running";
  private static final String CLEAN = ".granary-clean";
  private static final String VERSION = "version";
  private static final String BOOT_ID = "boot.id";
  private static final String RECOVERING = "recovering";

  private final FileSystem fileSystem;
  private final Path root;
  private final String bootId;

  StopMarkers(FileSystem fileSystem, Path root) {
    this.fileSystem = fileSystem;
    this.root = root;
    this.bootId = fileSystem.bootId().orElse("");
  }

  /** How the last process ended; a directory that none has used counts as stopped cleanly. */
  PreviousStop previousStop() {
    if (isWhole(read(CLEAN))) {
      return PreviousStop.CLEAN;
    }
    Optional<Map<String, String>> running = read(RUNNING);
    if (running.isEmpty()) {
      return isUnused() ? PreviousStop.CLEAN : PreviousStop.MACHINE_CRASH;
    }
    boolean sameBoot = !bootId.isEmpty() && bootId.equals(running.get().get(BOOT_ID));
    boolean wasRecovered = "false".equals(running.get().get(RECOVERING));
    return isWhole(running) && sameBoot && wasRecovered
        ? PreviousStop.PROCESS_CRASH
        : PreviousStop.MACHINE_CRASH;
  }

  private static boolean isWhole(Optional<Map<String, String>> marker) {
    return marker.isPresent() && "1".equals(marker.get().get(VERSION));
  }

  private boolean isUnused() {
    return fileSystem.list(root).stream()
        .noneMatch(entry -> PartitionName.fromDirectory(entry.name()).isPresent());
  }

  private Optional<Map<String, String>> read(String name) {
    return fileSystem.readSmall(root.resolve(name)).map(it -> PropertiesText.parse(it, '='));
  }

  /**
   * Marks the directory as in use.
   *
   * @param recovering true as long as logs may still need a recovery that only a crash of the
   *     machine makes necessary: if the process dies now, the next one must do it all
   */
  void markRunning(boolean recovering) {
    write(RUNNING, recovering);
    fileSystem.delete(root.resolve(CLEAN));
    fileSystem.syncDirectory(root);
  }

  /**
   * Makes the next process recover as after a crash of the machine: once an fsync failed, what the
   * page cache shows need not be what the disk holds.
   */
  void markSuspect() {
    fileSystem.delete(root.resolve(RUNNING));
    fileSystem.syncDirectory(root);
  }

  void markClean() {
    write(CLEAN, false);
    fileSystem.delete(root.resolve(RUNNING));
    fileSystem.syncDirectory(root);
  }

  private void write(String name, boolean recovering) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put(BOOT_ID, bootId);
    values.put(RECOVERING, Boolean.toString(recovering));
    values.put(VERSION, "1");
    fileSystem.writeSmallAtomically(root.resolve(name), PropertiesText.format(values, "="));
  }
}
