package streams;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.InHandler;
import org.apache.pekko.stream.stage.OutHandler;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;
import streams.ConsumerMessage.Committable;
import streams.ConsumerMessage.CommittableOffset;
import streams.ConsumerMessage.CommittableOffsetBatch;

/** Gathers offsets and commits them, one batch at a time; see {@link Committer}. */
final class CommitStage<C extends Committable>
    extends GraphStage<FlowShape<C, CommittableOffsetBatch>> {
  private static final String INTERVAL = "interval";

  private final CommitterSettings settings;
  private final Inlet<C> in = Inlet.create("offsets");
  private final Outlet<CommittableOffsetBatch> out = Outlet.create("batches");
  private final FlowShape<C, CommittableOffsetBatch> shape = FlowShape.of(in, out);

  CommitStage(CommitterSettings settings) {
    this.settings = settings;
  }

  @Override
  public FlowShape<C, CommittableOffsetBatch> shape() {
    return shape;
  }

  @Override
  public GraphStageLogic createLogic(Attributes attributes) {
    return new Logic();
  }

  private final class Logic extends TimerGraphStageLogic implements InHandler, OutHandler {
    private final AsyncCallback<List<Commits.Uncommitted>> answered =
        createAsyncCallback(this::onAnswered);
    private final AsyncCallback<Boolean> drains = createAsyncCallback(now -> commit());

    /** Whose offsets have come, and what ends that they call when one of them drains. */
    private final Map<GroupHandle, Runnable> groups = new HashMap<>();

    /** The last of each partition; the rest are counted only. */
    private Map<Lease, CommittableOffset> gathered = new HashMap<>();

    private long gatheredCount;
    private Optional<CommittableOffsetBatch> underWay = Optional.empty();

    /** Waits for the downstream to take it. */
    private Optional<CommittableOffsetBatch> committed = Optional.empty();

    private Optional<Throwable> upstreamFailure = Optional.empty();

    private Logic() {
      super(shape);
      setHandlers(in, out, this);
    }

    @Override
    public void preStart() {
      pull(in);
    }

    @Override
    public void onPush() {
      boolean hurries = false;
      for (CommittableOffset offset : CommittableOffsetBatch.offsetsOf(grab(in))) {
        groups.computeIfAbsent(
            offset.lease().group(), group -> group.onDrain(() -> drains.invoke(true)));
        gathered.put(offset.lease(), offset);
        gatheredCount++;
        hurries |= offset.lease().isRevoked();
      }
      if (hurries || gatheredCount >= settings.maxBatch()) {
        commit();
      } else if (!isTimerActive(INTERVAL)) {
        scheduleOnce(INTERVAL, settings.maxInterval());
      }
      pullIfRoom();
    }

    private void pullIfRoom() {
      if (gatheredCount < settings.maxBatch() && !hasBeenPulled(in) && !isClosed(in)) {
        pull(in);
      }
    }

    @Override
    public void onTimer(Object key) {
      commit();
    }

    /** Now if that is possible, else as soon as the batch before it is done with. */
    private void commit() {
      if (underWay.isPresent() || committed.isPresent() || gathered.isEmpty()) {
        return;
      }
      cancelTimer(INTERVAL);
      underWay = Optional.of(ConsumerMessage.createCommittableOffsetBatch(gathered.values()));
      var unused = Commits.of(gathered.values()).thenAccept(answered::invoke);
      gathered = new HashMap<>();
      gatheredCount = 0;
    }

    private void onAnswered(List<Commits.Uncommitted> rest) {
      for (Commits.Uncommitted one : rest) {
        if (!one.lost()) {
          failStage(one.failure());
          return;
        }
      }
      committed = underWay;
      underWay = Optional.empty();
      if (isAvailable(out)) {
        giveOut();
      }
      goOn();
    }

    private void giveOut() {
      committed.ifPresent(batch -> push(out, batch));
      committed = Optional.empty();
    }

    /** After a batch: what has gathered meanwhile, if it is due. */
    private void goOn() {
      boolean isDue =
          isClosed(in)
              || gatheredCount >= settings.maxBatch()
              || gathered.keySet().stream().anyMatch(Lease::isRevoked);
      if (isDue) {
        commit();
      } else if (!gathered.isEmpty() && !isTimerActive(INTERVAL)) {
        scheduleOnce(INTERVAL, settings.maxInterval());
      }
      endIfDone();
      pullIfRoom();
    }

    private void endIfDone() {
      if (isClosed(in) && underWay.isEmpty() && committed.isEmpty() && gathered.isEmpty()) {
        upstreamFailure.ifPresentOrElse(this::failStage, this::completeStage);
      }
    }

    @Override
    public void onPull() {
      if (committed.isPresent()) {
        giveOut();
        goOn();
      }
    }

    @Override
    public void onUpstreamFinish() {
      commit();
      endIfDone();
    }

    @Override
    public void onUpstreamFailure(Throwable failure) {
      upstreamFailure = Optional.of(failure);
      onUpstreamFinish();
    }

    @Override
    public void onDownstreamFinish(Throwable cause) throws Exception {
      List<CommittableOffset> rest = new ArrayList<>(gathered.values());
      if (!rest.isEmpty()) {
        var unused = Commits.of(rest);
      }
      OutHandler.super.onDownstreamFinish(cause);
    }

    @Override
    public void postStop() {
      groups.values().forEach(Runnable::run);
    }
  }
}
