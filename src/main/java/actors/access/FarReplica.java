package actors.access;

import actors.MemberWatch;
import actors.access.AccessMessage.Answer;
import actors.access.AccessMessage.Asked;
import actors.access.AccessMessage.Open;
import actors.access.AccessMessage.Opened;
import actors.access.AccessMessage.Question;
import actors.access.AccessMessage.Refused;
import actors.access.AccessMessage.Told;
import actors.access.OpenRequests.Asker;
import actors.access.OpenRequests.Request;
import actors.partition.Replica;
import actors.partition.ReplicaReply;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.errors.LeaderNotAvailableException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Speaks the replica's protocol on behalf of a leader on another broker, for everybody on this one,
 * as long as that leader's reign lasts. It stops when the reign is over, when the other side is
 * gone or a message was lost, and when nobody is left who has spoken to it; who watches it takes
 * that for the end of the leader and looks for the next.
 *
 * <p>It hears {@link Replica.Append}, {@link Replica.Read}, {@link Replica.CancelRead} and {@link
 * Replica.FindOffset} of whoever is on this broker, and {@link AccessMessage}s of the other.
 */
final class FarReplica extends AbstractBehavior<Object> {
  private static final Logger LOG = LoggerFactory.getLogger(FarReplica.class);

  private final Reign reign;
  private final ActorRef<AccessMessage> door;
  private final Runnable onEnd;
  private final ActorRef<AccessMessage> self;
  private final TimerScheduler<Object> timers;
  private final OpenRequests requests = new OpenRequests();
  private final Numbering numbers = new Numbering();
  private final PartGatherer parts = new PartGatherer();
  private final Loads loads;
  private final Set<ActorRef<ReplicaReply>> users = new HashSet<>();

  /** What is to be asked once the visit has begun. */
  private final Deque<Question> held = new ArrayDeque<>();

  private Optional<ActorRef<AccessMessage>> visit = Optional.empty();
  private int openTries;
  private int unansweredChecks;

  /** The reign is over, as this broker's image has it. */
  record ReignOver() {}

  private record UserGone(ActorRef<ReplicaReply> user) {}

  private record VisitGone() {}

  private record Load(long request) {}

  private enum Timer {
    OPEN_AGAIN,
    CHECK,
    UNUSED
  }

  private FarReplica(
      ActorContext<Object> context,
      TimerScheduler<Object> timers,
      Reign reign,
      ActorRef<AccessMessage> door,
      Runnable onEnd) {
    super(context);
    this.timers = timers;
    this.reign = reign;
    this.door = door;
    this.onEnd = onEnd;
    ActorRef<Object> me = context.getSelf();
    this.self = me.narrow();
    this.loads = new Loads(request -> me.tell(new Load(request)));
    timers.startTimerWithFixedDelay(Timer.CHECK, Timer.CHECK, Limits.CHECK_INTERVAL);
    timers.startSingleTimer(Timer.UNUSED, Timer.UNUSED, Limits.UNUSED_MAX);
    knock();
  }

  /**
   * @param door of the leader's broker
   * @param onEnd run once, when it has stopped
   */
  static Behavior<Object> create(Reign reign, ActorRef<AccessMessage> door, Runnable onEnd) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(timers -> new FarReplica(context, timers, reign, door, onEnd)));
  }

  @Override
  public Receive<Object> createReceive() {
    return newReceiveBuilder()
        .onMessage(Replica.Append.class, this::onAppend)
        .onMessage(Replica.Read.class, this::onRead)
        .onMessage(Replica.CancelRead.class, this::onCancelRead)
        .onMessage(Replica.FindOffset.class, this::onFindOffset)
        .onMessage(Load.class, this::onLoad)
        .onMessage(Told.class, this::onTold)
        .onMessage(Opened.class, this::onOpened)
        .onMessage(Refused.class, this::onRefused)
        .onMessage(UserGone.class, this::onUserGone)
        .onMessage(VisitGone.class, this::onVisitGone)
        .onMessage(ReignOver.class, over -> Behaviors.stopped())
        .onMessage(Timer.class, this::onTimer)
        .onSignal(PostStop.class, stop -> onStopped())
        .build();
  }

  // The visit.

  private void knock() {
    openTries++;
    door.tell(new Open(reign.epoch(), reign.topicId(), reign.partition(), self));
    timers.startSingleTimer(Timer.OPEN_AGAIN, Timer.OPEN_AGAIN, Limits.OPEN_AGAIN);
  }

  private Behavior<Object> onOpened(Opened opened) {
    if (opened.epoch().equals(reign.epoch()) && visit.isEmpty()) {
      timers.cancel(Timer.OPEN_AGAIN);
      visit = Optional.of(opened.visit());
      MemberWatch.watchWith(getContext(), opened.visit(), new VisitGone());
      while (!held.isEmpty()) {
        ask(held.removeFirst());
      }
    }
    return this;
  }

  private Behavior<Object> onRefused(Refused refused) {
    if (!refused.epoch().equals(reign.epoch()) || visit.isPresent()) {
      return this;
    }
    requests.all().forEach(request -> request.refuse(refused.error(), refused.sentence()));
    return Behaviors.stopped();
  }

  private Behavior<Object> onVisitGone(VisitGone gone) {
    LOG.info("broker {} has ended the visit to {}", reign.brokerId(), reign);
    return Behaviors.stopped();
  }

  private void ask(Question question) {
    visit.ifPresentOrElse(
        to -> to.tell(new Asked(reign.epoch(), numbers.next(), question)),
        () -> held.addLast(question));
  }

  private Behavior<Object> onTimer(Timer timer) {
    return switch (timer) {
      case OPEN_AGAIN -> onOpenAgain();
      case CHECK -> onCheck();
      case UNUSED -> Behaviors.stopped();
    };
  }

  private Behavior<Object> onOpenAgain() {
    if (openTries >= Limits.OPEN_TRIES_MAX) {
      LOG.warn("broker {} does not answer", reign.brokerId());
      return Behaviors.stopped();
    }
    knock();
    return this;
  }

  /** What was lost last has nothing after it that shows the gap, so something is sent after it. */
  private Behavior<Object> onCheck() {
    if (visit.isEmpty() || requests.isEmpty()) {
      return this;
    }
    if (unansweredChecks >= Limits.UNANSWERED_CHECKS_MAX) {
      LOG.warn("broker {} is not heard any more about {}", reign.brokerId(), reign);
      return Behaviors.stopped();
    }
    unansweredChecks++;
    ask(new Question.Check());
    return this;
  }

  // From this broker.

  private void met(ActorRef<ReplicaReply> user) {
    if (users.add(user)) {
      timers.cancel(Timer.UNUSED);
      getContext().watchWith(user, new UserGone(user));
    }
  }

  private Behavior<Object> onUserGone(UserGone gone) {
    users.remove(gone.user());
    for (long request : requests.of(gone.user())) {
      requests.close(request);
      ask(new Question.Forget(request));
    }
    return users.isEmpty() ? Behaviors.stopped() : this;
  }

  private Optional<Long> open(ActorRef<ReplicaReply> user, Request request) {
    met(user);
    if (requests.size() >= Limits.REQUESTS_MAX) {
      request.refuse(
          Errors.THROTTLING_QUOTA_EXCEEDED, Limits.REQUESTS_MAX + " requests are under way");
      return Optional.empty();
    }
    return Optional.of(requests.open(request));
  }

  private Behavior<Object> onAppend(Replica.Append append) {
    Request request =
        new Request(new Asker(append.replyTo(), append.correlation()), Replies.refusalOf(append));
    if (requests.underWayBytes() >= Limits.FAR_REPLICA_BYTES_MAX) {
      met(append.replyTo());
      request.refuse(
          Errors.THROTTLING_QUOTA_EXCEEDED,
          requests.underWayBytes() + " bytes are under way to and from the leader's broker");
      return this;
    }
    open(append.replyTo(), request).ifPresent(number -> send(number, append));
    return this;
  }

  private void send(long number, Replica.Append append) {
    requests.sent(number, append.records().remaining());
    for (PartGatherer.Piece piece : PartGatherer.cut(append.records())) {
      ask(new Question.Append(number, append.acks(), piece.part(), piece.bytes()));
    }
  }

  private Behavior<Object> onRead(Replica.Read read) {
    Request request =
        new Request(new Asker(read.replyTo(), read.correlation()), Replies.refusalOf(read));
    open(read.replyTo(), request)
        .ifPresent(
            number ->
                ask(
                    new Question.Read(
                        number,
                        read.offset(),
                        read.maxBytes(),
                        read.atLeastOneBatch(),
                        read.committedOnly(),
                        read.leaderEpoch(),
                        read.waitPast())));
    return this;
  }

  /** Bytes that were offered already stay so. */
  private Behavior<Object> onCancelRead(Replica.CancelRead cancel) {
    requests
        .numberOf(new Asker(cancel.replyTo(), cancel.correlation()))
        .filter(number -> !requests.isOffered(number) && !requests.isUnderWay(number))
        .ifPresent(
            number -> {
              requests.close(number);
              ask(new Question.Forget(number));
            });
    return this;
  }

  private Behavior<Object> onFindOffset(Replica.FindOffset find) {
    Request request =
        new Request(new Asker(find.replyTo(), find.correlation()), Replies.refusalOf(find));
    open(find.replyTo(), request)
        .ifPresent(
            number -> ask(new Question.FindOffset(number, find.query(), find.leaderEpoch())));
    return this;
  }

  private Behavior<Object> onLoad(Load load) {
    if (requests.underWayBytes() >= Limits.FAR_REPLICA_BYTES_MAX) {
      requests.close(load.request());
      ask(new Question.Forget(load.request()));
      loads.fail(load.request(), Errors.THROTTLING_QUOTA_EXCEEDED.exception());
    } else if (requests.loading(load.request())) {
      ask(new Question.Load(load.request()));
    } else {
      loads.fail(load.request(), new LeaderNotAvailableException("the bytes are gone"));
    }
    return this;
  }

  // From the leader's broker.

  private Behavior<Object> onTold(Told told) {
    if (!told.epoch().equals(reign.epoch())) {
      return this;
    }
    switch (numbers.hear(told.number())) {
      case NEXT -> {
        unansweredChecks = 0;
        hear(told.answer());
        if (saysThatTheReignIsOver(told.answer())) {
          return Behaviors.stopped(); // the visit ends as well, but word of that may take its time
        }
      }
      case AGAIN -> LOG.debug("{} has come twice", told);
      case GAP -> {
        LOG.warn("a message of broker {} about {} was lost", reign.brokerId(), reign);
        return Behaviors.stopped();
      }
    }
    return this;
  }

  private static boolean saysThatTheReignIsOver(Answer answer) {
    return answer instanceof Answer.Appended appended
        && appended.reply().error() == Errors.FENCED_LEADER_EPOCH;
  }

  private void hear(Answer answer) {
    if (answer instanceof Answer.Appended appended) {
      onAppended(appended.reply());
    } else if (answer instanceof Answer.Data data) {
      onData(data.reply(), data.size());
    } else if (answer instanceof Answer.OffsetFound found) {
      onOffsetFound(found.reply());
    } else if (answer instanceof Answer.Bytes bytes) {
      parts
          .whole(bytes.request(), bytes.part(), bytes.bytes())
          .ifPresent(whole -> onLoaded(bytes.request(), whole));
    } else if (answer instanceof Answer.NotLoaded not) {
      requests.close(not.request());
      loads.fail(not.request(), not.error().exception(not.sentence()));
    }
  }

  private void onAppended(ReplicaReply.Appended reply) {
    requests
        .close(reply.correlation())
        .ifPresent(asker -> asker.replyTo().tell(Replies.under(asker.correlation(), reply)));
  }

  private void onData(ReplicaReply.Data reply, int size) {
    long number = reply.correlation();
    boolean isLast = size == 0 && !reply.waiting();
    Optional<Asker> asker = isLast ? requests.close(number) : requests.asker(number);
    if (asker.isEmpty()) {
      return; // forgotten here, and told so there
    }
    ReplicaReply.Data data = Replies.under(asker.get().correlation(), reply);
    if (size == 0) {
      asker.get().replyTo().tell(data);
    } else {
      requests.offered(number, size);
      asker.get().replyTo().tell(new ReplicaReply.Offered(data, loads.offered(number, size)));
    }
  }

  private void onOffsetFound(ReplicaReply.OffsetFound reply) {
    requests
        .close(reply.correlation())
        .ifPresent(asker -> asker.replyTo().tell(Replies.under(asker.correlation(), reply)));
  }

  private void onLoaded(long request, ByteBuffer bytes) {
    ask(new Question.Taken(request));
    requests.close(request);
    loads.complete(request, bytes);
  }

  private Behavior<Object> onStopped() {
    loads.close(
        new LeaderNotAvailableException(
            "the way to broker " + reign.brokerId() + ", which led, has ended"));
    onEnd.run();
    return this;
  }
}
