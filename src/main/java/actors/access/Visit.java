package actors.access;

import actors.MemberWatch;
import actors.access.AccessMessage.Answer;
import actors.access.AccessMessage.Asked;
import actors.access.AccessMessage.Question;
import actors.access.AccessMessage.Told;
import actors.partition.Replica;
import actors.partition.ReplicaReply;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.log.FetchRegion;

/**
 * One far replica let in at the leader's broker: asks the replica on its behalf, reads from the
 * file what it wants to have, and ends with it, with the replica, or when a message was lost. What
 * it has registered at the replica ends with it.
 *
 * <p>It hears {@link AccessMessage}s of its guest and {@link ReplicaReply}s of the replica.
 */
final class Visit extends AbstractBehavior<Object> {
  private static final Logger LOG = LoggerFactory.getLogger(Visit.class);
  private static final String DISPATCHER = "granary.stream-dispatcher";

  private final Door.House house;
  private final Reign reign;
  private final ActorRef<AccessMessage> guest;
  private final ActorRef<Replica.Command> replica;
  private final ByteBudget budget;
  private final ActorRef<ReplicaReply> self;
  private final Executor files;
  private final Numbering numbers = new Numbering();
  private final PartGatherer parts = new PartGatherer();

  /** Reads that the replica has not answered for good. */
  private final Set<Long> reads = new LinkedHashSet<>();

  /** What the guest was told of and may load. */
  private final Map<Long, FetchRegion> regions = new HashMap<>();

  /** Bytes in memory by request: of batches until they are appended, of pieces until taken. */
  private final Map<Long, Integer> held = new HashMap<>();

  /** A piece has come from the file, or has not. */
  private record Loaded(long request, Optional<ByteBuffer> bytes, Throwable failure) {}

  private record GuestGone() {}

  private Visit(
      ActorContext<Object> context,
      Door.House house,
      Reign reign,
      ActorRef<AccessMessage> guest,
      ActorRef<Replica.Command> replica,
      ByteBudget budget) {
    super(context);
    this.house = house;
    this.reign = reign;
    this.guest = guest;
    this.replica = replica;
    this.budget = budget;
    this.self = context.getSelf().narrow();
    this.files =
        context.getSystem().dispatchers().lookup(DispatcherSelector.fromConfig(DISPATCHER));
    MemberWatch.watchWith(context, guest, new GuestGone());
    context.watch(replica);
  }

  static Behavior<Object> create(
      Door.House house,
      Reign reign,
      ActorRef<AccessMessage> guest,
      ActorRef<Replica.Command> replica,
      ByteBudget budget) {
    return Behaviors.setup(context -> new Visit(context, house, reign, guest, replica, budget));
  }

  @Override
  public Receive<Object> createReceive() {
    return newReceiveBuilder()
        .onMessage(Asked.class, this::onAsked)
        .onMessage(ReplicaReply.Appended.class, this::onAppended)
        .onMessage(ReplicaReply.Data.class, this::onData)
        .onMessage(ReplicaReply.OffsetFound.class, this::onOffsetFound)
        .onMessage(Loaded.class, this::onLoaded)
        .onMessage(GuestGone.class, gone -> Behaviors.stopped())
        .onSignal(Terminated.class, gone -> Behaviors.stopped())
        .onSignal(PostStop.class, stop -> onStopped())
        .build();
  }

  private Behavior<Object> onAsked(Asked asked) {
    if (!asked.epoch().equals(reign.epoch())) {
      return this;
    }
    switch (numbers.hear(asked.number())) {
      case NEXT -> answer(asked.question());
      case AGAIN -> LOG.debug("{} has come twice", asked);
      case GAP -> {
        LOG.warn("a message of {} was lost on the way: it has to begin anew", guest);
        return Behaviors.stopped();
      }
    }
    return this;
  }

  private void answer(Question question) {
    if (question instanceof Question.Append append) {
      onAppend(append);
    } else if (question instanceof Question.Read read) {
      onRead(read);
    } else if (question instanceof Question.FindOffset find) {
      onFindOffset(find);
    } else if (question instanceof Question.Load load) {
      onLoad(load.request());
    } else if (question instanceof Question.Taken taken) {
      release(taken.request());
    } else if (question instanceof Question.Forget forget) {
      onForget(forget.request());
    } else {
      tell(new Answer.Checked());
    }
  }

  private void tell(Answer answer) {
    guest.tell(new Told(reign.epoch(), numbers.next(), answer));
  }

  // Appending.

  private void onAppend(Question.Append append) {
    if (append.part().position() == 0) {
      Optional<Reign.Objection> refusal = refusal(append.part().size());
      if (refusal.isPresent()) {
        refuseAppend(append.request(), refusal.get());
        return;
      }
      held.put(append.request(), append.part().size());
    } else if (!held.containsKey(append.request())) {
      return; // refused when its first part came
    }
    parts
        .whole(append.request(), append.part(), append.bytes())
        .ifPresent(records -> append(append, records));
  }

  private Optional<Reign.Objection> refusal(int size) {
    Optional<Reign.Objection> objection = house.objection(reign);
    if (objection.isPresent()) {
      return objection;
    }
    int sizeMax = house.batchBytesMax(reign);
    if (size > sizeMax) {
      return Optional.of(
          new Reign.Objection(
              Errors.MESSAGE_TOO_LARGE,
              String.format("a batch of %d bytes; the topic takes up to %d", size, sizeMax)));
    }
    return budget.reserve(size)
        ? Optional.empty()
        : Optional.of(
            new Reign.Objection(
                Errors.THROTTLING_QUOTA_EXCEEDED,
                "the leader's broker has as many bytes of other brokers in memory as it may"));
  }

  private void append(Question.Append append, ByteBuffer records) {
    Optional<String> flaw = Soundness.flaw(records);
    if (flaw.isPresent()) {
      release(append.request());
      refuseAppend(append.request(), new Reign.Objection(Errors.CORRUPT_MESSAGE, flaw.get()));
    } else {
      replica.tell(new Replica.Append(append.request(), records, append.acks(), self));
    }
  }

  private void refuseAppend(long request, Reign.Objection why) {
    tell(
        new Answer.Appended(
            new ReplicaReply.Appended(
                request, why.error(), -1, -1, -1, Optional.of(why.sentence()))));
  }

  private Behavior<Object> onAppended(ReplicaReply.Appended reply) {
    release(reply.correlation());
    tell(new Answer.Appended(reply));
    return this;
  }

  // Reading.

  private void onRead(Question.Read read) {
    Optional<Errors> refusal =
        reads.size() + regions.size() >= Limits.REQUESTS_MAX
            ? Optional.of(Errors.THROTTLING_QUOTA_EXCEEDED)
            : house.objection(reign).map(Reign.Objection::error);
    if (refusal.isPresent()) {
      tell(
          new Answer.Data(
              new ReplicaReply.Data(
                  read.request(), refusal.get(), Optional.empty(), -1, -1, -1, false),
              0));
      return;
    }
    reads.add(read.request());
    replica.tell(
        new Replica.Read(
            read.request(),
            read.offset(),
            Math.min(read.maxBytes(), Limits.READ_BYTES_MAX),
            read.atLeastOneBatch(),
            read.committedOnly(),
            epochOf(read.leaderEpoch()),
            read.waitPast(),
            self));
  }

  /** The replica compares as well: it may be ahead of its broker's image. */
  private OptionalInt epochOf(OptionalInt said) {
    return said.isPresent() ? said : OptionalInt.of(reign.epoch().value());
  }

  private Behavior<Object> onData(ReplicaReply.Data reply) {
    long request = reply.correlation();
    boolean wanted = reply.waiting() ? reads.contains(request) : reads.remove(request);
    if (!wanted) {
      return this;
    }
    Optional<FetchRegion> region = reply.region().filter(bytes -> !bytes.isEmpty());
    region.ifPresent(bytes -> regions.put(request, bytes));
    tell(new Answer.Data(Replies.under(request, reply), region.map(FetchRegion::size).orElse(0)));
    return this;
  }

  private void onFindOffset(Question.FindOffset find) {
    Optional<Reign.Objection> objection = house.objection(reign);
    if (objection.isPresent()) {
      tell(
          new Answer.OffsetFound(
              new ReplicaReply.OffsetFound(find.request(), objection.get().error(), -1, -1, -1)));
      return;
    }
    replica.tell(
        new Replica.FindOffset(find.request(), find.query(), epochOf(find.leaderEpoch()), self));
  }

  private Behavior<Object> onOffsetFound(ReplicaReply.OffsetFound reply) {
    tell(new Answer.OffsetFound(reply));
    return this;
  }

  private void onForget(long request) {
    regions.remove(request);
    if (reads.remove(request)) {
      replica.tell(new Replica.CancelRead(request, self));
    }
  }

  // Loading.

  private void onLoad(long request) {
    FetchRegion region = regions.remove(request);
    if (region == null) {
      tell(new Answer.NotLoaded(request, Errors.INVALID_REQUEST, "nothing was told of"));
    } else if (!budget.reserve(region.size())) {
      tell(
          new Answer.NotLoaded(
              request,
              Errors.THROTTLING_QUOTA_EXCEEDED,
              "the leader's broker has as many bytes for other brokers in memory as it may"));
    } else {
      held.put(request, region.size());
      getContext()
          .pipeToSelf(
              CompletableFuture.supplyAsync(region::readFully, files),
              (bytes, failure) -> new Loaded(request, Optional.ofNullable(bytes), failure));
    }
  }

  private Behavior<Object> onLoaded(Loaded loaded) {
    if (loaded.bytes().isEmpty()) {
      release(loaded.request());
      LOG.error("what another broker wants to read cannot be read", loaded.failure());
      tell(
          new Answer.NotLoaded(
              loaded.request(), Errors.UNKNOWN_SERVER_ERROR, loaded.failure().toString()));
      return this;
    }
    for (PartGatherer.Piece piece : PartGatherer.cut(loaded.bytes().get())) {
      tell(new Answer.Bytes(loaded.request(), piece.part(), piece.bytes()));
    }
    return this;
  }

  private void release(long request) {
    Integer bytes = held.remove(request);
    if (bytes != null) {
      budget.release(bytes);
    }
  }

  private Behavior<Object> onStopped() {
    reads.forEach(request -> replica.tell(new Replica.CancelRead(request, self)));
    held.values().forEach(budget::release);
    return this;
  }
}
