package storage.log;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import storage.record.BatchBuilder;
import storage.record.BatchRules;
import storage.record.BatchValidator;
import storage.record.Codec;

/** Times the hot paths of one log on a real disk; run by hand, prints figures, asserts nothing. */
public final class AppendBenchmark {
  private static final int ROUNDS = 5;

  private AppendBenchmark() {}

  /** Takes a directory that may be filled with some gigabytes. */
  public static void main(String[] arguments) throws Exception {
    Path root = Files.createTempDirectory(Path.of(arguments[0]), "bench");
    for (int round = 0; round < ROUNDS; round++) {
      validate(Codec.NONE, 100, 100);
      validate(Codec.LZ4, 100, 100);
      validate(Codec.ZSTD, 100, 100);
      for (int records : new int[] {1, 10, 100}) {
        append(root.resolve("r" + round + "-" + records), records);
      }
    }
  }

  private static ByteBuffer batch(Codec codec, int records, int valueBytes) {
    BatchBuilder builder = new BatchBuilder(codec);
    for (int i = 0; i < records; i++) {
      byte[] value = new byte[valueBytes];
      value[i % valueBytes] = (byte) i;
      builder.add(1_000 + i, null, value);
    }
    return builder.build();
  }

  private static void validate(Codec codec, int records, int valueBytes) {
    ByteBuffer batch = batch(codec, records, valueBytes);
    BatchValidator validator = new BatchValidator();
    BatchRules rules = BatchRules.of(1 << 20);
    int rounds = 100_000;
    long start = System.nanoTime();
    int valid = 0;
    for (int i = 0; i < rounds; i++) {
      valid += validator.check(batch, rules, 1_000).isValid() ? 1 : 0;
    }
    print("validate " + codec + " ns/record", System.nanoTime() - start, (long) valid * records);
  }

  private static void append(Path data, int records) {
    try (LogDirectory directory =
        LogDirectory.open(
            new RealFileSystem(), data, new DirectoryIdentity.Owner(1, "c"), () -> "d")) {
      PartitionLog log = directory.openPartition("b", 0, "t", LogConfig.defaults(), 0);
      log.assignEpoch(0);
      List<ByteBuffer> batches = List.of(batch(Codec.NONE, records, 100));
      int rounds = 200_000 / records + 20_000;
      long start = System.nanoTime();
      for (int i = 0; i < rounds; i++) {
        log.append(batches, 0, 0);
      }
      print("append " + records + " ns/append", System.nanoTime() - start, rounds);
      tailReads(log, rounds);
      coldReads(log);
    }
  }

  private static void tailReads(PartitionLog log, int rounds) {
    long end = log.logEndOffset();
    long start = System.nanoTime();
    for (int i = 0; i < rounds; i++) {
      log.read(end - 1, 1 << 20, end, true);
    }
    print("  tail read ns", System.nanoTime() - start, rounds);
  }

  private static void coldReads(PartitionLog log) {
    long end = log.logEndOffset();
    int rounds = 20_000;
    long offset = 0;
    long start = System.nanoTime();
    for (int i = 0; i < rounds; i++) {
      offset = (offset + 7919 * 31) % end;
      log.read(offset, 1 << 16, end, true);
    }
    print("  random read ns", System.nanoTime() - start, rounds);
  }

  private static void print(String what, long nanos, long count) {
    System.out.println(String.format(Locale.ROOT, "%-28s %8.1f", what, (double) nanos / count));
  }
}
