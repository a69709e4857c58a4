package streams;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.SourceShape;
import org.apache.pekko.stream.stage.AbstractGraphStageWithMaterializedValue;
import org.apache.pekko.stream.stage.GraphStageLogic;

/** The source of partitions that are named one by one. */
final class ConsumeStage<K, V>
    extends AbstractGraphStageWithMaterializedValue<
        SourceShape<ConsumerRecord<K, V>>, Consumer.Control> {
  private final ConsumerSettings<K, V> settings;
  private final PartitionAssignment assignment;
  private final Outlet<ConsumerRecord<K, V>> out = Outlet.create("records");
  private final SourceShape<ConsumerRecord<K, V>> shape = SourceShape.of(out);

  ConsumeStage(ConsumerSettings<K, V> settings, PartitionAssignment assignment) {
    this.settings = settings;
    this.assignment = assignment;
    boolean startless =
        assignment.starts().values().stream().anyMatch(StartPoint.AsConfigured.class::isInstance);
    if (startless && settings.tuning().startPosition() == StartPosition.NONE) {
      throw new IllegalArgumentException(
          "start-position is none, so each partition needs an offset of its own; use"
              + " assignmentWithOffset");
    }
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

  private final class Logic extends RecordsLogic<K, V, ConsumerRecord<K, V>> {
    private final SourceControl control;

    private Logic(Attributes attributes) {
      super(shape, out, settings, attributes);
      control = new SourceControl(createAsyncCallback(this::onOrder), gauge());
      assignment.starts().forEach(this::add);
    }

    @Override
    ConsumerRecord<K, V> element(PartitionReader of, ConsumerRecord<K, V> record) {
      return record;
    }

    private void onOrder(SourceControl.Order order) {
      if (order == SourceControl.Order.SHUTDOWN) {
        completeStage();
      } else if (!isStopping()) {
        stopFetching();
        completeIfDrained();
      }
    }

    @Override
    public void postStop() {
      super.postStop();
      control.ended();
    }
  }
}
