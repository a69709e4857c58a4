package bench;

import java.nio.ByteBuffer;
import java.util.Random;
import storage.record.BatchBuilder;
import storage.record.Codec;

/** Batches to measure with; the same bytes at each run. */
final class Batches {
  private Batches() {}

  static ByteBuffer of(Codec codec, int records, int valueBytes) {
    Random random = new Random(1);
    BatchBuilder builder = new BatchBuilder(codec);
    for (int i = 0; i < records; i++) {
      byte[] value = new byte[valueBytes];
      for (int at = 0; at < valueBytes; at++) {
        value[at] = (byte) ('A' + random.nextInt(26));
      }
      builder.add(1_700_000_000_000L + i, null, value);
    }
    return builder.build();
  }
}
