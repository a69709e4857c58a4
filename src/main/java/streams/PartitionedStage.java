package streams;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BiFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.pekko.NotUsed;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.SourceShape;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.stage.AbstractGraphStageWithMaterializedValue;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.OutHandler;

/**
 * The source of sources: one of each partition that a group gives its member.
 *
 * @param <E> what the streams are given of a record
 */
final class PartitionedStage<K, V, E>
    extends AbstractGraphStageWithMaterializedValue<
        SourceShape<Pair<TopicPartition, Source<E, NotUsed>>>, Consumer.Control> {
  private final ConsumerSettings<K, V> settings;
  private final AutoSubscription subscription;
  private final boolean commits;
  private final BiFunction<Lease, ConsumerRecord<K, V>, E> element;
  private final Outlet<Pair<TopicPartition, Source<E, NotUsed>>> out = Outlet.create("partitions");
  private final SourceShape<Pair<TopicPartition, Source<E, NotUsed>>> shape = SourceShape.of(out);

  /**
   * @param commits whether the streams commit what they read
   */
  PartitionedStage(
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
  public SourceShape<Pair<TopicPartition, Source<E, NotUsed>>> shape() {
    return shape;
  }

  @Override
  public Pair<GraphStageLogic, Consumer.Control> createLogicAndMaterializedValuePair(
      Attributes attributes) {
    Logic logic = new Logic();
    return Pair.create(logic, logic.control);
  }

  private final class Logic extends GraphStageLogic implements OutHandler, GroupMember.Stage {
    private final AsyncCallback<Lease> given = createAsyncCallback(this::onGiven);
    private final AsyncCallback<RuntimeException> failure = createAsyncCallback(this::onFailed);
    private final AsyncCallback<Boolean> stop = createAsyncCallback(now -> completeStage());

    /** Not taken by the downstream yet. */
    private final Deque<Lease> waiting = new ArrayDeque<>();

    private final Gauges<ConsumerMetrics> gauges = new Gauges<>(ConsumerMetrics.NONE);
    private final GroupHandle handle;
    private final GroupControl control;
    private boolean patiently = true;

    private Logic() {
      super(shape);
      setHandler(out, this);
      handle = GroupMembers.prepare(settings, subscription, commits, this);
      control = new GroupControl(handle, () -> stop.invoke(true), gauges::read);
    }

    @Override
    public void preStart() {
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
      waiting.removeIf(Lease::isRevoked);
      waiting.addLast(lease);
      if (isAvailable(out)) {
        onPull();
      }
    }

    private void onFailed(RuntimeException why) {
      patiently = false;
      failStage(why);
    }

    @Override
    public void onPull() {
      waiting.removeIf(Lease::isRevoked);
      Lease lease = waiting.pollFirst();
      if (lease != null) {
        push(
            out,
            Pair.create(
                lease.partition(),
                Source.fromGraph(new LeaseStage<>(settings, lease, commits, element, gauges))));
      }
    }

    @Override
    public void onDownstreamFinish(Throwable cause) throws Exception {
      patiently = GroupMembers.isContent(cause);
      OutHandler.super.onDownstreamFinish(cause);
    }

    @Override
    public void postStop() {
      handle.stageEnded(patiently);
    }
  }
}
