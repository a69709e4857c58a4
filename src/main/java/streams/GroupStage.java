package streams;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.SourceShape;
import org.apache.pekko.stream.stage.AbstractGraphStageWithMaterializedValue;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStageLogic;

/**
 * The source of all partitions that a group gives its member, merged. A partition that is taken
 * away only ends itself.
 *
 * @param <E> what the stream is given of a record
 */
final class GroupStage<K, V, E>
    extends AbstractGraphStageWithMaterializedValue<SourceShape<E>, Consumer.Control> {
  private final ConsumerSettings<K, V> settings;
  private final AutoSubscription subscription;
  private final boolean commits;
  private final BiFunction<Lease, ConsumerRecord<K, V>, E> element;
  private final Outlet<E> out = Outlet.create("records");
  private final SourceShape<E> shape = SourceShape.of(out);

  /**
   * @param commits whether the stream commits what it reads
   */
  GroupStage(
      ConsumerSettings<K, V> settings,
      AutoSubscription subscription,
      boolean commits,
      BiFunction<Lease, ConsumerRecord<K, V>, E> element) {
    settings.group().check();
    this.settings = settings;
    this.subscription = subscription;
    this.commits = commits;
    this.element = element;
  }

  @Override
  public SourceShape<E> shape() {
    return shape;
  }

  @Override
  public Pair<GraphStageLogic, Consumer.Control> createLogicAndMaterializedValuePair(
      Attributes attributes) {
    Logic logic = new Logic(attributes);
    return Pair.create(logic, logic.control);
  }

  private final class Logic extends RecordsLogic<K, V, E> implements GroupMember.Stage {
    private final AsyncCallback<Lease> given = createAsyncCallback(this::onGiven);
    private final AsyncCallback<Lease> revoked = createAsyncCallback(this::onRevoked);
    private final AsyncCallback<RuntimeException> failure = createAsyncCallback(this::onFailed);
    private final AsyncCallback<Boolean> stop = createAsyncCallback(now -> completeStage());
    private final Map<Lease, PartitionReader> leased = new LinkedHashMap<>();
    private final GroupHandle handle;
    private final GroupControl control;

    /** Whose record the downstream was given last. */
    private Optional<PartitionReader> last = Optional.empty();

    /** Waits for the downstream to take its last record. */
    private Optional<PartitionReader> leaving = Optional.empty();

    private boolean patiently = true;

    private Logic(Attributes attributes) {
      super(shape, out, settings, attributes);
      handle = GroupMembers.prepare(settings, subscription, commits, this);
      control = new GroupControl(handle, () -> stop.invoke(true), gauge()::read);
    }

    @Override
    public void preStart() {
      super.preStart();
      handle.start();
    }

    @Override
    public void assigned(Lease lease) {
      given.invoke(lease);
    }

    @Override
    public void failed(RuntimeException why) {
      failure.invoke(why);
    }

    private void onGiven(Lease lease) {
      if (!lease.attach(() -> revoked.invoke(lease))) {
        return;
      }
      PartitionReader reader = add(lease.partition(), lease.start());
      reader.lease = lease;
      leased.put(lease, reader);
      want(reader);
    }

    private void onRevoked(Lease lease) {
      PartitionReader reader = leased.get(lease);
      if (reader == null) {
        return;
      }
      drop(reader);
      boolean isTaken = commits || isAvailable(out) || last.filter(reader::equals).isEmpty();
      if (isTaken) {
        stopped(reader);
      } else {
        leaving = Optional.of(reader);
      }
    }

    private void stopped(PartitionReader reader) {
      leased.remove(reader.lease);
      reader.lease.stopped(reader.emittedEnd, reader.startOffset);
    }

    private void onFailed(RuntimeException why) {
      patiently = false;
      failStage(why);
    }

    @Override
    void failing() {
      patiently = false;
    }

    @Override
    E element(PartitionReader of, ConsumerRecord<K, V> record) {
      last = Optional.of(of);
      return element.apply(of.lease, record);
    }

    @Override
    boolean mayEmit(PartitionReader of) {
      return !of.lease.isRevoked();
    }

    @Override
    public void onPull() {
      leaving.ifPresent(this::stopped);
      leaving = Optional.empty();
      super.onPull();
    }

    @Override
    public void onDownstreamFinish(Throwable cause) throws Exception {
      patiently = GroupMembers.isContent(cause);
      super.onDownstreamFinish(cause);
    }

    @Override
    public void postStop() {
      super.postStop();
      leased
          .values()
          .forEach(reader -> reader.lease.stopped(reader.emittedEnd, reader.startOffset));
      handle.stageEnded(patiently);
    }
  }
}
