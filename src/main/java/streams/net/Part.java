package streams.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** A piece of what goes out: bytes in memory, or bytes that never leave the kernel. */
public sealed interface Part {
  long sizeBytes();

  record Bytes(ByteBuffer buffer) implements Part {
    @Override
    public long sizeBytes() {
      return buffer.remaining();
    }
  }

  /** Bytes of a file. */
  record Region(Source source, long position, int size) implements Part {
    @Override
    public long sizeBytes() {
      return size;
    }

    /** Where a region's bytes are. */
    public interface Source {
      /** As {@link java.nio.channels.FileChannel#read(ByteBuffer, long)}. */
      int read(ByteBuffer target, long position) throws IOException;

      /** As {@link java.nio.channels.FileChannel#transferTo}. */
      long transferTo(long position, long count, WritableByteChannel target) throws IOException;
    }
  }
}
