package storage.log;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Whose a data directory is; kept in its {@code meta.properties}.
 *
 * @param directoryId names the directory itself, whatever its path
 */
public record DirectoryIdentity(int nodeId, String clusterId, String directoryId) {
  private static final String FILE = "meta.properties";
  private static final String VERSION = "version";
  private static final String NODE_ID = "node.id";
  private static final String CLUSTER_ID = "cluster.id";
  private static final String DIRECTORY_ID = "directory.id";

  /**
   * The broker that opens a directory.
   *
   * @param clusterId empty as long as the broker has not learned it; see {@link #joined}
   */
  public record Owner(int nodeId, String clusterId) {}

  /**
   * The broker has learned its cluster's id: notes it, or refuses if the directory is another's.
   */
  DirectoryIdentity joined(FileSystem fileSystem, Path root, String learnedClusterId) {
    Owner owner = new Owner(nodeId, learnedClusterId);
    return clusterId.isEmpty()
        ? write(fileSystem, root.resolve(FILE), owner, directoryId)
        : claim(fileSystem, root, owner, () -> directoryId);
  }

  private static boolean isOther(String known, String claimed) {
    return !known.isEmpty() && !claimed.isEmpty() && !known.equals(claimed);
  }

  /** Reads the file and compares it with the owner, or writes it where there is none. */
  static DirectoryIdentity claim(
      FileSystem fileSystem, Path root, Owner owner, Supplier<String> newDirectoryId) {
    Path path = root.resolve(FILE);
    return fileSystem
        .readSmall(path)
        .map(bytes -> check(root, PropertiesText.parse(bytes, '='), owner))
        .orElseGet(() -> write(fileSystem, path, owner, newDirectoryId.get()));
  }

  private static DirectoryIdentity check(Path root, Map<String, String> found, Owner owner) {
    String nodeId = found.getOrDefault(NODE_ID, "");
    String clusterId = found.getOrDefault(CLUSTER_ID, "");
    String directoryId = found.getOrDefault(DIRECTORY_ID, "");
    if (!"1".equals(found.get(VERSION)) || nodeId.isEmpty() || directoryId.isEmpty()) {
      throw new DirectoryRefused(
          DirectoryRefused.Reason.UNREADABLE,
          root,
          "The file "
              + root.resolve(FILE)
              + " is damaged: it must hold version=1, node.id,"
              + " cluster.id and directory.id. Restore it, or delete the whole directory to let"
              + " this broker start empty.");
    }
    if (isOther(clusterId, owner.clusterId())) {
      throw new DirectoryRefused(
          DirectoryRefused.Reason.OTHER_CLUSTER,
          root,
          "The data directory "
              + root
              + " belongs to cluster "
              + clusterId
              + ", but this broker is of cluster "
              + owner.clusterId()
              + ". Correct the directory or the cluster id; or empty the directory.");
    }
    if (!nodeId.equals(Integer.toString(owner.nodeId()))) {
      throw new DirectoryRefused(
          DirectoryRefused.Reason.OTHER_BROKER,
          root,
          "The data directory "
              + root
              + " belongs to broker "
              + nodeId
              + ", but this is broker "
              + owner.nodeId()
              + ". Correct the directory or the broker's id; or empty the directory.");
    }
    return new DirectoryIdentity(owner.nodeId(), clusterId, directoryId);
  }

  private static DirectoryIdentity write(
      FileSystem fileSystem, Path path, Owner owner, String directoryId) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put(VERSION, "1");
    values.put(NODE_ID, Integer.toString(owner.nodeId()));
    values.put(CLUSTER_ID, owner.clusterId());
    values.put(DIRECTORY_ID, directoryId);
    fileSystem.writeSmallAtomically(path, PropertiesText.format(values, "="));
    return new DirectoryIdentity(owner.nodeId(), owner.clusterId(), directoryId);
  }
}
