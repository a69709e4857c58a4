package streams.grpc;

import actors.access.Loads;
import actors.partition.Replica;
import actors.partition.ReplicaReply;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
import streams.grpc.Picture.Reign;
import streams.grpc.v1.PartitionRequest;
import streams.grpc.v1.PartitionResponse;

/**
 * Speaks the replica's protocol in a program that holds no broker, for the leader of a partition
 * and as long as its reign and the session last. It stops when one of them is over; who watches it
 * takes that for the end of the leader, as of any other, and looks for the next.
 *
 * <p>It hears {@link Replica.Append}, {@link Replica.Read}, {@link Replica.CancelRead} and {@link
 * Replica.FindOffset} of the stages, and what the {@link Session} hears.
 */
final class RemoteReplica extends AbstractBehavior<Object> {
  private static final long NONE = -1;

  private final Reign reign;
  private final Session session;
  private final Runnable onEnd;
  private final Map<Long, Asked> asked = new HashMap<>();
  private final Map<Asker, Long> byAsker = new HashMap<>();
  private final Set<ActorRef<ReplicaReply>> users = new HashSet<>();
  private final Loads loads;

  /** The picture shows another reign. */
  record ReignOver() {}

  private record UserGone(ActorRef<ReplicaReply> user) {}

  private record Load(long number) {}

  private record Asker(ActorRef<ReplicaReply> replyTo, long correlation) {}

  /**
   * A question under way.
   *
   * @param batchBytes of an append
   */
  private record Asked(Asker asker, int batchBytes, boolean isTold) {}

  private RemoteReplica(
      ActorContext<Object> context, Reign reign, Session session, Runnable onEnd) {
    super(context);
    this.reign = reign;
    this.session = session;
    this.onEnd = onEnd;
    ActorRef<Object> self = context.getSelf();
    this.loads = new Loads(number -> self.tell(new Load(number)));
  }

  /**
   * @param onEnd run once, when it has stopped
   */
  static Behavior<Object> create(Reign reign, Session session, Runnable onEnd) {
    return Behaviors.setup(context -> new RemoteReplica(context, reign, session, onEnd));
  }

  @Override
  public Receive<Object> createReceive() {
    return newReceiveBuilder()
        .onMessage(Replica.Append.class, this::onAppend)
        .onMessage(Replica.Read.class, this::onRead)
        .onMessage(Replica.CancelRead.class, this::onCancelRead)
        .onMessage(Replica.FindOffset.class, this::onFindOffset)
        .onMessage(Load.class, this::onLoad)
        .onMessage(UserGone.class, this::onUserGone)
        .onMessage(Session.Heard.class, heard -> onHeard(heard.answer()))
        .onMessage(Session.Over.class, over -> Behaviors.stopped())
        .onMessage(ReignOver.class, over -> Behaviors.stopped())
        .onSignal(PostStop.class, stop -> onStopped())
        .build();
  }

  // From the stages.

  private PartitionRequest.Builder question(long number) {
    return PartitionRequest.newBuilder()
        .setRequest(number)
        .setTopicId(TopicMessages.bytes(reign.topicId()))
        .setPartition(reign.partition())
        .setLeaderEpoch(reign.epoch());
  }

  /**
   * @return false if it could not be asked
   */
  private boolean ask(PartitionRequest question, Asker asker, int batchBytes) {
    if (users.add(asker.replyTo())) {
      getContext().watchWith(asker.replyTo(), new UserGone(asker.replyTo()));
    }
    if (asked.size() >= Limits.QUESTIONS_MAX || !session.ask(question, getContext().getSelf())) {
      return false;
    }
    asked.put(question.getRequest(), new Asked(asker, batchBytes, false));
    byAsker.put(asker, question.getRequest());
    return true;
  }

  private Optional<Asker> close(long number) {
    Asked closed = asked.remove(number);
    if (closed == null) {
      return Optional.empty();
    }
    byAsker.remove(closed.asker(), number);
    session.close(number, closed.batchBytes());
    return Optional.of(closed.asker());
  }

  private Behavior<Object> onAppend(Replica.Append append) {
    ByteBuffer batch = append.records();
    Asker asker = new Asker(append.replyTo(), append.correlation());
    int size = batch.remaining();
    PartitionRequest question =
        question(session.nextNumber())
            .setAppend(
                PartitionRequest.Append.newBuilder()
                    .setAcks(append.acks())
                    .setBatch(UnsafeByteOperations.unsafeWrap(batch)))
            .build();
    if (!session.hasRoom() || !ask(question, asker, size)) {
      append
          .replyTo()
          .tell(
              new ReplicaReply.Appended(
                  append.correlation(),
                  Errors.THROTTLING_QUOTA_EXCEEDED,
                  NONE,
                  NONE,
                  NONE,
                  Optional.of("as much is under way to the broker as may be")));
    }
    return this;
  }

  private Behavior<Object> onRead(Replica.Read read) {
    PartitionRequest question =
        question(session.nextNumber())
            .setRead(
                PartitionRequest.Read.newBuilder()
                    .setOffset(read.offset())
                    .setMaxBytes(read.maxBytes())
                    .setPromptBytes(Limits.PROMPT_BYTES_MAX)
                    .setWaitPast(read.waitPast()))
            .build();
    if (!ask(question, new Asker(read.replyTo(), read.correlation()), 0)) {
      read.replyTo().tell(Replies.data(read.correlation(), Errors.THROTTLING_QUOTA_EXCEEDED));
    }
    return this;
  }

  private Behavior<Object> onFindOffset(Replica.FindOffset find) {
    Asker asker = new Asker(find.replyTo(), find.correlation());
    Optional<PartitionRequest.FindOffset> query = Queries.of(find.query());
    if (query.isEmpty()) {
      find.replyTo().tell(Replies.offset(find.correlation(), Errors.UNSUPPORTED_VERSION));
    } else if (!ask(question(session.nextNumber()).setFindOffset(query.get()).build(), asker, 0)) {
      find.replyTo().tell(Replies.offset(find.correlation(), Errors.THROTTLING_QUOTA_EXCEEDED));
    }
    return this;
  }

  /** Bytes that were told of already stay so. */
  private Behavior<Object> onCancelRead(Replica.CancelRead cancel) {
    Long number = byAsker.get(new Asker(cancel.replyTo(), cancel.correlation()));
    if (number != null && !asked.get(number).isTold()) {
      forget(number);
    }
    return this;
  }

  private void forget(long number) {
    close(number);
    session.add(
        PartitionRequest.newBuilder()
            .setRequest(number)
            .setForget(PartitionRequest.Forget.getDefaultInstance())
            .build());
  }

  private Behavior<Object> onUserGone(UserGone gone) {
    users.remove(gone.user());
    List<Long> theirs = new ArrayList<>();
    asked.forEach(
        (number, question) -> {
          if (question.asker().replyTo().equals(gone.user())) {
            theirs.add(number);
          }
        });
    theirs.forEach(this::forget);
    return users.isEmpty() ? Behaviors.stopped() : this;
  }

  private Behavior<Object> onLoad(Load load) {
    PartitionRequest more =
        PartitionRequest.newBuilder()
            .setRequest(load.number())
            .setLoad(PartitionRequest.Load.getDefaultInstance())
            .build();
    if (!asked.containsKey(load.number())) {
      loads.fail(load.number(), new LeaderNotAvailableException("the bytes are gone"));
    } else if (!session.add(more)) {
      loads.fail(load.number(), Errors.THROTTLING_QUOTA_EXCEEDED.exception());
      close(load.number());
    }
    return this;
  }

  // From the broker.

  private Behavior<Object> onHeard(PartitionResponse answer) {
    long number = answer.getRequest();
    switch (answer.getAnswerCase()) {
      case APPENDED -> {
        close(number)
            .ifPresent(
                asker ->
                    asker
                        .replyTo()
                        .tell(Replies.appended(asker.correlation(), answer.getAppended())));
        return answer.getAppended().getError() == Errors.FENCED_LEADER_EPOCH.code()
            ? Behaviors.stopped()
            : this;
      }
      case DATA -> onData(number, answer.getData());
      case OFFSET_FOUND ->
          close(number)
              .ifPresent(
                  asker ->
                      asker
                          .replyTo()
                          .tell(Replies.offset(asker.correlation(), answer.getOffsetFound())));
      case BYTES -> onBytes(number, answer.getBytes());
      case LEADER_LOST -> {
        return Behaviors.stopped();
      }
      case ANSWER_NOT_SET -> getContext().getLog().debug("an answer that says nothing");
    }
    return this;
  }

  private void onData(long number, PartitionResponse.Data data) {
    Asked question = asked.get(number);
    if (question == null) {
      return;
    }
    Asker asker = question.asker();
    ReplicaReply.Data reply = Replies.data(asker.correlation(), data);
    if (!data.getBatches().isEmpty()) {
      close(number);
      asker
          .replyTo()
          .tell(
              new ReplicaReply.Offered(reply, Loads.arrived(FieldBytes.taken(data.getBatches()))));
    } else if (data.getSize() > 0) {
      asked.put(number, new Asked(asker, 0, true));
      asker.replyTo().tell(new ReplicaReply.Offered(reply, loads.offered(number, data.getSize())));
    } else {
      if (!data.getWaiting()) {
        close(number);
      }
      asker.replyTo().tell(reply);
    }
  }

  private void onBytes(long number, PartitionResponse.Bytes bytes) {
    close(number);
    if (bytes.getError() == Errors.NONE.code()) {
      loads.complete(number, FieldBytes.taken(bytes.getBatches()));
    } else {
      loads.fail(number, Errors.forCode((short) bytes.getError()).exception(bytes.getMessage()));
    }
  }

  private Behavior<Object> onStopped() {
    loads.close(new LeaderNotAvailableException("the way to the leader of a partition has ended"));
    List.copyOf(asked.keySet()).forEach(this::forget);
    onEnd.run();
    return this;
  }
}
