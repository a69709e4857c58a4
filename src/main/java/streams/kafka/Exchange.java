package streams.kafka;

import actors.broker.Node;
import actors.partition.ReplicaReply;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * One request and its answer. Everything here is called on the connection's thread; what completes
 * elsewhere is brought back to it.
 */
public interface Exchange {
  RequestHeader header();

  /** The parsed request, of the class that belongs to the handler's API. */
  AbstractRequest request();

  Node node();

  /** The client's address, as Kafka shows it: with a leading slash, without the port. */
  String clientHost();

  /** What the connection remembers between requests, such as its fetch sessions. */
  ConnectionState connection();

  /** The answer; sent when those before it have been. */
  void respond(ApiMessage response);

  /** The answer when it is there; a failed stage is answered as an error of its kind. */
  void respond(CompletionStage<? extends ApiMessage> response);

  /** Refuses the whole request in the form that its API has for that. */
  void refuse(Errors error, String message);

  /** Nothing is answered (acks=0); the request is over. */
  void respondNothing();

  /** The peer is not to be served any further; what was answered before goes out first. */
  void close();

  /**
   * Opens an address for replicas to answer to: messages to {@link #replies()} with the returned
   * correlation reach the listener, on this connection's thread, until {@link #forget} or the
   * answer.
   */
  long listen(Consumer<ReplicaReply> listener);

  void forget(long correlation);

  ActorRef<ReplicaReply> replies();

  /** Runs once after the delay, on this connection's thread, unless the request is over by then. */
  void after(long delayMillis, Runnable action);

  /**
   * Runs when the connection is lost before the answer: the place to call off what is under way.
   */
  void onAbandoned(Runnable action);
}
