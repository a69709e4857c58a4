package storage.log;

import java.nio.file.Path;

/** Bytes of a log are not what was written; becomes a {@link Corruption} before it leaves. */
final class CorruptLog extends RuntimeException {
  private final transient Path path;
  private final long position;

  CorruptLog(Path path, long position, String what) {
    super(what);
    this.path = path;
    this.position = position;
  }

  Corruption found() {
    return new Corruption(path, position, getMessage());
  }
}
