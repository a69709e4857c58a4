package streams;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.SourceShape;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;

/**
 * The source of one partition that a group has given its member; completes when it is taken away.
 */
final class LeaseStage<K, V>
    extends GraphStage<SourceShape<ConsumerMessage.CommittableMessage<K, V>>> {
  private final ConsumerSettings<K, V> settings;
  private final Lease lease;
  private final Outlet<ConsumerMessage.CommittableMessage<K, V>> out = Outlet.create("records");
  private final SourceShape<ConsumerMessage.CommittableMessage<K, V>> shape = SourceShape.of(out);

  LeaseStage(ConsumerSettings<K, V> settings, Lease lease) {
    this.settings = settings;
    this.lease = lease;
  }

  @Override
  public SourceShape<ConsumerMessage.CommittableMessage<K, V>> shape() {
    return shape;
  }

  @Override
  public GraphStageLogic createLogic(Attributes attributes) {
    return new Logic(attributes);
  }

  private final class Logic extends RecordsLogic<K, V, ConsumerMessage.CommittableMessage<K, V>> {
    private final AsyncCallback<Boolean> revoked = createAsyncCallback(now -> completeStage());
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
        super.preStart();
      } else if (lease.isRevoked()) {
        completeStage();
      } else {
        failStage(
            new IllegalStateException("the source of " + lease.partition() + " runs only once"));
      }
    }

    @Override
    ConsumerMessage.CommittableMessage<K, V> element(
        PartitionReader of, ConsumerRecord<K, V> record) {
      return ConsumerMessage.CommittableMessage.of(lease, record);
    }

    @Override
    boolean mayEmit(PartitionReader of) {
      return !lease.isRevoked();
    }

    @Override
    public void postStop() {
      super.postStop();
      if (attached) {
        lease.stopped(reader.emittedEnd, reader.startOffset);
      }
    }
  }
}
