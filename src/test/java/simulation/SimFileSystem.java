package simulation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import storage.log.DiskFile;
import storage.log.FileSystem;
import storage.log.StorageFailure;

/**
 * A disk in memory that can lose what was not synced, tear the last write, flip bits, fill up, and
 * fail writes and fsyncs. Counts the bytes that are read.
 *
 * <p>Names: a file created, renamed or deleted is durable once its directory was synced, or (as
 * journalling file systems have it) once the file itself was. A directory that was made in another
 * is durable once that one was synced; until then it may go with all that is in it. For one thread.
 */
public final class SimFileSystem implements FileSystem {
  private final Random random;
  private final TreeMap<Path, Content> files = new TreeMap<>();
  private final TreeMap<Path, Content> durableFiles = new TreeMap<>();
  private final TreeSet<Path> directories = new TreeSet<>();
  private final TreeSet<Path> unsyncedDirectories = new TreeSet<>();
  private final TreeSet<Path> locks = new TreeSet<>();
  private long capacityBytes = Long.MAX_VALUE;
  private int boots = 1;
  private long failingSyncs;
  private long failingWrites;
  private long bytesRead;
  private long generation;
  private long losses;
  private long changesLeft = Long.MAX_VALUE;

  /** The process is gone: nothing that it still does reaches the disk. */
  public static final class Gone extends RuntimeException {}

  public SimFileSystem(long seed) {
    this.random = new Random(seed);
  }

  /** The bytes of a file: as programs see them, and as they were at the last sync. */
  private static final class Content {
    private byte[] bytes = new byte[0];
    private int size;
    private byte[] synced = new byte[0];
    private int unsyncedFrom = Integer.MAX_VALUE;

    private void resize(int newSize) {
      if (newSize > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(newSize, 2 * bytes.length));
      }
      written(Math.min(size, newSize));
      if (newSize < size) {
        Arrays.fill(bytes, newSize, size, (byte) 0);
      }
      size = newSize;
    }

    private void sync() {
      if (unsyncedFrom < size || synced.length != size) {
        byte[] next = size == synced.length ? synced : Arrays.copyOf(synced, size);
        int from = Math.min(unsyncedFrom, Math.min(synced.length, size));
        System.arraycopy(bytes, from, next, from, size - from);
        synced = next;
      }
      unsyncedFrom = Integer.MAX_VALUE;
    }

    /** From there on it may be different from what was synced. */
    private void written(int position) {
      unsyncedFrom = Math.min(unsyncedFrom, position);
    }

    private void set(byte[] content) {
      bytes = content.clone();
      size = content.length;
      written(0);
    }
  }

  // ---- faults

  /** The process dies: open files are gone, what was written stays. */
  public void crashProcess() {
    changesLeft = Long.MAX_VALUE;
    locks.clear();
    generation++;
  }

  /** The machine loses power: of what was not synced, a random part of each file survives. */
  public void crashMachine() {
    crashProcess();
    boots++;
    boolean lost = loseDirectories();
    lost |=
        files.entrySet().stream()
            .anyMatch(
                file ->
                    isLog(file.getKey())
                        && file.getValue().size > 0
                        && !durableFiles.containsKey(file.getKey()));
    files.clear();
    for (var entry : durableFiles.entrySet()) {
      Content content = entry.getValue();
      byte[] survivor = survivorOf(content);
      lost |=
          isLog(entry.getKey())
              && !Arrays.equals(survivor, 0, survivor.length, content.bytes, 0, content.size);
      content.set(survivor);
      content.sync();
      files.put(entry.getKey(), content);
    }
    losses += lost ? 1 : 0;
  }

  /** Whether batches went with them. */
  private boolean loseDirectories() {
    boolean lost = false;
    for (Path gone : unsyncedDirectories) {
      if (random.nextBoolean()) {
        lost |=
            files.entrySet().stream()
                .anyMatch(
                    file ->
                        file.getKey().startsWith(gone)
                            && isLog(file.getKey())
                            && file.getValue().size > 0);
        directories.removeIf(path -> path.startsWith(gone));
        files.keySet().removeIf(path -> path.startsWith(gone));
        durableFiles.keySet().removeIf(path -> path.startsWith(gone));
      }
    }
    unsyncedDirectories.clear();
    return lost;
  }

  private static boolean isLog(Path path) {
    return path.getFileName().toString().endsWith(".log")
        && !path.getParent().getFileName().toString().endsWith("-delete");
  }

  /** How many power losses have taken some of a log. */
  public long losses() {
    return losses;
  }

  private byte[] survivorOf(Content content) {
    byte[] written = Arrays.copyOf(content.bytes, content.size);
    int common = Math.min(written.length, content.synced.length);
    boolean onlyGrew =
        content.synced.length <= written.length
            && Arrays.equals(written, 0, common, content.synced, 0, common);
    if (!onlyGrew) {
      return random.nextBoolean() ? written : content.synced;
    }
    int kept = common + random.nextInt(written.length - common + 1);
    byte[] survivor = Arrays.copyOf(written, kept);
    if (kept > common && random.nextInt(4) == 0) {
      int holeFrom = common + random.nextInt(kept - common);
      Arrays.fill(survivor, holeFrom, kept, (byte) 0);
    }
    return survivor;
  }

  /** Flips one bit of a file, on the disk and in the page cache. */
  public void flipBit(Path path, long position, int bit) {
    Content content = content(path);
    content.bytes[(int) position] ^= (byte) (1 << bit);
    if (position < content.synced.length) {
      content.synced[(int) position] ^= (byte) (1 << bit);
    }
  }

  /** Replaces what a file holds; creates it if need be. */
  public void overwrite(Path path, byte[] bytes) {
    Content content = files.computeIfAbsent(normal(path), absent -> new Content());
    content.set(bytes);
    content.sync();
    durableFiles.put(normal(path), content);
  }

  /** How much the disk holds before writes fail. */
  public void limitTo(long bytes) {
    capacityBytes = bytes;
  }

  /** After so many more changes of any kind the process is {@link Gone}, until it is crashed. */
  public void goneAfter(long changes) {
    changesLeft = changes;
  }

  private void change() {
    if (changesLeft != Long.MAX_VALUE && changesLeft-- <= 0) {
      changesLeft = 0;
      throw new Gone();
    }
  }

  public void failSyncs(long count) {
    failingSyncs = count;
  }

  /** The next writes fail after a part of their bytes was written. */
  public void failWrites(long count) {
    failingWrites = count;
  }

  public byte[] read(Path path) {
    Content content = content(path);
    return Arrays.copyOf(content.bytes, content.size);
  }

  public long bytesRead() {
    return bytesRead;
  }

  public void forgetBytesRead() {
    bytesRead = 0;
  }

  // ---- the port

  @Override
  public DiskFile open(Path path) {
    Content content = files.computeIfAbsent(normal(path), absent -> new Content());
    return new SimDiskFile(normal(path), content, generation);
  }

  @Override
  public List<Entry> list(Path directory) {
    Path root = normal(directory);
    if (!directories.contains(root)) {
      throw new StorageFailure("there is no directory " + root, root);
    }
    List<Entry> entries = new ArrayList<>();
    for (var file : files.entrySet()) {
      if (root.equals(file.getKey().getParent())) {
        entries.add(
            new Entry(file.getKey().getFileName().toString(), file.getValue().size, 0, false));
      }
    }
    for (Path path : directories) {
      if (root.equals(path.getParent())) {
        entries.add(new Entry(path.getFileName().toString(), 0, 0, true));
      }
    }
    entries.sort((a, b) -> a.name().compareTo(b.name()));
    return entries;
  }

  @Override
  public void createDirectories(Path directory) {
    Path made = normal(directory);
    if (directories.contains(made.getParent()) && !directories.contains(made)) {
      unsyncedDirectories.add(made);
    }
    for (Path path = made; path != null; path = path.getParent()) {
      directories.add(path);
    }
  }

  @Override
  public void rename(Path from, Path to) {
    change();
    Path source = normal(from);
    Path target = normal(to);
    if (directories.remove(source)) {
      directories.add(target);
      if (unsyncedDirectories.remove(source)) {
        unsyncedDirectories.add(target);
      }
      moveChildren(files, source, target);
      moveChildren(durableFiles, source, target);
      return;
    }
    files.put(target, content(source));
    files.remove(source);
  }

  private static void moveChildren(Map<Path, Content> map, Path from, Path to) {
    for (Path path : new ArrayList<>(map.keySet())) {
      if (path.startsWith(from)) {
        map.put(to.resolve(from.relativize(path)), map.remove(path));
      }
    }
  }

  @Override
  public void delete(Path path) {
    change();
    files.remove(normal(path));
    directories.remove(normal(path));
    unsyncedDirectories.remove(normal(path));
  }

  @Override
  public boolean exists(Path path) {
    return files.containsKey(normal(path)) || directories.contains(normal(path));
  }

  @Override
  public void syncDirectory(Path directory) {
    checkSync(directory);
    Path root = normal(directory);
    unsyncedDirectories.removeIf(path -> root.equals(path.getParent()));
    durableFiles.keySet().removeIf(path -> root.equals(path.getParent()));
    files.forEach(
        (path, content) -> {
          if (root.equals(path.getParent())) {
            durableFiles.put(path, content);
          }
        });
  }

  @Override
  public long usableBytes(Path path) {
    return capacityBytes - usedBytes();
  }

  @Override
  public long totalBytes(Path path) {
    return capacityBytes;
  }

  private long usedBytes() {
    return files.values().stream().mapToLong(content -> content.size).sum();
  }

  @Override
  public Optional<Lock> tryLock(Path path) {
    Path locked = normal(path);
    return locks.add(locked) ? Optional.of(() -> locks.remove(locked)) : Optional.empty();
  }

  @Override
  public Optional<String> bootId() {
    return Optional.of("boot-" + boots);
  }

  private Content content(Path path) {
    Content content = files.get(normal(path));
    if (content == null) {
      throw new StorageFailure("there is no file " + path, path);
    }
    return content;
  }

  private static Path normal(Path path) {
    return path.toAbsolutePath().normalize();
  }

  private void checkSync(Path path) {
    change();
    if (failingSyncs > 0) {
      failingSyncs--;
      throw new StorageFailure("fsync", path, new IOException("Input/output error"));
    }
  }

  /** A handle; it does nothing more once the process that opened it has crashed. */
  private final class SimDiskFile implements DiskFile {
    private final Path path;
    private final Content content;
    private final long openedIn;
    private boolean closed;

    private SimDiskFile(Path path, Content content, long openedIn) {
      this.path = path;
      this.content = content;
      this.openedIn = openedIn;
    }

    private void checkOpen() {
      if (closed || openedIn != generation) {
        throw new StorageFailure("the file " + path + " is closed", path);
      }
    }

    @Override
    public Path path() {
      return path;
    }

    @Override
    public long size() {
      checkOpen();
      return content.size;
    }

    @Override
    public int read(ByteBuffer target, long position) {
      checkOpen();
      int count = (int) Math.max(0, Math.min(target.remaining(), content.size - position));
      if (count > 0) {
        target.put(content.bytes, (int) position, count);
      }
      bytesRead += count;
      return count;
    }

    @Override
    public void write(ByteBuffer[] buffers, long position) {
      checkOpen();
      change();
      int wanted = 0;
      for (ByteBuffer buffer : buffers) {
        wanted += buffer.remaining();
      }
      int allowed = allowedOf(wanted, position);
      content.resize((int) Math.max(content.size, position + allowed));
      content.written((int) position);
      int left = allowed;
      int at = (int) position;
      for (ByteBuffer buffer : buffers) {
        int count = Math.min(left, buffer.remaining());
        buffer.get(content.bytes, at, count);
        at += count;
        left -= count;
      }
      if (allowed < wanted) {
        throw new StorageFailure("write", path, new IOException("No space left on device"));
      }
    }

    private int allowedOf(int wanted, long position) {
      if (failingWrites > 0 && wanted > 0) {
        failingWrites--;
        return random.nextInt(wanted);
      }
      if (capacityBytes == Long.MAX_VALUE) {
        return wanted;
      }
      long grows = Math.max(0, position + wanted - content.size);
      long missing = grows - Math.max(0, capacityBytes - usedBytes());
      return missing <= 0 ? wanted : (int) Math.max(0, wanted - missing);
    }

    @Override
    public void truncate(long size) {
      checkOpen();
      change();
      if (size < content.size) {
        content.resize((int) size);
      }
    }

    @Override
    public void force() {
      checkOpen();
      checkSync(path);
      content.sync();
      if (files.get(path) == content) {
        durableFiles.put(path, content);
      }
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target)
        throws IOException {
      int available = (int) Math.max(0, Math.min(count, content.size - position));
      return target.write(ByteBuffer.wrap(content.bytes, (int) position, available));
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
