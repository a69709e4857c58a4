package streams;

import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.apache.kafka.common.utils.internals.CloseableIterator;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.ActorAttributes.SupervisionStrategy;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.SourceShape;
import org.apache.pekko.stream.Supervision;
import org.apache.pekko.stream.stage.AbstractGraphStageWithMaterializedValue;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.OutHandler;

/**
 * The source: gives out the records of the pieces that are there, in turns, a batch of each
 * partition.
 */
final class ConsumeStage<K, V>
    extends AbstractGraphStageWithMaterializedValue<
        SourceShape<ConsumerRecord<K, V>>, Consumer.Control> {
  private final ConsumerSettings<K, V> settings;
  private final PartitionAssignment assignment;
  private final Outlet<ConsumerRecord<K, V>> out = Outlet.create("records");
  private final SourceShape<ConsumerRecord<K, V>> shape = SourceShape.of(out);

  ConsumeStage(ConsumerSettings<K, V> settings, Subscription subscription) {
    this.settings = settings;
    // The only kind of subscription so far.
    this.assignment = (PartitionAssignment) subscription;
  }

  @Override
  public SourceShape<ConsumerRecord<K, V>> shape() {
    return shape;
  }

  @Override
  public Pair<GraphStageLogic, Consumer.Control> createLogicAndMaterializedValuePair(
      Attributes attributes) {
    Logic logic = new Logic(attributes);
    return Pair.create(logic, logic.control);
  }

  private final class Logic extends FetchLogic implements OutHandler {
    private final SupervisionStrategy supervision;
    private final RecordDecoder<K, V> decoder = new RecordDecoder<>(settings);
    private final BufferSupplier buffers = BufferSupplier.create();
    private final SourceControl control;

    /** With a piece each; the first is next. */
    private final Deque<PartitionReader> turns = new ArrayDeque<>();

    /** Whose turn it is, and the rest of its batch; null if it is nobody's. */
    private PartitionReader reader;

    private CloseableIterator<Record> records;

    private Logic(Attributes attributes) {
      super(shape, assignment, settings.tuning(), settings.transport());
      supervision = attributes.getMandatoryAttribute(SupervisionStrategy.class);
      control = new SourceControl(createAsyncCallback(this::onOrder));
      setHandler(out, this);
    }

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
      if (!records.hasNext()) {
        closeBatch();
        return;
      }
      Record record = records.next();
      if (record.offset() >= reader.current.from()) {
        push(out, decoder.decode(record));
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

    private void supervise(ConsumeFailed failure) {
      if (supervision.decider().apply(failure) == Supervision.stop()) {
        failStage(failure);
      }
    }

    private void onOrder(SourceControl.Order order) {
      if (order == SourceControl.Order.SHUTDOWN) {
        completeStage();
      } else if (!isStopping()) {
        stopFetching();
        completeIfDrained();
      }
    }

    private void completeIfDrained() {
      if (isStopping() && records == null && turns.isEmpty() && !isLoading()) {
        completeStage();
      }
    }

    @Override
    public void postStop() {
      super.postStop();
      if (records != null) {
        records.close();
      }
      buffers.close();
      control.ended();
    }
  }
}
