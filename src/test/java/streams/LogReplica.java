package streams;

import actors.partition.OffsetQuery;
import actors.partition.Replica;
import actors.partition.Replica.Append;
import actors.partition.Replica.CancelRead;
import actors.partition.Replica.FindOffset;
import actors.partition.Replica.Read;
import actors.partition.ReplicaReply.Data;
import actors.partition.ReplicaReply.OffsetFound;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import storage.log.FetchRegion;

/** A leader whose {@link ModelLog} is read, and may be appended to meanwhile. */
final class LogReplica extends AbstractBehavior<Replica.Command> {
  private final ModelLog log;
  private final FakeTransport transport;
  private final long startOffset;
  private final List<Read> waiting = new ArrayList<>();

  private LogReplica(
      ActorContext<Replica.Command> context,
      ModelLog log,
      FakeTransport transport,
      long startOffset) {
    super(context);
    this.log = log;
    this.transport = transport;
    this.startOffset = startOffset;
  }

  /**
   * @param startOffset what is before it is gone
   */
  static Behavior<Replica.Command> over(ModelLog log, FakeTransport transport, long startOffset) {
    return Behaviors.setup(context -> new LogReplica(context, log, transport, startOffset));
  }

  @Override
  public Receive<Replica.Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Append.class, this::onAppend)
        .onMessage(Read.class, this::onRead)
        .onMessage(CancelRead.class, this::onCancel)
        .onMessage(FindOffset.class, this::onFind)
        .build();
  }

  private Behavior<Replica.Command> onAppend(Append append) {
    ModelLog.Answer answer = log.append(append.records());
    FaultyReplica.answer(append, answer.error(), answer.baseOffset());
    List<Read> told = List.copyOf(waiting);
    waiting.clear();
    told.forEach(this::onRead);
    return this;
  }

  private Behavior<Replica.Command> onRead(Read read) {
    if (read.offset() < startOffset || read.offset() > log.endOffset()) {
      answer(read, Errors.OFFSET_OUT_OF_RANGE, Optional.empty(), false);
    } else if (log.endOffset() > read.waitPast()) {
      FetchRegion region = transport.region(log.read(read.offset(), read.maxBytes()));
      answer(read, Errors.NONE, Optional.of(region), false);
    } else {
      waiting.add(read);
      answer(read, Errors.NONE, Optional.empty(), true);
    }
    return this;
  }

  private void answer(Read read, Errors error, Optional<FetchRegion> region, boolean waits) {
    long end = log.endOffset();
    read.replyTo().tell(new Data(read.correlation(), error, region, end, end, startOffset, waits));
  }

  private Behavior<Replica.Command> onCancel(CancelRead cancel) {
    waiting.removeIf(read -> read.correlation() == cancel.correlation());
    return this;
  }

  private Behavior<Replica.Command> onFind(FindOffset find) {
    find.replyTo()
        .tell(new OffsetFound(find.correlation(), Errors.NONE, offset(find.query()), -1, -1));
    return this;
  }

  private long offset(OffsetQuery query) {
    if (query instanceof OffsetQuery.Earliest) {
      return startOffset;
    }
    return query instanceof OffsetQuery.ByTimestamp byTime
        ? log.offsetAt(byTime.timestampMillis())
        : log.endOffset();
  }
}
