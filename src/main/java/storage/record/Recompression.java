package storage.record;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.apache.kafka.common.utils.internals.ByteBufferOutputStream;

/**
 * Gives a batch another codec, for topics whose {@code compression.type} is not {@code producer}.
 *
 * @param codec the codec that the topic wants
 * @param level the codec's level, or {@link #DEFAULT_LEVEL}
 */
public record Recompression(Codec codec, int level) {
  /** Lets the codec choose. */
  public static final int DEFAULT_LEVEL = Integer.MIN_VALUE;

  public static Recompression to(Codec codec) {
    return new Recompression(codec, DEFAULT_LEVEL);
  }

  /**
   * Returns the batch with this codec: the same buffer if it has the codec already, else a new one.
   * Everything but codec, size and checksum stays: the record bytes under the compression are the
   * same in every codec, so they are passed on without being looked at.
   *
   * @param batch exactly one batch that a {@link BatchValidator} found valid
   */
  public ByteBuffer apply(ByteBuffer batch) {
    int at = batch.position();
    if (RecordBatch.codec(batch, at) == codec) {
      return batch;
    }
    ByteBufferOutputStream target = new ByteBufferOutputStream(Math.max(1024, batch.remaining()));
    target.position(RecordBatch.HEADER_SIZE);
    try (InputStream records = unfold(batch, at);
        OutputStream folded = fold(target)) {
      records.transferTo(folded);
    } catch (IOException impossible) {
      throw new UncheckedIOException("a valid batch could not be recompressed", impossible);
    }
    return finish(batch, at, target.buffer());
  }

  private static InputStream unfold(ByteBuffer batch, int at) {
    int size = RecordBatch.size(batch, at) - RecordBatch.HEADER_SIZE;
    return RecordBatch.codec(batch, at)
        .decompress(batch.slice(at + RecordBatch.HEADER_SIZE, size), BufferSupplier.NO_CACHING);
  }

  private OutputStream fold(ByteBufferOutputStream target) {
    return level == DEFAULT_LEVEL ? codec.compress(target) : codec.compress(target, level);
  }

  private ByteBuffer finish(ByteBuffer from, int at, ByteBuffer result) {
    result.flip();
    result.put(0, from, at, RecordBatch.HEADER_SIZE);
    int attributes = (RecordBatch.attributes(from, at) & ~RecordBatch.CODEC_MASK) | codec.id();
    result.putShort(RecordBatch.ATTRIBUTES_AT, (short) attributes);
    result.putInt(RecordBatch.LENGTH_AT, result.limit() - RecordBatch.LENGTH_OVERHEAD);
    RecordBatch.stampCrc(result, 0);
    return result;
  }
}
