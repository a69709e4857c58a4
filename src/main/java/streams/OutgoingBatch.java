package streams;

import java.nio.ByteBuffer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.RecordBatch;

/**
 * Records of one partition on their way, and what became of them. {@link PartitionOutbox} decides
 * about it; the results of its records look into it once it is resolved.
 */
final class OutgoingBatch {
  private static final long NOT_SENT = -1;
  private static final long NO_OFFSET = -1;

  private final TopicPartition partition;
  private final long createdNanos;
  private final BatchWriter writer;

  private short epoch;
  private int firstSequence;
  private long ordinal;
  private long correlation = NOT_SENT;
  private long sentNanos;
  private boolean awaitsAnswer;
  private boolean troubled;
  private boolean uncertain;
  private Errors lastError = Errors.REQUEST_TIMED_OUT;

  private boolean resolved;
  private long baseOffset = NO_OFFSET;
  private long appendTimeMillis = RecordBatch.NO_TIMESTAMP;
  private ProduceFailed failure;

  OutgoingBatch(TopicPartition partition, int capacity, long createdNanos) {
    this.partition = partition;
    this.writer = new BatchWriter(capacity);
    this.createdNanos = createdNanos;
  }

  /** Adds a record; returns how many bytes it took. */
  int add(long timestamp, byte[] key, byte[] value, Header[] headers) {
    int before = count() == 0 ? 0 : writer.size();
    writer.append(timestamp, key, value, headers);
    return writer.size() - before;
  }

  boolean hasRoom(int sizeAlone, int sizeMax) {
    return count() == 0 || writer.hasRoom(sizeAlone, sizeMax);
  }

  TopicPartition partition() {
    return partition;
  }

  int count() {
    return writer.count();
  }

  /** Before compression. */
  int gatheredBytes() {
    return writer.gatheredSize();
  }

  /** When its first record came. */
  long createdNanos() {
    return createdNanos;
  }

  /** The bytes for one more try under the numbering that {@link #number} gave. */
  ByteBuffer build(Compression compression, long producerId) {
    return writer.build(compression, producerId, epoch, firstSequence);
  }

  /**
   * @param sendOrdinal counts the batches of the partition as they are sent first
   */
  void number(short producerEpoch, int sequence, long sendOrdinal) {
    epoch = producerEpoch;
    firstSequence = sequence;
    ordinal = sendOrdinal;
  }

  long ordinal() {
    return ordinal;
  }

  /** A try begins; an answer to an earlier one is of no interest any more. */
  void sent(long tryCorrelation, long nowNanos) {
    correlation = tryCorrelation;
    sentNanos = nowNanos;
    awaitsAnswer = true;
    troubled = false;
  }

  boolean isAnsweredBy(long answerCorrelation) {
    return correlation == answerCorrelation;
  }

  void answered() {
    awaitsAnswer = false;
  }

  /** What the leader said of the last try. */
  void heard(Errors error) {
    lastError = error;
  }

  /** What the leader said last; while it has said nothing, that nothing came in time. */
  Errors lastError() {
    return lastError;
  }

  /** No answer is expected any more: it may have been written or not. */
  void lost() {
    if (awaitsAnswer) {
      awaitsAnswer = false;
      uncertain = true;
    }
  }

  boolean isOverdue(long nowNanos, long requestNanos) {
    return awaitsAnswer && nowNanos - sentNanos >= requestNanos;
  }

  /** Whether it was sent and no answer proved that it was not written. */
  boolean mayBeWritten() {
    return uncertain || awaitsAnswer;
  }

  void markUncertain() {
    uncertain = true;
  }

  boolean isTroubled() {
    return troubled;
  }

  /** To be sent again, and all that follow it. */
  void markTroubled() {
    troubled = true;
  }

  /** As if never sent: it is known that no try of it was written. */
  void takeBack() {
    correlation = NOT_SENT;
    awaitsAnswer = false;
    troubled = false;
    uncertain = false;
  }

  void written(long offset, long logAppendTimeMillis) {
    resolved = true;
    baseOffset = offset;
    appendTimeMillis = logAppendTimeMillis;
    writer.release();
  }

  void failed(ProduceFailed reason) {
    resolved = true;
    failure = reason;
    writer.release();
  }

  boolean isResolved() {
    return resolved;
  }

  boolean isFailed() {
    return failure != null;
  }

  ProduceFailed failure() {
    return failure;
  }

  /** Where a record of a batch that was written lies. */
  RecordMetadata metadata(int index, long timestamp, int keySize, int valueSize) {
    return new RecordMetadata(
        partition,
        baseOffset,
        index,
        appendTimeMillis == RecordBatch.NO_TIMESTAMP ? timestamp : appendTimeMillis,
        keySize,
        valueSize);
  }
}
