package streams;

import java.util.function.BiFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.SourceShape;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;

/**
 * The source of one partition that a group has given its member; completes when it is taken away.
 *
 * @param <E> what the stream is given of a record
 */
final class LeaseStage<K, V, E> extends GraphStage<SourceShape<E>> {
  private final ConsumerSettings<K, V> settings;
  private final Lease lease;
  private final boolean commits;
  private final BiFunction<Lease, ConsumerRecord<K, V>, E> element;
  private final Gauges<ConsumerMetrics> gauges;
  private final Outlet<E> out = Outlet.create("records");
  private final SourceShape<E> shape = SourceShape.of(out);

  /**
   * @param commits whether the stream commits what it reads; if not, the partition is let go of
   *     once the last record is taken, which shows in the next pull
   * @param gauges of all stages of the member
   */
  LeaseStage(
      ConsumerSettings<K, V> settings,
      Lease lease,
      boolean commits,
      BiFunction<Lease, ConsumerRecord<K, V>, E> element,
      Gauges<ConsumerMetrics> gauges) {
    this.settings = settings;
    this.lease = lease;
    this.commits = commits;
    this.element = element;
    this.gauges = gauges;
  }

  @Override
  public SourceShape<E> shape() {
    return shape;
  }

  @Override
  public GraphStageLogic createLogic(Attributes attributes) {
    return new Logic(attributes);
  }

  private final class Logic extends RecordsLogic<K, V, E> {
    private final AsyncCallback<Boolean> revoked = createAsyncCallback(now -> onRevoked());
    private final PartitionReader reader;
    private boolean attached;

    private Logic(Attributes attributes) {
      super(shape, out, settings, attributes);
      reader = add(lease.partition(), lease.start());
    }

    @Override
    public void preStart() {
      attached = lease.attach(() -> revoked.invoke(true));
      if (attached) {
        gauges.add(gauge());
        super.preStart();
      } else if (lease.isRevoked()) {
        completeStage();
      } else {
        failStage(
            new IllegalStateException("the source of " + lease.partition() + " runs only once"));
      }
    }

    private void onRevoked() {
      boolean isTaken = commits || isAvailable(out) || reader.emittedEnd < 0;
      if (isTaken) {
        completeStage();
      }
    }

    @Override
    public void onPull() {
      if (lease.isRevoked()) {
        completeStage();
      } else {
        super.onPull();
      }
    }

    @Override
    E element(PartitionReader of, ConsumerRecord<K, V> record) {
      return element.apply(lease, record);
    }

    @Override
    boolean mayEmit(PartitionReader of) {
      return !lease.isRevoked();
    }

    @Override
    public void postStop() {
      super.postStop();
      if (attached) {
        gauges.remove(gauge());
        lease.stopped(reader.emittedEnd, reader.startOffset);
      }
    }
  }
}
