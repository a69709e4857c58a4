package streams;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.OutHandler;
import streams.ProducerMessage.Envelope;
import streams.ProducerMessage.Message;
import streams.ProducerMessage.MultiMessage;
import streams.ProducerMessage.PassThroughMessage;
import streams.ProducerMessage.Results;

/**
 * The flow: results leave in the order in which their envelopes came. Where it reports, an envelope
 * that fails has a result too, and the stream goes on; else the supervision strategy decides.
 */
final class FlexiProduceStage<K, V, P>
    extends GraphStage<FlowShape<Envelope<K, V, P>, Results<K, V, P>>> {
  private final ProducerSettings<K, V> settings;
  private final boolean reports;
  private final Inlet<Envelope<K, V, P>> in = Inlet.create("envelopes");
  private final Outlet<Results<K, V, P>> out = Outlet.create("results");
  private final FlowShape<Envelope<K, V, P>, Results<K, V, P>> shape = FlowShape.of(in, out);

  FlexiProduceStage(ProducerSettings<K, V> settings, boolean reports) {
    this.settings = settings;
    this.reports = reports;
  }

  @Override
  public FlowShape<Envelope<K, V, P>, Results<K, V, P>> shape() {
    return shape;
  }

  @Override
  public GraphStageLogic createLogic(Attributes attributes) {
    return new Logic(attributes);
  }

  private final class Logic extends ProduceLogic<K, V, Envelope<K, V, P>> implements OutHandler {
    private final Deque<PendingResult<K, V, P>> pending = new ArrayDeque<>();

    private Logic(Attributes attributes) {
      super(shape, in, settings, attributes);
      setHandler(in, this);
      setHandler(out, this);
    }

    @Override
    ProducerRecord<K, V> firstUnknown(Envelope<K, V, P> envelope, RecordPlacer<K, V> known) {
      if (envelope instanceof Message<K, V, P> message) {
        return known.knows(message.record()) ? null : message.record();
      }
      if (envelope instanceof MultiMessage<K, V, P> message) {
        return message.records().stream()
            .filter(record -> !known.knows(record))
            .findFirst()
            .orElse(null);
      }
      return null;
    }

    @Override
    void accept(Envelope<K, V, P> envelope) {
      if (envelope instanceof Message<K, V, P> message) {
        acceptSingle(message);
      } else if (envelope instanceof MultiMessage<K, V, P> message) {
        acceptMulti(message);
      } else {
        enqueue(new PendingResult.None<>((PassThroughMessage<K, V, P>) envelope));
      }
      emit();
    }

    private void acceptSingle(Message<K, V, P> message) {
      try {
        RecordPlacer<K, V> placer = place(message.record());
        enqueue(new PendingResult.Single<>(message, placer.placed(), placer.bytes()));
      } catch (ProduceFailed failure) {
        rejected(message, failure);
      }
    }

    private void acceptMulti(MultiMessage<K, V, P> message) {
      List<PlacedRecord> placed = new ArrayList<>(message.records().size());
      long bytes = 0;
      try {
        for (ProducerRecord<K, V> record : message.records()) {
          RecordPlacer<K, V> placer = place(record);
          placed.add(placer.placed());
          bytes += placer.bytes();
        }
      } catch (ProduceFailed failure) {
        if (!goesOnWithout(failure)) {
          return;
        }
        enqueue(new PendingResult.Multi<>(message, placed, bytes, Optional.of(failure)));
        return;
      }
      enqueue(new PendingResult.Multi<>(message, placed, bytes, Optional.empty()));
    }

    @Override
    void rejected(Envelope<K, V, P> envelope, ProduceFailed failure) {
      if (reports) {
        enqueue(new PendingResult.Rejected<>(envelope.passThrough(), failure));
        emit();
      } else {
        supervise(failure);
      }
    }

    @Override
    boolean goesOnWithout(ProduceFailed failure) {
      return reports || supervise(failure);
    }

    private void enqueue(PendingResult<K, V, P> result) {
      pending.addLast(result);
      hold(result.bytes());
    }

    @Override
    void resolved(OutgoingBatch batch) {
      release(batch.gatheredBytes());
      emit();
    }

    private void emit() {
      while (isAvailable(out) && !pending.isEmpty() && pending.getFirst().isReady()) {
        PendingResult<K, V, P> first = pending.removeFirst();
        release(first.bytes());
        first
            .result()
            .or(() -> first.failure().filter(failure -> reports))
            .ifPresent(result -> push(out, result));
      }
    }

    @Override
    public void onPull() {
      emit();
      pullIfRoom();
      completeIfDrained();
    }

    @Override
    boolean isDrained() {
      return pending.isEmpty();
    }

    @Override
    void ended(Throwable failure) {
      pending.clear();
    }
  }
}
