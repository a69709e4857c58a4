package storage.record;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Reads and stamps the header of a record batch where it lies, at an absolute position of a buffer.
 *
 * <p>The format is version 2 (magic 2) of the <a
 * href="https://kafka.apache.org/documentation/#recordbatch">record batch</a>. All integers are
 * big-endian. The checksum (CRC-32C) covers everything from the attributes on, so that the base
 * offset and the leader epoch can be stamped without touching it. No method here checks bounds
 * beyond those of the buffer, moves the buffer's position, or allocates, unless it says so.
 */
public final class RecordBatch {
  /** Size of the header; the records begin here. */
  public static final int HEADER_SIZE = 61;

  /** Size of what precedes the bytes counted by the length field. */
  public static final int LENGTH_OVERHEAD = 12;

  /** The only format version that is spoken. */
  public static final byte MAGIC = 2;

  /** The producer id of a batch that no idempotent producer wrote. */
  public static final long NO_PRODUCER_ID = -1L;

  /** The timestamp of a record that has none. */
  public static final long NO_TIMESTAMP = -1L;

  static final int LENGTH_AT = 8;
  static final int LEADER_EPOCH_AT = 12;
  static final int MAGIC_AT = 16;
  static final int CRC_AT = 17;
  static final int ATTRIBUTES_AT = 21;
  static final int LAST_OFFSET_DELTA_AT = 23;
  static final int BASE_TIMESTAMP_AT = 27;
  static final int MAX_TIMESTAMP_AT = 35;
  static final int PRODUCER_ID_AT = 43;
  static final int PRODUCER_EPOCH_AT = 51;
  static final int BASE_SEQUENCE_AT = 53;
  static final int COUNT_AT = 57;

  static final int CODEC_MASK = 0x07;
  static final int LOG_APPEND_TIME_FLAG = 0x08;
  static final int TRANSACTIONAL_FLAG = 0x10;
  static final int CONTROL_FLAG = 0x20;
  static final int DELETE_HORIZON_FLAG = 0x40;

  private RecordBatch() {}

  /** Offset of the batch's first record. */
  public static long baseOffset(ByteBuffer buffer, int at) {
    return buffer.getLong(at);
  }

  /** Size in bytes of the whole batch, header included, as the batch itself claims. */
  public static int size(ByteBuffer buffer, int at) {
    return buffer.getInt(at + LENGTH_AT) + LENGTH_OVERHEAD;
  }

  public static int leaderEpoch(ByteBuffer buffer, int at) {
    return buffer.getInt(at + LEADER_EPOCH_AT);
  }

  public static byte magic(ByteBuffer buffer, int at) {
    return buffer.get(at + MAGIC_AT);
  }

  public static int crc(ByteBuffer buffer, int at) {
    return buffer.getInt(at + CRC_AT);
  }

  public static short attributes(ByteBuffer buffer, int at) {
    return buffer.getShort(at + ATTRIBUTES_AT);
  }

  public static int lastOffsetDelta(ByteBuffer buffer, int at) {
    return buffer.getInt(at + LAST_OFFSET_DELTA_AT);
  }

  /** Offset of the batch's last record, inclusive. */
  public static long lastOffset(ByteBuffer buffer, int at) {
    return baseOffset(buffer, at) + lastOffsetDelta(buffer, at);
  }

  public static long baseTimestamp(ByteBuffer buffer, int at) {
    return buffer.getLong(at + BASE_TIMESTAMP_AT);
  }

  public static long maxTimestamp(ByteBuffer buffer, int at) {
    return buffer.getLong(at + MAX_TIMESTAMP_AT);
  }

  /** Largest timestamp of the records; {@link #NO_TIMESTAMP} of a batch that has none left. */
  public static long newestTimestamp(ByteBuffer buffer, int at) {
    return count(buffer, at) == 0 ? NO_TIMESTAMP : maxTimestamp(buffer, at);
  }

  public static long producerId(ByteBuffer buffer, int at) {
    return buffer.getLong(at + PRODUCER_ID_AT);
  }

  public static short producerEpoch(ByteBuffer buffer, int at) {
    return buffer.getShort(at + PRODUCER_EPOCH_AT);
  }

  public static int baseSequence(ByteBuffer buffer, int at) {
    return buffer.getInt(at + BASE_SEQUENCE_AT);
  }

  /** How many records the batch holds; after compaction fewer than its offsets span. */
  public static int count(ByteBuffer buffer, int at) {
    return buffer.getInt(at + COUNT_AT);
  }

  /** The codec's number; {@link Codec#isKnown} tells whether it names one. */
  public static int codecId(ByteBuffer buffer, int at) {
    return attributes(buffer, at) & CODEC_MASK;
  }

  /** The codec of a batch whose codec is known to be valid. */
  public static Codec codec(ByteBuffer buffer, int at) {
    return Codec.of(codecId(buffer, at));
  }

  public static boolean isCompressed(ByteBuffer buffer, int at) {
    return codecId(buffer, at) != 0;
  }

  public static boolean isTransactional(ByteBuffer buffer, int at) {
    return (attributes(buffer, at) & TRANSACTIONAL_FLAG) != 0;
  }

  /** True for a batch that a broker wrote to mark the end of a transaction. */
  public static boolean isControl(ByteBuffer buffer, int at) {
    return (attributes(buffer, at) & CONTROL_FLAG) != 0;
  }

  public static TimestampType timestampType(ByteBuffer buffer, int at) {
    return (attributes(buffer, at) & LOG_APPEND_TIME_FLAG) != 0
        ? TimestampType.LOG_APPEND_TIME
        : TimestampType.CREATE_TIME;
  }

  /** True if the base timestamp is to be read as the time when tombstones may be dropped. */
  public static boolean hasDeleteHorizon(ByteBuffer buffer, int at) {
    return (attributes(buffer, at) & DELETE_HORIZON_FLAG) != 0;
  }

  /** True if an idempotent producer wrote the batch. */
  public static boolean hasProducerId(ByteBuffer buffer, int at) {
    return producerId(buffer, at) > NO_PRODUCER_ID;
  }

  /** Writes the two fields that a leader decides; neither is under the checksum. */
  public static void stampLeader(ByteBuffer buffer, int at, long baseOffset, int leaderEpoch) {
    buffer.putLong(at, baseOffset);
    buffer.putInt(at + LEADER_EPOCH_AT, leaderEpoch);
  }

  /** Makes the broker's time the timestamp of every record, and recomputes the checksum. */
  public static void stampLogAppendTime(ByteBuffer buffer, int at, long nowMillis) {
    int attributes = attributes(buffer, at) | LOG_APPEND_TIME_FLAG;
    buffer.putShort(at + ATTRIBUTES_AT, (short) attributes);
    stampMaxTimestamp(buffer, at, nowMillis);
  }

  /** Writes the largest timestamp of the batch's records, and recomputes the checksum. */
  public static void stampMaxTimestamp(ByteBuffer buffer, int at, long maxTimestamp) {
    buffer.putLong(at + MAX_TIMESTAMP_AT, maxTimestamp);
    stampCrc(buffer, at);
  }

  /** Computes the checksum of the whole batch and writes it. */
  public static void stampCrc(ByteBuffer buffer, int at) {
    buffer.putInt(at + CRC_AT, computeCrc(buffer, at));
  }

  /** The checksum that the bytes of the batch have; the whole batch must be in the buffer. */
  public static int computeCrc(ByteBuffer buffer, int at) {
    CRC32C crc = new CRC32C();
    crc.update(buffer.slice(at + ATTRIBUTES_AT, size(buffer, at) - ATTRIBUTES_AT));
    return (int) crc.getValue();
  }

  public static boolean hasValidCrc(ByteBuffer buffer, int at) {
    return crc(buffer, at) == computeCrc(buffer, at);
  }
}
