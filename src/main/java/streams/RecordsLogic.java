package streams;

import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.apache.kafka.common.utils.internals.CloseableIterator;
import org.apache.pekko.stream.ActorAttributes.SupervisionStrategy;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.Shape;
import org.apache.pekko.stream.Supervision;
import org.apache.pekko.stream.stage.OutHandler;

/**
 * The upper half of a source: gives out the records of the pieces that are there, in turns, a batch
 * of each partition.
 *
 * @param <E> what the stream is given of a record
 */
abstract class RecordsLogic<K, V, E> extends FetchLogic implements OutHandler {
  private final Outlet<E> out;
  private final SupervisionStrategy supervision;
  private final RecordDecoder<K, V> decoder;
  private final BufferSupplier buffers = BufferSupplier.create();

  /** With a piece each; the first is next. */
  private final Deque<PartitionReader> turns = new ArrayDeque<>();

  /** Whose turn it is, and the rest of its batch; null if it is nobody's. */
  private PartitionReader reader;

  private CloseableIterator<Record> records;

  private long recordCount;
  private long recordBytes;
  private final Gauge<ConsumerMetrics> gauge;

  RecordsLogic(Shape shape, Outlet<E> out, ConsumerSettings<K, V> settings, Attributes attributes) {
    super(shape, settings.tuning(), settings.transport());
    this.out = out;
    this.supervision = attributes.getMandatoryAttribute(SupervisionStrategy.class);
    this.decoder = new RecordDecoder<>(settings);
    this.gauge = new Gauge<>(createAsyncCallback(answer -> answer.complete(metrics())));
    setHandler(out, this);
  }

  private ConsumerMetrics metrics() {
    return metrics(recordCount, recordBytes);
  }

  /** What it has done and has under way, for any thread. */
  final Gauge<ConsumerMetrics> gauge() {
    return gauge;
  }

  /** What the stream is given of a record. */
  abstract E element(PartitionReader of, ConsumerRecord<K, V> record);

  /** Whether records of it may still be given out; if not, it is dropped. */
  boolean mayEmit(PartitionReader of) {
    return true;
  }

  @Override
  void failing() {}

  @Override
  boolean hasDemand() {
    return isAvailable(out);
  }

  @Override
  public void onPull() {
    demanded();
    emit();
  }

  @Override
  void arrived(PartitionReader with) {
    if (with.current == null) {
      takeTurn(with);
    }
    emit();
  }

  @Override
  void nothingArrived() {
    completeIfDrained();
  }

  private void takeTurn(PartitionReader with) {
    with.current = with.ahead;
    with.ahead = null;
    if (with.current != null) {
      turns.addLast(with);
    }
  }

  private void emit() {
    while (isAvailable(out) && (records != null || openBatch())) {
      try {
        emitOne();
      } catch (ConsumeFailed failure) {
        supervise(failure);
      } catch (RuntimeException malformed) {
        fail(reader, "a batch cannot be decoded: " + malformed, malformed);
      }
    }
    completeIfDrained();
  }

  /** Emits the next record of the batch, if one is wanted, or ends the batch. */
  private void emitOne() {
    if (!mayEmit(reader)) {
      drop(reader);
      return;
    }
    if (!records.hasNext()) {
      closeBatch();
      return;
    }
    Record record = records.next();
    if (record.offset() >= reader.current.from()) {
      E element = element(reader, decoder.decode(record));
      reader.emittedEnd = record.offset() + 1;
      recordCount++;
      recordBytes += record.sizeInBytes();
      push(out, element);
    }
  }

  private boolean openBatch() {
    reader = turns.pollFirst();
    if (reader == null) {
      return false;
    }
    RecordBatch batch = reader.current.poll();
    decoder.begin(reader.partition, batch);
    records = batch.streamingIterator(buffers, Limits.RECORD_BYTES_MAX);
    if (reader.current.isEmpty()) {
      want(reader);
    }
    return true;
  }

  private void closeBatch() {
    records.close();
    records = null;
    if (!reader.current.isEmpty()) {
      turns.addLast(reader);
    } else {
      takeTurn(reader);
      released();
    }
  }

  /** Nothing more of the partition is given out, and all that is in memory of it goes. */
  final void drop(PartitionReader dropped) {
    if (dropped == reader && records != null) {
      records.close();
      records = null;
    }
    turns.remove(dropped);
    remove(dropped);
    if (dropped.current != null) {
      dropped.current = null;
      released();
    }
  }

  private void supervise(ConsumeFailed failure) {
    if (supervision.decider().apply(failure) == Supervision.stop()) {
      failing();
      failStage(failure);
    }
  }

  /** Completes after a stop as soon as all that was read has been given out. */
  final void completeIfDrained() {
    if (isStopping() && records == null && turns.isEmpty() && !isLoading()) {
      completeStage();
    }
  }

  @Override
  public void postStop() {
    super.postStop();
    gauge.ended(metrics().ofEnded());
    if (records != null) {
      records.close();
    }
    buffers.close();
  }
}
