package storage.record;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Makes batches for tests. */
public final class Batches {
  private Batches() {}

  public static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Records with values "value-0" and so on, a millisecond apart. */
  public static ByteBuffer of(int count, long firstTimestamp) {
    return of(Codec.NONE, count, firstTimestamp);
  }

  public static ByteBuffer of(Codec codec, int count, long firstTimestamp) {
    BatchBuilder builder = new BatchBuilder(codec);
    for (int i = 0; i < count; i++) {
      builder.add(firstTimestamp + i, bytes("key-" + i), bytes("value-" + i));
    }
    return builder.build();
  }

  /** What an idempotent producer sends. */
  public static ByteBuffer idempotent(long producerId, int epoch, int firstSequence, int count) {
    BatchBuilder builder =
        new BatchBuilder(Codec.NONE).producer(producerId, (short) epoch, firstSequence);
    for (int i = 0; i < count; i++) {
      builder.add(1_000, null, bytes("value-" + (firstSequence + i)));
    }
    return builder.build();
  }

  /** A few records of random size. */
  public static ByteBuffer random(Random random, int valueBytesMax, long timestamp) {
    BatchBuilder builder = new BatchBuilder(Codec.of(random.nextInt(5)));
    int count = 1 + random.nextInt(5);
    for (int i = 0; i < count; i++) {
      byte[] value = new byte[random.nextInt(valueBytesMax + 1)];
      random.nextBytes(value);
      builder.add(timestamp + random.nextInt(10), null, value);
    }
    return builder.build();
  }
}
