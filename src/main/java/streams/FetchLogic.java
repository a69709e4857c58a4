package streams;

import actors.Outcome;
import actors.partition.Replica;
import actors.partition.ReplicaReply;
import actors.partition.ReplicaReply.Data;
import actors.partition.ReplicaReply.Offered;
import actors.partition.ReplicaReply.OffsetFound;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.Terminated;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.stream.Shape;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;
import scala.runtime.BoxedUnit;

/**
 * The lower half of a source: finds where partitions start, asks their leaders for pieces while
 * there is demand, and brings these into memory. The stage's own actor is whom the leaders answer;
 * files are read and checksums verified on another dispatcher, a piece at a time, so that the stage
 * itself stays fused with what is downstream.
 */
abstract class FetchLogic extends TimerGraphStageLogic {
  /** A correlation names a reader above these bits and a question below them. */
  private static final int READER_SHIFT = 40;

  private static final Duration TICK_MAX = Duration.ofSeconds(1);
  private static final String TICK = "tick";

  private final ConsumerTuning tuning;
  private final Transport transport;
  private final Map<Integer, PartitionReader> readers = new LinkedHashMap<>();
  private int readerCount;

  /** Without anything under way, until there is demand. */
  private final Deque<PartitionReader> idle = new ArrayDeque<>();

  /** With a piece told of that waits until there is room in memory. */
  private final Deque<PartitionReader> loads = new ArrayDeque<>();

  private int chunksInMemory;
  private long bytesRead;
  private int loading;
  private long questions;
  private boolean stopping;
  private boolean ticking;
  private ActorRef<ReplicaReply> self;
  private Executor executor;
  private AsyncCallback<Loaded> loaded;

  /** A piece has come into memory, or has not. */
  private record Loaded(PartitionReader reader, Optional<Chunk> chunk, Throwable failure) {}

  FetchLogic(Shape shape, ConsumerTuning tuning, Transport transport) {
    super(shape);
    this.tuning = tuning;
    this.transport = transport;
  }

  /** One more partition to be read; {@link #want} begins with it. */
  final PartitionReader add(TopicPartition partition, StartPoint start) {
    int index = readerCount++;
    PartitionReader reader =
        new PartitionReader(index, partition, new PartitionProgress(start, tuning));
    readers.put(index, reader);
    return reader;
  }

  /** The partition is read no more, and what is in memory of it beside the current piece goes. */
  final void remove(PartitionReader reader) {
    if (reader.removed) {
      return;
    }
    cancel(reader);
    reader.removed = true;
    readers.remove(reader.index);
    idle.remove(reader);
    loads.remove(reader);
    cancelTimer(reader);
    if (reader.ahead != null) {
      reader.ahead = null;
      released();
    }
  }

  /** Whether the downstream waits for a record. */
  abstract boolean hasDemand();

  /** The reader has a piece ahead. */
  abstract void arrived(PartitionReader reader);

  /**
   * Nothing was brought in where something was under way; after a stop that may have been the last.
   */
  abstract void nothingArrived();

  /** The stage is about to fail. */
  abstract void failing();

  @Override
  public void preStart() {
    self =
        Adapter.toTyped(
            getStageActor(
                    envelope -> {
                      receive(envelope._2());
                      return BoxedUnit.UNIT;
                    })
                .ref());
    loaded = createAsyncCallback(this::onLoaded);
    executor = materializer().system().dispatchers().lookup(tuning.dispatcher());
    List.copyOf(readers.values()).forEach(this::want);
  }

  @Override
  public void postStop() {
    readers.values().forEach(this::cancel);
  }

  /** Asks for more of the partition as soon as there is demand and nothing is under way. */
  final void want(PartitionReader reader) {
    if (stopping || !reader.isFree()) {
      return;
    }
    if (hasDemand() || !reader.progress.isLocated()) {
      ask(reader);
    } else {
      reader.idle = true;
      idle.addLast(reader);
    }
  }

  /** There is demand. */
  final void demanded() {
    while (!idle.isEmpty()) {
      PartitionReader reader = idle.removeFirst();
      reader.idle = false;
      ask(reader);
    }
  }

  /** A piece is used up. */
  final void released() {
    chunksInMemory--;
    loadWaiting();
  }

  /** Nothing more is asked for; what is in memory stays. */
  final void stopFetching() {
    stopping = true;
    idle.clear();
    loads.clear();
    readers.values().forEach(this::cancel);
  }

  final boolean isStopping() {
    return stopping;
  }

  final boolean isLoading() {
    return loading > 0;
  }

  /**
   * What there is to say of it now.
   *
   * @param records given out, and {@code bytes} of them in the log
   */
  final ConsumerMetrics metrics(long records, long bytes) {
    long inMemory = 0;
    long asked = 0;
    List<ConsumerMetrics.Place> places = new ArrayList<>(readers.size());
    for (PartitionReader reader : readers.values()) {
      inMemory += reader.bytesInMemory();
      asked += reader.isExpecting() ? tuning.chunkBytes() : 0;
      places.add(reader.place());
    }
    return new ConsumerMetrics(records, bytes, bytesRead, inMemory, asked, places);
  }

  private void cancel(PartitionReader reader) {
    if (reader.isAsking() && reader.leader != null) {
      reader.leader.tell(new Replica.CancelRead(reader.correlation(), self));
    }
    reader.answered();
  }

  // To and from the leaders.

  private void ask(PartitionReader reader) {
    if (reader.leader == null && !findLeader(reader)) {
      return;
    }
    long correlation = ((long) reader.index << READER_SHIFT) | questions++;
    if (reader.startOffset < 0 && reader.progress.isLocated()) {
      reader.startOffset = reader.progress.position();
    }
    reader.asked(correlation, transport.nanoTime());
    reader.leader.tell(question(reader, correlation));
    startTicking();
  }

  private Replica.Command question(PartitionReader reader, long correlation) {
    PartitionProgress progress = reader.progress;
    return progress.isLocated()
        ? new Replica.Read(
            correlation,
            progress.position(),
            tuning.chunkBytes(),
            true,
            false,
            OptionalInt.empty(),
            progress.position(),
            self)
        : new Replica.FindOffset(correlation, progress.question(), OptionalInt.empty(), self);
  }

  private boolean findLeader(PartitionReader reader) {
    Outcome<ActorRef<Replica.Command>> found = transport.leader(reader.partition);
    if (found instanceof Outcome.Refused<ActorRef<Replica.Command>> refused) {
      if (mayPass(reader, refused.error(), refused.message())) {
        pause(reader, tuning.backoff().beforeLook(reader.looks++));
      }
      return false;
    }
    reader.looks = 0;
    reader.leader = ((Outcome.Accepted<ActorRef<Replica.Command>>) found).value();
    stageActor().watch(Adapter.toClassic(reader.leader));
    return true;
  }

  private void receive(Object message) {
    if (message instanceof Terminated terminated) {
      onTerminated(Adapter.toTyped(terminated.getActor()));
    } else if (message instanceof ReplicaReply reply) {
      PartitionReader reader = readers.get((int) (reply.correlation() >>> READER_SHIFT));
      if (reader == null || !reader.isAnsweredBy(reply.correlation())) {
        return;
      }
      if (reply instanceof Data data) {
        onData(
            reader,
            data,
            data.region()
                .filter(bytes -> !bytes.isEmpty())
                .map(region -> Load.of(region, transport)));
      } else if (reply instanceof Offered offered) {
        onData(reader, offered.data(), Optional.of(Load.of(offered.bytes())));
      } else if (reply instanceof OffsetFound offset) {
        onOffsetFound(reader, offset);
      }
    }
  }

  private void onData(PartitionReader reader, Data data, Optional<Load> load) {
    if (data.error() != Errors.NONE) {
      reader.answered();
      onReadRefused(reader, data);
      return;
    }
    reader.known();
    reader.highWatermark = data.highWatermark();
    if (load.isPresent()) {
      if (data.waiting()) {
        cancel(reader);
      }
      reader.answered();
      reader.load = load;
      loads.addLast(reader);
      loadWaiting();
    } else if (data.waiting()) {
      reader.registered();
    } else {
      reader.answered();
      pause(reader);
    }
  }

  private void onReadRefused(PartitionReader reader, Data data) {
    if (data.error() != Errors.OFFSET_OUT_OF_RANGE) {
      refused(reader, data.error(), data.error().message());
    } else if (reader.progress.resets()) {
      want(reader);
    } else {
      fail(
          reader,
          String.format(
              "offset %d is not in the log, which holds %d to %d",
              reader.progress.position(), data.logStartOffset(), data.highWatermark()),
          data.error().exception());
    }
  }

  private void onOffsetFound(PartitionReader reader, OffsetFound found) {
    reader.answered();
    if (found.error() != Errors.NONE) {
      refused(reader, found.error(), found.error().message());
      return;
    }
    reader.known();
    reader.progress.found(found.offset());
    want(reader);
  }

  /** Tries again if the reason may pass. */
  private void refused(PartitionReader reader, Errors error, String message) {
    if (mayPass(reader, error, message)) {
      pause(reader);
    }
  }

  /** Whether to try again, with whoever leads then; otherwise the stage has failed. */
  private boolean mayPass(PartitionReader reader, Errors error, String message) {
    boolean hasPatience =
        error.exception() instanceof RetriableException
            && (error != Errors.UNKNOWN_TOPIC_OR_PARTITION
                || reader.unknownNanos(transport.nanoTime()) < tuning.topicTimeout().toNanos());
    if (!hasPatience) {
      fail(reader, String.format("cannot be read: %s: %s", error, message), error.exception());
    }
    reader.leader = null;
    return hasPatience;
  }

  private void pause(PartitionReader reader) {
    pause(reader, tuning.backoff().before(reader.pauses++));
  }

  private void pause(PartitionReader reader, Duration pause) {
    if (!reader.paused && !stopping) {
      reader.paused = true;
      scheduleOnce(reader, pause);
    }
  }

  private void onTerminated(ActorRef<Replica.Command> leader) {
    for (PartitionReader reader : readers.values()) {
      if (leader.equals(reader.leader)) {
        reader.leader = null;
        if (reader.isAsking()) {
          reader.answered();
          pause(reader);
        }
      }
    }
  }

  final void fail(PartitionReader reader, String reason, Throwable cause) {
    failing();
    failStage(new ConsumeFailed(reader.partition, reason, cause));
  }

  // From files, here or on the leader's broker.

  private void loadWaiting() {
    while (chunksInMemory < tuning.chunksMax() && !loads.isEmpty()) {
      PartitionReader reader = loads.removeFirst();
      chunksInMemory++;
      loading++;
      reader.loading = true;
      Load load = reader.load.orElseThrow();
      reader.load = Optional.empty();
      var unused =
          load.begin(reader.progress.position(), executor)
              .whenComplete(
                  (chunk, failure) ->
                      loaded.invoke(
                          new Loaded(reader, Optional.ofNullable(chunk), causeOf(failure))));
    }
  }

  private static Throwable causeOf(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  private void onLoaded(Loaded result) {
    PartitionReader reader = result.reader();
    loading--;
    reader.loading = false;
    bytesRead += result.chunk().map(Chunk::size).orElse(0);
    if (reader.removed) {
      released();
      nothingArrived();
      return;
    }
    if (result.chunk().isEmpty()) {
      onNotLoaded(reader, result.failure());
    } else {
      Chunk chunk = result.chunk().get();
      reader.damagedReads = 0;
      reader.progress.readUpTo(chunk.endOffset());
      if (!chunk.isEmpty()) {
        reader.ahead = chunk;
        arrived(reader);
        return;
      }
      want(reader);
    }
    released();
    nothingArrived();
  }

  private void onNotLoaded(PartitionReader reader, Throwable failure) {
    if (Load.isUnderWay(failure)) {
      refused(reader, Errors.forException(failure), failure.getMessage());
    } else {
      onDamaged(reader, failure);
    }
  }

  /** The file may have been cut or removed meanwhile; then the next answer is another. */
  private void onDamaged(PartitionReader reader, Throwable failure) {
    reader.damagedReads++;
    if (reader.damagedReads >= Limits.DAMAGED_READS_MAX) {
      fail(
          reader,
          String.format("cannot be read at offset %d: %s", reader.progress.position(), failure),
          failure);
    } else {
      pause(reader);
    }
  }

  // Time.

  @Override
  public void onTimer(Object key) {
    if (key instanceof PartitionReader reader) {
      reader.paused = false;
      want(reader);
    } else {
      onTick();
    }
  }

  private void startTicking() {
    if (!ticking) {
      ticking = true;
      Duration tick = tuning.requestTimeout().dividedBy(8);
      scheduleOnce(TICK, tick.compareTo(TICK_MAX) < 0 ? tick : TICK_MAX);
    }
  }

  private void onTick() {
    ticking = false;
    long now = transport.nanoTime();
    for (PartitionReader reader : readers.values()) {
      if (reader.isOverdue(now, tuning.requestTimeout().toNanos())) {
        cancel(reader);
        reader.leader = null;
        pause(reader);
      }
      if (reader.awaitsAnswer()) {
        startTicking();
      }
    }
  }
}
