package actors.partition;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.log.Corruption;
import storage.log.FetchRegion;
import storage.log.PartitionLog;
import storage.log.ReadOutcome;
import storage.record.RecordBatch;

/**
 * A leader's sessions with its followers: whole batches go out as long as each one's window has
 * room, with the marks of the moment. Confined to the leader's actor.
 */
final class Pushes {
  private static final Logger LOG = LoggerFactory.getLogger(Pushes.class);
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Surroundings around;
  private final PartitionLog log;
  private final Terms terms;
  private final Map<Integer, PushSession> sessions = new TreeMap<>();

  Pushes(Surroundings around, PartitionLog log, Terms terms) {
    this.around = around;
    this.log = log;
    this.terms = terms;
  }

  /**
   * A follower opens a session; the leader looks whether their logs agree.
   *
   * @return whether they do, and what it has fetched up to counts
   */
  boolean open(ReplicationMessage.Fetch fetch, Leader leader) {
    PushSession known = sessions.get(fetch.from());
    if (known != null && !known.isOlderThan(fetch)) {
      return false;
    }
    if (known != null && known.nextOffset() > fetch.endOffset()) {
      log.distrust(); // it was lost on the way, or it was damaged: then it is not sent again
    }
    close(fetch.from());
    Divergence divergence =
        Divergence.between(
            log.epochs(),
            log.replicatedRange(),
            fetch.lastEpoch(),
            fetch.endOffset(),
            hasNothing(fetch) ? log.batchStart(fetch.endOffset()) : fetch.endOffset());
    if (divergence instanceof Divergence.At at) {
      around.send(
          fetch.from(),
          new ReplicationMessage.Diverged(
              terms.epoch(), terms.brokerId(), fetch.session(), at.lastEpoch(), at.endOffset()));
      return false;
    }
    if (divergence instanceof Divergence.Restart restart) {
      around.send(
          fetch.from(),
          new ReplicationMessage.BeginAt(
              terms.epoch(), terms.brokerId(), fetch.session(), restart.offset()));
      return false;
    }
    ReplicationMessage.Marks marks = marks(leader);
    sessions.put(
        fetch.from(), new PushSession(fetch, marks, around.pushBudget(), around.monotonicMillis()));
    around.send(
        fetch.from(),
        new ReplicationMessage.Accepted(terms.epoch(), terms.brokerId(), fetch.session(), marks));
    return true;
  }

  private static boolean hasNothing(ReplicationMessage.Fetch fetch) {
    return fetch.startOffset() == fetch.endOffset();
  }

  /** Whether it is of a follower's present session, or opens a later one. */
  boolean isOfPresent(ReplicationMessage message) {
    PushSession known = sessions.get(message.from());
    if (message instanceof ReplicationMessage.Fetch fetch) {
      return known == null || known.isOlderThan(fetch);
    }
    return known != null
        && message instanceof ReplicationMessage.Progress progress
        && known.isMeantBy(progress);
  }

  /**
   * @return whether the follower speaks in its present session, and of offsets that the log has
   */
  boolean confirm(ReplicationMessage.Progress progress, Leader leader) {
    PushSession session = sessions.get(progress.from());
    if (session == null || !session.isMeantBy(progress)) {
      return false;
    }
    if (progress.endOffset() > leader.logEndOffset()
        || progress.heldOffset() > progress.endOffset()) {
      LOG.error(
          "broker {} claims {} of {}, whose log ends at {}",
          progress.from(),
          progress.endOffset(),
          log.partition(),
          leader.logEndOffset());
      return false;
    }
    session.confirmed(progress, around.monotonicMillis());
    return true;
  }

  void close(int follower) {
    PushSession closed = sessions.remove(follower);
    if (closed != null) {
      closed.close();
    }
  }

  /** The follower is taken for gone; should it be there after all, it hears of that. */
  void lost(int follower) {
    PushSession known = sessions.get(follower);
    if (known != null) {
      close(follower);
      around.send(
          follower, new ReplicationMessage.Closed(terms.epoch(), terms.brokerId(), known.number()));
    }
  }

  void keepOnly(Set<Integer> followers) {
    List.copyOf(sessions.keySet()).stream()
        .filter(follower -> !followers.contains(follower))
        .forEach(this::close);
  }

  /** The reign is over. */
  void closeAll() {
    keepOnly(Set.of());
  }

  /** Sends each follower what it lacks and has room for. */
  void push(Leader leader) {
    for (Map.Entry<Integer, PushSession> entry : sessions.entrySet()) {
      PushSession session = entry.getValue();
      while (session.nextOffset() < leader.logEndOffset() && session.hasRoom()) {
        if (!pushNext(entry.getKey(), session, leader)) {
          break;
        }
      }
    }
  }

  private boolean pushNext(int follower, PushSession session, Leader leader) {
    TokenBucket throttle = throttleOf(follower, leader);
    long allowedBytes = throttle.allowance(around.monotonicMillis());
    if (allowedBytes == 0) {
      around.tendSoon();
      return false;
    }
    if (session.nextOffset() < log.logStartOffset()
        && session.nextOffset() < log.replicatedRange().startOffset()) {
      return false; // deleted meanwhile: it asks anew once the marks tell it so
    }
    long roomBytes = Math.min(allowedBytes, session.windowBytes());
    int bytesMax = (int) Math.min(Limits.PUSH_BYTES_MAX, roomBytes);
    long readOffset = Math.max(session.nextOffset(), log.logStartOffset());
    ReadOutcome outcome = log.read(readOffset, bytesMax, leader.logEndOffset(), true);
    if (outcome instanceof Corruption damaged) {
      around.damaged(session.nextOffset(), damaged);
      return false;
    }
    if (!(outcome instanceof FetchRegion region) || region.isEmpty()) {
      LOG.error(
          "{} cannot be given to broker {} from offset {} on: {}",
          log.partition(),
          follower,
          session.nextOffset(),
          outcome);
      return false;
    }
    ByteBuffer bytes = region.readFully();
    long endOffset = trimToWholeBatches(bytes, session.nextOffset());
    if (!bytes.hasRemaining()) {
      return false;
    }
    int size = bytes.remaining();
    if (!around.pushBudget().reserve(size)) {
      around.tendSoon(); // others have it all under way just now
      return false;
    }
    throttle.take(size, around.monotonicMillis());
    long fromOffset = session.nextOffset();
    ReplicationMessage.Marks marks = marks(leader);
    for (int at = 0; at < size; at += Limits.PUSH_BYTES_MAX) {
      ByteBuffer part = bytes.slice(at, Math.min(Limits.PUSH_BYTES_MAX, size - at));
      around.send(
          follower,
          new ReplicationMessage.Push(
              terms.epoch(),
              terms.brokerId(),
              session.number(),
              fromOffset,
              endOffset,
              new ReplicationMessage.Part(at, size),
              marks,
              part));
    }
    session.pushed(endOffset, size, marks, around.monotonicMillis());
    return true;
  }

  /** Whom acks=all waits for is never slowed. */
  private TokenBucket throttleOf(int follower, Leader leader) {
    return leader.inSync().counts(follower) ? TokenBucket.UNLIMITED : around.leaderThrottle();
  }

  /**
   * A region may end within a batch; leaves the whole ones between position and limit.
   *
   * @return the offset after the last of them
   */
  private static long trimToWholeBatches(ByteBuffer bytes, long fromOffset) {
    int at = bytes.position();
    long endOffset = fromOffset;
    while (bytes.limit() - at >= RecordBatch.HEADER_SIZE) {
      int size = RecordBatch.size(bytes, at);
      if (size < RecordBatch.HEADER_SIZE || size > bytes.limit() - at) {
        break;
      }
      endOffset = RecordBatch.lastOffset(bytes, at) + 1;
      at += size;
    }
    bytes.limit(at);
    return endOffset;
  }

  /** Repeats what was lost, and tells followers without new batches how far all is committed. */
  void tend(Leader leader) {
    long now = around.monotonicMillis();
    ReplicationMessage.Marks marks = marks(leader);
    for (Map.Entry<Integer, PushSession> entry : sessions.entrySet()) {
      PushSession session = entry.getValue();
      session.goesBack(now);
      if (session.isIdle()
          && (!session.knows(marks) || session.isSilent(leader.logEndOffset(), now))) {
        session.told(marks, now);
        around.send(
            entry.getKey(),
            new ReplicationMessage.Push(
                terms.epoch(),
                terms.brokerId(),
                session.number(),
                session.nextOffset(),
                session.nextOffset(),
                ReplicationMessage.Part.whole(0),
                marks,
                NOTHING));
      }
    }
    push(leader);
  }

  /** Whether some follower is not known to know where the leader stands. */
  boolean hasNews(Leader leader) {
    ReplicationMessage.Marks marks = marks(leader);
    for (PushSession session : sessions.values()) {
      if (!session.isIdle() || !session.knows(marks) || !session.isAnswered()) {
        return true;
      }
    }
    return false;
  }

  private ReplicationMessage.Marks marks(Leader leader) {
    return new ReplicationMessage.Marks(leader.highWatermark(), log.logStartOffset());
  }
}
