package storage.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.CodedOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import storage.journal.SegmentScan.End;

/** Segments as Raft writes them, damaged in every way that has a right answer. */
class SegmentScanTest {
  private static final int FIRST_INDEX = 5;

  private final List<Integer> entryStarts = new ArrayList<>();
  private byte[] segment;

  @BeforeEach
  void writeSegment() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(SegmentScan.HEADER);
    int[] sizes = {0, 3, 90, 200, 130, 60};
    for (int i = 0; i < sizes.length; i++) {
      entryStarts.add(bytes.size());
      bytes.write(entry(FIRST_INDEX + i, sizes[i]));
    }
    segment = bytes.toByteArray();
  }

  private static byte[] entry(long index, int payloadBytes) throws IOException {
    byte[] entry =
        LogEntryProto.newBuilder()
            .setTerm(2)
            .setIndex(index)
            .setStateMachineLogEntry(
                StateMachineLogEntryProto.newBuilder().setLogData(Journals.bytes(payloadBytes)))
            .build()
            .toByteArray();
    ByteArrayOutputStream framed = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(framed);
    out.writeUInt32NoTag(entry.length);
    out.writeRawBytes(entry);
    out.flush();
    CRC32C crc = new CRC32C();
    crc.update(framed.toByteArray());
    new DataOutputStream(framed).writeInt((int) crc.getValue());
    return framed.toByteArray();
  }

  private int lastStart() {
    return entryStarts.get(entryStarts.size() - 1);
  }

  private static SegmentScan scan(byte[] bytes) {
    return SegmentScan.of(bytes, FIRST_INDEX);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5000})
  void readsAllEntriesUpToTheZerosAllocatedAhead(int zeros) {
    SegmentScan scan = scan(Arrays.copyOf(segment, segment.length + zeros));

    assertThat(scan.end()).isEqualTo(End.CLEAN);
    assertThat(scan.lastIndex()).isEqualTo(FIRST_INDEX + 5);
    assertThat(scan.lastTerm()).isEqualTo(2);
    assertThat(scan.validBytes()).isEqualTo(segment.length);
  }

  @Test
  void callsALastEntryCutShortAnywhereTorn() {
    for (int size = lastStart() + 1; size < segment.length; size++) {
      SegmentScan scan = scan(Arrays.copyOf(segment, size));

      assertThat(scan.end()).as("cut to %s", size).isEqualTo(End.TORN);
      assertThat(scan.validBytes()).isEqualTo(lastStart());
      assertThat(scan.lastIndex()).isEqualTo(FIRST_INDEX + 4);
    }
  }

  @Test
  void callsALastEntryWhoseRestIsZerosTorn() {
    // the checksum's own bytes excepted: a write ends within them at a sector's end only
    for (int size = lastStart() + 1; size <= segment.length - 4; size++) {
      SegmentScan scan = scan(Arrays.copyOf(Arrays.copyOf(segment, size), 4096));

      assertThat(scan.end()).as("zeros from %s", size).isEqualTo(End.TORN);
    }
  }

  @Test
  void callsAHeaderCutShortTornAndAnEmptyFileClean() {
    assertThat(scan(new byte[0]).end()).isEqualTo(End.CLEAN);
    for (int size = 1; size < SegmentScan.HEADER.length; size++) {
      assertThat(scan(Arrays.copyOf(segment, size)).end()).isEqualTo(End.TORN);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4096})
  void callsAFlippedBitAnywhereCorrupt(int zeros) {
    byte[] good = Arrays.copyOf(segment, segment.length + zeros);
    for (int bit = 0; bit < segment.length * 8; bit++) {
      byte[] bad = good.clone();
      bad[bit / 8] ^= (byte) (1 << bit % 8);

      assertThat(scan(bad).end()).as("bit %s of byte %s", bit % 8, bit / 8).isEqualTo(End.CORRUPT);
    }
  }

  @Test
  void callsBytesBehindAMissingSectorTorn() {
    byte[] torn = Arrays.copyOf(segment, 4096);
    torn[3000] = 1;

    assertThat(scan(torn).end()).isEqualTo(End.TORN);
  }

  @Test
  void callsAWriteOfWhichASectorIsMissingTorn() throws IOException {
    byte[] last = entry(FIRST_INDEX + 6, 3000);
    byte[] file = Arrays.copyOf(segment, 16384);
    System.arraycopy(last, 0, file, segment.length, last.length);
    assertThat(scan(file).end()).isEqualTo(End.CLEAN);
    for (int sector = segment.length / 512; sector * 512 < segment.length + last.length; sector++) {
      byte[] torn = file.clone();
      int from = Math.max(segment.length, sector * 512);
      int until = Math.min(segment.length + last.length, sector * 512 + 512);
      Arrays.fill(torn, from, until, (byte) 0);

      SegmentScan scan = scan(torn);

      assertThat(scan.end()).as("sector %s", sector).isEqualTo(End.TORN);
      assertThat(scan.validBytes()).isEqualTo(segment.length);
    }
  }

  @Test
  void callsAMissingEntryCorrupt() {
    byte[] bad = new byte[segment.length - (entryStarts.get(3) - entryStarts.get(2))];
    System.arraycopy(segment, 0, bad, 0, entryStarts.get(2));
    System.arraycopy(
        segment, entryStarts.get(3), bad, entryStarts.get(2), bad.length - entryStarts.get(2));

    assertThat(scan(bad).end()).isEqualTo(End.CORRUPT);
  }
}
