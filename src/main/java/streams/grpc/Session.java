package streams.grpc;

import com.google.protobuf.ByteString;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.stream.BoundedSourceQueue;
import org.apache.pekko.stream.QueueOfferResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import streams.grpc.v1.PartitionRequest;
import streams.grpc.v1.PartitionResponse;

/**
 * One conversation with one broker: questions under numbers of their own, and to whom the answers
 * go. Any thread.
 */
final class Session {
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);

  private final BoundedSourceQueue<PartitionRequest> questions;
  private final Map<Long, ActorRef<Object>> askers = new ConcurrentHashMap<>();
  private final AtomicLong numbers = new AtomicLong();
  private final AtomicLong batchBytes = new AtomicLong();
  private volatile boolean over;

  /** To an asker: the broker has answered. */
  record Heard(PartitionResponse answer) {}

  /** To an asker: nothing more will be heard. */
  record Over() {}

  Session(BoundedSourceQueue<PartitionRequest> questions) {
    this.questions = questions;
  }

  /** For the next question. */
  long nextNumber() {
    return numbers.incrementAndGet();
  }

  /** Whether one more batch may be under way. */
  boolean hasRoom() {
    return batchBytes.get() < Limits.SESSION_BYTES_MAX;
  }

  /**
   * @param asker is told what is heard under the number until {@link #close}
   * @return false if too many questions wait to be sent; then it was not asked
   */
  boolean ask(PartitionRequest question, ActorRef<Object> asker) {
    askers.put(question.getRequest(), asker);
    if (questions.offer(question) == QueueOfferResult.enqueued()) {
      batchBytes.addAndGet(sizeOf(question));
      return true;
    }
    askers.remove(question.getRequest());
    return false;
  }

  /** More about a question that was asked: to load what was told of, or to forget it. */
  boolean add(PartitionRequest addition) {
    return questions.offer(addition) == QueueOfferResult.enqueued();
  }

  private static int sizeOf(PartitionRequest question) {
    ByteString batch = question.getAppend().getBatch();
    return batch.size();
  }

  /** Nobody waits for this answer any more. */
  void close(long number, int appendedBytes) {
    askers.remove(number);
    batchBytes.addAndGet(-appendedBytes);
  }

  void hear(PartitionResponse answer) {
    ActorRef<Object> asker = askers.get(answer.getRequest());
    if (asker != null) {
      asker.tell(new Heard(answer));
    }
  }

  /** Ends the conversation. */
  void end() {
    over = true;
    try {
      questions.complete();
    } catch (IllegalStateException endedAlready) {
      LOG.debug("the conversation has ended by itself: {}", endedAlready.getMessage());
    }
  }

  boolean isOver() {
    return over;
  }
}
