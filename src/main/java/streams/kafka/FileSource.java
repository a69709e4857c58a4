package streams.kafka;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import storage.log.DiskFile;
import streams.net.Part;

/** A log file as the socket stage wants it. */
record FileSource(DiskFile file) implements Part.Region.Source {
  @Override
  public int read(ByteBuffer target, long position) throws IOException {
    return file.read(target, position);
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
    return file.transferTo(position, count, target);
  }
}
