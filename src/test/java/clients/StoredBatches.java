package clients;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.RecordBatch;

/** The batches in a partition's files, read with Kafka's own code. */
final class StoredBatches {
  private StoredBatches() {}

  record Batch(
      long baseOffset,
      long lastOffset,
      CompressionType compression,
      int leaderEpoch,
      boolean valid) {}

  static List<Batch> of(RunningBroker broker, String topic, int partition) {
    List<Batch> batches = new ArrayList<>();
    for (Path segment : broker.segments(topic, partition)) {
      try (FileRecords records = FileRecords.open(segment.toFile(), false)) {
        for (RecordBatch batch : records.batches()) {
          batches.add(
              new Batch(
                  batch.baseOffset(),
                  batch.lastOffset(),
                  batch.compressionType(),
                  batch.partitionLeaderEpoch(),
                  batch.isValid()));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return batches;
  }
}
