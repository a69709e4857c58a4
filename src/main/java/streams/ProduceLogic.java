package streams;

import actors.Outcome;
import actors.partition.Replica;
import actors.partition.ReplicaReply;
import actors.partition.ReplicaReply.Appended;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.Terminated;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.stream.AbruptStageTerminationException;
import org.apache.pekko.stream.ActorAttributes.SupervisionStrategy;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Shape;
import org.apache.pekko.stream.Supervision;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.InHandler;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;
import scala.runtime.BoxedUnit;

/**
 * What the sink and the flow have in common: takes elements as long as there is room, lays their
 * records into batches, and carries out what each partition's {@link PartitionOutbox} decides. The
 * stage's own actor is whom the replicas answer.
 *
 * @param <E> what comes from upstream
 */
abstract class ProduceLogic<K, V, E> extends TimerGraphStageLogic implements InHandler {
  /** A correlation names a lane above these bits and a try below them. */
  private static final int LANE_SHIFT = 40;

  private static final long NO_PRODUCER_ID = -1;
  private static final Duration TICK_MIN = Duration.ofMillis(1);
  private static final Duration TICK_MAX = Duration.ofMillis(500);

  private enum Timer {
    TICK,
    TOPIC,
    PRODUCER_ID
  }

  private final Inlet<E> in;
  private final ProducerTuning tuning;
  private final Transport transport;
  private final SupervisionStrategy supervision;
  private final RecordPlacer<K, V> placer;
  private final Duration tick;
  private final Gauges<ProducerMetrics> gauges;
  private final Gauge<ProducerMetrics> gauge;

  private final List<Lane> lanes = new ArrayList<>();
  private long tries;
  private long producerId = NO_PRODUCER_ID;
  private int producerIdTries;
  private AsyncCallback<Long> producerIdFound;
  private ActorRef<ReplicaReply> self;

  private long heldBytes;
  private long writtenRecords;
  private long writtenBytes;
  private long failedRecords;
  private boolean ticking;
  private boolean ended;

  /** An element whose topic is not known yet; nothing is pulled meanwhile. */
  private E waiting;

  private long waitingSinceNanos;
  private int waitingTries;

  ProduceLogic(Shape shape, Inlet<E> in, ProducerSettings<K, V> settings, Attributes attributes) {
    super(shape);
    this.in = in;
    this.tuning = settings.tuning();
    this.transport = settings.transport();
    this.supervision = attributes.getMandatoryAttribute(SupervisionStrategy.class);
    this.placer = new RecordPlacer<>(settings, this::open);
    this.tick = tick(tuning);
    this.gauges = settings.meter().gauges();
    this.gauge = new Gauge<>(createAsyncCallback(answer -> answer.complete(metrics())));
  }

  /** Often enough to notice a timeout soon after it is over. */
  private static Duration tick(ProducerTuning tuning) {
    Duration shorter =
        tuning.requestTimeout().compareTo(tuning.deliveryTimeout()) < 0
            ? tuning.requestTimeout()
            : tuning.deliveryTimeout();
    Duration tick = shorter.dividedBy(8);
    if (tick.compareTo(TICK_MIN) < 0) {
      return TICK_MIN;
    }
    return tick.compareTo(TICK_MAX) < 0 ? tick : TICK_MAX;
  }

  /** The first record of the element whose topic or partition is not known; null if all are. */
  abstract ProducerRecord<K, V> firstUnknown(E element, RecordPlacer<K, V> known);

  /** Places the records of an element that is known, by {@link #place}. */
  abstract void accept(E element);

  /** An element that cannot be placed; by default it goes by the supervision strategy. */
  void rejected(E element, ProduceFailed failure) {
    supervise(failure);
  }

  /** Whether the stream goes on without a batch that failed; by default as {@link #supervise}. */
  boolean goesOnWithout(ProduceFailed failure) {
    return supervise(failure);
  }

  /** What became of a batch: it is written, or failed and the stream goes on without it. */
  abstract void resolved(OutgoingBatch batch);

  /** Whether everything that was accepted has left the stage. */
  abstract boolean isDrained();

  /** The stage has ended, with this failure or with null. */
  abstract void ended(Throwable failure);

  @Override
  public void preStart() {
    setKeepGoing(true);
    gauges.add(gauge);
    self =
        Adapter.toTyped(
            getStageActor(
                    envelope -> {
                      receive(envelope._2());
                      return BoxedUnit.UNIT;
                    })
                .ref());
    producerIdFound = createAsyncCallback(this::onProducerId);
    askProducerId();
    pull(in);
  }

  // From upstream.

  @Override
  public void onPush() {
    offer(grab(in));
    pullIfRoom();
  }

  @Override
  public void onUpstreamFinish() {
    completeIfDrained();
  }

  private void offer(E element) {
    ProducerRecord<K, V> unknown = firstUnknown(element, placer);
    if (unknown == null) {
      waiting = null;
      accept(element);
      return;
    }
    long now = transport.nanoTime();
    if (waiting == null) {
      waiting = element;
      waitingSinceNanos = now;
      waitingTries = 0;
    } else if (now - waitingSinceNanos >= tuning.topicTimeout().toNanos()) {
      waiting = null;
      rejected(
          element,
          new ProduceFailed(
              unknown.topic(), Errors.UNKNOWN_TOPIC_OR_PARTITION, placer.unknown(unknown), null));
      return;
    }
    scheduleOnce(Timer.TOPIC, tuning.backoff().before(waitingTries++));
  }

  private void onTopicTimer() {
    offer(waiting);
    pullIfRoom();
    completeIfDrained();
  }

  /**
   * Places one record.
   *
   * @throws ProduceFailed if it cannot be placed
   */
  final RecordPlacer<K, V> place(ProducerRecord<K, V> record) {
    placer.place(record, transport.nanoTime());
    heldBytes += placer.bytes();
    startTicking();
    pump(placer.lane());
    return placer;
  }

  final void hold(long bytes) {
    heldBytes += bytes;
  }

  /** Something has left the stage. */
  final void release(long bytes) {
    heldBytes -= bytes;
  }

  final void pullIfRoom() {
    if (waiting == null
        && heldBytes < tuning.bufferBytesMax()
        && !isClosed(in)
        && !hasBeenPulled(in)) {
      pull(in);
    }
  }

  final void completeIfDrained() {
    if (isClosed(in) && waiting == null && isDrained() && !ended) {
      ended = true;
      ended(null);
      completeStage();
    }
  }

  /** Whether the stream goes on without what failed; otherwise the stage has failed. */
  final boolean supervise(ProduceFailed failure) {
    if (!ended && supervision.decider().apply(failure) == Supervision.stop()) {
      end(failure);
    }
    return !ended;
  }

  private void end(Throwable failure) {
    ended = true;
    ended(failure);
    failStage(failure);
  }

  @Override
  public void onUpstreamFailure(Throwable failure) {
    end(failure);
  }

  @Override
  public void postStop() {
    gauge.ended(metrics().ofEnded());
    gauges.remove(gauge);
    if (!ended) {
      ended(new AbruptStageTerminationException(this));
    }
  }

  private ProducerMetrics metrics() {
    List<ProducerMetrics.Place> places = new ArrayList<>(lanes.size());
    int batches = 0;
    long bytes = 0;
    for (Lane lane : lanes) {
      long ofLane = lane.outbox.inFlightBytes();
      batches += lane.outbox.inFlightCount();
      bytes += ofLane;
      places.add(new ProducerMetrics.Place(lane.outbox.partition(), lane.writtenEnd, ofLane));
    }
    return new ProducerMetrics(
        writtenRecords, writtenBytes, failedRecords, heldBytes, batches, bytes, places);
  }

  // To and from the replicas.

  private Lane open(TopicPartition partition) {
    Lane lane = new Lane(lanes.size(), partition, tuning);
    lanes.add(lane);
    return lane;
  }

  private void pump(Lane lane) {
    if (producerId == NO_PRODUCER_ID || (lane.leader == null && !findLeader(lane))) {
      return;
    }
    OutgoingBatch batch = lane.outbox.next();
    while (batch != null) {
      send(lane, batch);
      batch = lane.outbox.next();
    }
  }

  private void send(Lane lane, OutgoingBatch batch) {
    long correlation = ((long) lane.index << LANE_SHIFT) | tries++;
    lane.leader.tell(
        new Replica.Append(
            correlation,
            batch.build(tuning.compression(), producerId),
            tuning.acks().code(),
            self));
    batch.sent(correlation, transport.nanoTime());
  }

  private boolean findLeader(Lane lane) {
    if (lane.outbox.isPaused()) {
      return false;
    }
    Outcome<ActorRef<Replica.Command>> found = transport.leader(lane.outbox.partition());
    if (found instanceof Outcome.Refused<ActorRef<Replica.Command>> refused) {
      lane.outbox.pause(refused.error() + ": " + refused.message());
      resumeAfter(lane, tuning.backoff().beforeLook(lane.looks++));
      return false;
    }
    lane.looks = 0;
    lane.leader = ((Outcome.Accepted<ActorRef<Replica.Command>>) found).value();
    stageActor().watch(Adapter.toClassic(lane.leader));
    return true;
  }

  private void resumeLater(Lane lane) {
    if (lane.outbox.isPaused() && !lane.resumes) {
      resumeAfter(lane, tuning.backoff().before(lane.pauses++));
    }
  }

  private void resumeAfter(Lane lane, Duration pause) {
    lane.resumes = true;
    scheduleOnce(lane, pause);
  }

  private void resume(Lane lane) {
    lane.resumes = false;
    List<OutgoingBatch> again = lane.outbox.resume();
    lane.leader = null;
    if (findLeader(lane)) {
      again.forEach(batch -> send(lane, batch));
      pump(lane);
    } else {
      again.forEach(OutgoingBatch::markTroubled);
    }
  }

  private void receive(Object message) {
    if (message instanceof Appended answer) {
      onAppended(lanes.get((int) (answer.correlation() >>> LANE_SHIFT)), answer);
    } else if (message instanceof Terminated terminated) {
      onTerminated(Adapter.toTyped(terminated.getActor()));
    }
  }

  private void onAppended(Lane lane, Appended answer) {
    OutgoingBatch batch = lane.outbox.awaiting(answer.correlation());
    if (batch == null) {
      return;
    }
    String reason = AppendAnswer.reason(answer);
    batch.heard(answer.error());
    switch (AppendAnswer.of(answer)) {
      case WRITTEN -> {
        lane.pauses = 0;
        lane.writtenEnd = answer.baseOffset() + batch.count();
        writtenRecords += batch.count();
        writtenBytes += batch.gatheredBytes();
        lane.outbox.written(batch, answer.baseOffset(), answer.logAppendTimeMillis());
        resolved(batch);
      }
      case OUT_OF_ORDER -> failed(lane.outbox.outOfOrder(batch, reason));
      case REFUSED_FOR_NOW -> lane.outbox.retryLater(batch, false, reason);
      case DOUBTFUL -> lane.outbox.retryLater(batch, true, reason);
      case REFUSED -> failed(lane.outbox.refused(batch, false, reason));
      case LOST -> failed(lane.outbox.refused(batch, true, reason));
    }
    proceed(lane);
  }

  private void onTerminated(ActorRef<Replica.Command> leader) {
    for (Lane lane : lanes) {
      if (leader.equals(lane.leader)) {
        lane.leader = null;
        lane.outbox.leaderLost("the leader's replica stopped");
        resumeLater(lane);
      }
    }
  }

  private void failed(List<OutgoingBatch> batches) {
    for (OutgoingBatch batch : batches) {
      failedRecords += batch.count();
      if (!goesOnWithout(batch.failure())) {
        return;
      }
      resolved(batch);
    }
  }

  private void proceed(Lane lane) {
    if (ended) {
      return;
    }
    resumeLater(lane);
    pump(lane);
    pullIfRoom();
    completeIfDrained();
  }

  // Time.

  @Override
  public void onTimer(Object key) {
    if (key instanceof Lane lane) {
      resume(lane);
    } else if (key == Timer.TICK) {
      onTick();
    } else if (key == Timer.TOPIC) {
      onTopicTimer();
    } else {
      askProducerId();
    }
  }

  private void startTicking() {
    if (!ticking) {
      ticking = true;
      scheduleOnce(Timer.TICK, tick);
    }
  }

  private void onTick() {
    ticking = false;
    long now = transport.nanoTime();
    for (Lane lane : lanes) {
      if (!lane.outbox.isEmpty()) {
        startTicking();
        failed(lane.outbox.expire(now));
        proceed(lane);
      }
    }
  }

  private void askProducerId() {
    transport
        .nextProducerId()
        .whenComplete(
            (id, failure) -> producerIdFound.invoke(failure == null ? id : NO_PRODUCER_ID));
  }

  private void onProducerId(long id) {
    producerId = id;
    if (id == NO_PRODUCER_ID) {
      scheduleOnce(Timer.PRODUCER_ID, tuning.backoff().before(producerIdTries++));
    } else {
      lanes.forEach(this::pump);
    }
  }
}
