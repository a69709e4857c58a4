package storage.record;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.apache.kafka.common.utils.internals.ByteBufferOutputStream;

/** How the records of a batch are compressed; the ordinal is the number in the batch's header. */
@SuppressWarnings("ImmutableEnumChecker") // the codecs are immutable, but not annotated so
public enum Codec {
  NONE(CompressionType.NONE),
  GZIP(CompressionType.GZIP),
  SNAPPY(CompressionType.SNAPPY),
  LZ4(CompressionType.LZ4),
  ZSTD(CompressionType.ZSTD);

  private static final List<Codec> BY_ID = List.of(values());

  private final Compression compression;

  Codec(CompressionType type) {
    this.compression = Compression.of(type).build();
  }

  public static boolean isKnown(int id) {
    return id >= 0 && id < BY_ID.size();
  }

  /** The codec of a number that {@link #isKnown}. */
  public static Codec of(int id) {
    return BY_ID.get(id);
  }

  /** The codec that a configuration value such as {@code zstd} names. */
  public static Optional<Codec> named(String name) {
    return BY_ID.stream().filter(codec -> codec.configName().equals(name)).findFirst();
  }

  public String configName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The codec's number in a batch's attributes. */
  public int id() {
    return compression.type().id;
  }

  /** Unfolds from the buffer's position on; throws whatever the codec throws on bad bytes. */
  InputStream decompress(ByteBuffer compressed, BufferSupplier buffers) {
    return compression.wrapForInput(compressed, RecordBatch.MAGIC, buffers);
  }

  OutputStream compress(ByteBufferOutputStream target) {
    return compression.wrapForOutput(target, RecordBatch.MAGIC);
  }

  /** The same with a level of the caller's choice, within the codec's own bounds. */
  OutputStream compress(ByteBufferOutputStream target, int level) {
    Compression levelled =
        switch (this) {
          case GZIP -> Compression.gzip().level(level).build();
          case LZ4 -> Compression.lz4().level(level).build();
          case ZSTD -> Compression.zstd().level(level).build();
          case NONE, SNAPPY -> compression;
        };
    return levelled.wrapForOutput(target, RecordBatch.MAGIC);
  }
}
