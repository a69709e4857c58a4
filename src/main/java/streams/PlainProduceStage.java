package streams;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.pekko.Done;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.SinkShape;
import org.apache.pekko.stream.stage.AbstractGraphStageWithMaterializedValue;
import org.apache.pekko.stream.stage.GraphStageLogic;

/** The sink: keeps nothing of a record but its bytes. */
final class PlainProduceStage<K, V>
    extends AbstractGraphStageWithMaterializedValue<
        SinkShape<ProducerRecord<K, V>>, CompletionStage<Done>> {
  private final ProducerSettings<K, V> settings;
  private final Inlet<ProducerRecord<K, V>> in = Inlet.create("records");
  private final SinkShape<ProducerRecord<K, V>> shape = SinkShape.of(in);

  PlainProduceStage(ProducerSettings<K, V> settings) {
    this.settings = settings;
  }

  @Override
  public SinkShape<ProducerRecord<K, V>> shape() {
    return shape;
  }

  @Override
  public Pair<GraphStageLogic, CompletionStage<Done>> createLogicAndMaterializedValuePair(
      Attributes attributes) {
    Logic logic = new Logic(attributes);
    return Pair.create(logic, logic.done);
  }

  private final class Logic extends ProduceLogic<K, V, ProducerRecord<K, V>> {
    private final CompletableFuture<Done> done = new CompletableFuture<>();
    private long unresolvedBytes;

    private Logic(Attributes attributes) {
      super(shape, in, settings, attributes);
      setHandler(in, this);
    }

    @Override
    ProducerRecord<K, V> firstUnknown(ProducerRecord<K, V> record, RecordPlacer<K, V> known) {
      return known.knows(record) ? null : record;
    }

    @Override
    void accept(ProducerRecord<K, V> record) {
      try {
        unresolvedBytes += place(record).bytes();
      } catch (ProduceFailed failure) {
        supervise(failure);
      }
    }

    @Override
    void resolved(OutgoingBatch batch) {
      unresolvedBytes -= batch.gatheredBytes();
      release(batch.gatheredBytes());
    }

    @Override
    boolean isDrained() {
      return unresolvedBytes == 0;
    }

    @Override
    void ended(Throwable failure) {
      if (failure == null) {
        done.complete(Done.getInstance());
      } else {
        done.completeExceptionally(failure);
      }
    }
  }
}
