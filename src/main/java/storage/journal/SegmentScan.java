package storage.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException;

/**
 * One file of the Raft log, read entry by entry, and what its end looks like.
 *
 * <p>The format is Raft's: eight bytes of header, then per entry a varint of its length, the entry,
 * and a CRC32C of both; then zeros, for space is allocated ahead. What is to be told apart:
 *
 * <ul>
 *   <li><b>clean</b>: zeros or nothing after the last entry;
 *   <li><b>torn</b>: the last write did not reach the disk whole. It was never acknowledged, since
 *       that waits for fsync. Something of it is missing: it ends before its length says, or it has
 *       a hole of zeros as large as a disk writes at once;
 *   <li><b>corrupt</b>: all of it is there and does not match, or good entries follow. That was
 *       acknowledged, and must not be cut.
 * </ul>
 */
final class SegmentScan {
  static final byte[] HEADER = "RaftLog1".getBytes(StandardCharsets.US_ASCII);

  private static final int CRC_BYTES = Integer.BYTES;
  private static final int SECTOR_BYTES = 512;

  /** A run of zeros inside a sector that is too long to be chance. */
  private static final int HOLE_BYTES_MIN = 16;

  private static final int VARINT_BYTES_MAX = 5;

  /** Tag of the first field (the term) with which each entry begins. */
  private static final byte FIRST_TAG = 0x08;

  enum End {
    CLEAN,
    TORN,
    CORRUPT
  }

  /**
   * Where an entry lies.
   *
   * @param prefix bytes of the length
   * @param size of the entry itself
   */
  private record Frame(int start, int prefix, int size) {
    int bodyStart() {
      return start + prefix;
    }

    /** Behind the checksum. */
    int end() {
      return bodyStart() + size + CRC_BYTES;
    }
  }

  private final byte[] bytes;

  /** Behind the last byte that is not zero. */
  private final int dataEnd;

  private int position;
  private long lastIndex = -1;
  private long lastTerm = -1;
  private End end = End.CLEAN;
  private String problem = "";

  private SegmentScan(byte[] bytes) {
    this.bytes = bytes;
    int last = bytes.length;
    while (last > 0 && bytes[last - 1] == 0) {
      last--;
    }
    this.dataEnd = last;
  }

  /**
   * Reads a segment file.
   *
   * @param startIndex of the first entry, as the file's name says
   */
  static SegmentScan of(Path file, long startIndex) throws IOException {
    return of(Files.readAllBytes(file), startIndex);
  }

  static SegmentScan of(byte[] bytes, long startIndex) {
    SegmentScan scan = new SegmentScan(bytes);
    scan.run(startIndex);
    return scan;
  }

  End end() {
    return end;
  }

  /** What is wrong; empty when the end is clean. */
  String problem() {
    return problem;
  }

  /** Behind the last good entry. */
  int validBytes() {
    return position;
  }

  /** -1 when the segment holds none. */
  long lastIndex() {
    return lastIndex;
  }

  /** -1 when the segment holds none. */
  long lastTerm() {
    return lastTerm;
  }

  boolean isEmpty() {
    return lastIndex < 0;
  }

  private void run(long startIndex) {
    if (!readHeader()) {
      return;
    }
    long expected = startIndex;
    while (position < dataEnd) {
      Frame frame = frameAt(position);
      if (frame == null || !isChecksumGood(frame)) {
        end = judgeEnd(frame);
        problem = "no entry can be read at byte " + position;
        return;
      }
      if (!accept(frame, expected)) {
        return;
      }
      position = frame.end();
      expected++;
    }
  }

  private boolean readHeader() {
    int present = Math.min(dataEnd, HEADER.length);
    if (!Arrays.equals(bytes, 0, present, HEADER, 0, present)) {
      end = End.CORRUPT;
      problem = "its header is not that of a Raft log";
      return false;
    }
    if (present < HEADER.length) {
      end = dataEnd == 0 && bytes.length == 0 ? End.CLEAN : End.TORN;
      problem = "its header is cut short";
      return false;
    }
    position = HEADER.length;
    return true;
  }

  private boolean accept(Frame frame, long expectedIndex) {
    LogEntryProto entry = parse(frame);
    if (entry == null || entry.getIndex() != expectedIndex || entry.getTerm() < lastTerm) {
      end = End.CORRUPT;
      problem = "the entry at byte " + position + " is not the one of index " + expectedIndex;
      return false;
    }
    lastIndex = expectedIndex;
    lastTerm = entry.getTerm();
    return true;
  }

  private LogEntryProto parse(Frame frame) {
    try {
      return LogEntryProto.parseFrom(
          ByteBuffer.wrap(bytes, frame.bodyStart(), frame.size()).slice());
    } catch (InvalidProtocolBufferException e) {
      return null;
    }
  }

  /** What the length at a place says; null if there is no length, or one that nothing can have. */
  private Frame frameAt(int at) {
    long size = 0;
    for (int i = 0; i < VARINT_BYTES_MAX && at + i < bytes.length; i++) {
      byte b = bytes[at + i];
      size |= (long) (b & 0x7f) << (7 * i);
      if (b >= 0) {
        return size == 0 || size > Integer.MAX_VALUE / 2 ? null : new Frame(at, i + 1, (int) size);
      }
    }
    return null;
  }

  private boolean isChecksumGood(Frame frame) {
    if (frame.end() > bytes.length) {
      return false;
    }
    CRC32C crc = new CRC32C();
    crc.update(bytes, frame.start(), frame.prefix() + frame.size());
    return (int) crc.getValue() == ByteBuffer.wrap(bytes).getInt(frame.end() - CRC_BYTES);
  }

  private End judgeEnd(Frame frame) {
    if (isEntryFollowing() || isOnlyTheLengthWrong()) {
      return End.CORRUPT;
    }
    boolean isTorn =
        isLengthCutShort() || (frame != null && isCutShort(frame)) || isHoleIn(position, dataEnd);
    return isTorn ? End.TORN : End.CORRUPT;
  }

  /** Only some bytes of the length are there: each says that another one follows. */
  private boolean isLengthCutShort() {
    for (int i = position; i < bytes.length; i++) {
      if (bytes[i] >= 0 || i - position >= VARINT_BYTES_MAX) {
        return false;
      }
    }
    return true;
  }

  private boolean isCutShort(Frame frame) {
    if (frame.end() > bytes.length || frame.end() - dataEnd >= CRC_BYTES) {
      return true;
    }
    // A checksum may end in zeros of its own, so these are missing only if a write can end here.
    int sectorEnd = (frame.end() - 1) / SECTOR_BYTES * SECTOR_BYTES;
    return dataEnd <= sectorEnd;
  }

  private boolean isEntryFollowing() {
    for (int at = position + 1; at < dataEnd; at++) {
      Frame frame = frameAt(at);
      if (frame != null
          && frame.end() <= bytes.length
          && bytes[frame.bodyStart()] == FIRST_TAG
          && isChecksumGood(frame)) {
        return true;
      }
    }
    return false;
  }

  /** With the length that the data has, the checksum would be good: a flipped bit in the length. */
  private boolean isOnlyTheLengthWrong() {
    // the checksum itself may end in zeros
    for (int until = dataEnd; until <= Math.min(bytes.length, dataEnd + CRC_BYTES - 1); until++) {
      for (int prefix = 1; prefix <= VARINT_BYTES_MAX; prefix++) {
        int size = until - position - CRC_BYTES - prefix;
        if (size > 0 && varintBytes(size) == prefix && isGoodWithLength(prefix, size)) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean isGoodWithLength(int prefix, int size) {
    CRC32C crc = new CRC32C();
    int rest = size;
    for (int i = 1; i <= prefix; i++) {
      crc.update(i < prefix ? (rest & 0x7f) | 0x80 : rest);
      rest >>>= 7;
    }
    crc.update(bytes, position + prefix, size);
    return (int) crc.getValue() == ByteBuffer.wrap(bytes).getInt(position + prefix + size);
  }

  /** A sector, or the part of one that lies within, holds nothing but zeros. */
  private boolean isHoleIn(int from, int until) {
    for (int start = from; start < until; ) {
      int next = Math.min(until, (start / SECTOR_BYTES + 1) * SECTOR_BYTES);
      if (next - start >= HOLE_BYTES_MIN && isZero(start, next)) {
        return true;
      }
      start = next;
    }
    return false;
  }

  private boolean isZero(int from, int until) {
    for (int i = from; i < until; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private static int varintBytes(int value) {
    return value <= 0 ? 1 : (31 - Integer.numberOfLeadingZeros(value)) / 7 + 1;
  }
}
