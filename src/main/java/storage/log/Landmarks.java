package storage.log;

import java.nio.ByteBuffer;
import java.util.Arrays;
import storage.record.RecordBatch;

/** Batches by which a log is understood, so that compaction keeps them even if they are empty. */
final class Landmarks {
  private final long[] producerBatches;
  private final long[] epochStarts;

  /**
   * @param producerBatches last offsets of those that the log remembers of its producers,
   *     ascending: from them it learns what it must not take twice
   * @param epochStarts offsets at which leader epochs begin, ascending: from them a lost history is
   *     rebuilt
   */
  Landmarks(long[] producerBatches, long[] epochStarts) {
    this.producerBatches = producerBatches;
    this.epochStarts = epochStarts;
  }

  boolean include(ByteBuffer batch, int at) {
    return (RecordBatch.hasProducerId(batch, at)
            && Arrays.binarySearch(producerBatches, RecordBatch.lastOffset(batch, at)) >= 0)
        || Arrays.binarySearch(epochStarts, RecordBatch.baseOffset(batch, at)) >= 0;
  }
}
