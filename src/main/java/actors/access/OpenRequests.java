package actors.access;

import actors.partition.ReplicaReply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.typed.ActorRef;

/** What a far replica has been asked and has not answered for good, under numbers of its own. */
final class OpenRequests {
  private final Map<Long, Request> requests = new HashMap<>();
  private final Map<Asker, Long> byAsker = new HashMap<>();

  /** Bytes that were told of and may be loaded, by request. */
  private final Map<Long, Integer> offered = new HashMap<>();

  /** Bytes under way, by request. */
  private final Map<Long, Integer> underWay = new HashMap<>();

  private long underWayBytes;
  private long count;

  /** Whom an answer is for, and the correlation that it knows it by. */
  record Asker(ActorRef<ReplicaReply> replyTo, long correlation) {}

  /** Makes the refusal of a request, in the form of its reply. */
  interface Refusal {
    ReplicaReply of(Errors error, String sentence);
  }

  record Request(Asker asker, Refusal refusal) {
    void refuse(Errors error, String sentence) {
      asker.replyTo().tell(refusal.of(error, sentence));
    }
  }

  /**
   * @return its number
   */
  long open(Request request) {
    long number = count++;
    requests.put(number, request);
    byAsker.put(request.asker(), number);
    return number;
  }

  Optional<Asker> asker(long number) {
    return Optional.ofNullable(requests.get(number)).map(Request::asker);
  }

  Optional<Long> numberOf(Asker asker) {
    return Optional.ofNullable(byAsker.get(asker));
  }

  /** It is answered for good, or nobody wants it any more. */
  Optional<Asker> close(long number) {
    arrived(number);
    offered.remove(number);
    Optional<Asker> asker = Optional.ofNullable(requests.remove(number)).map(Request::asker);
    asker.ifPresent(gone -> byAsker.remove(gone, number));
    return asker;
  }

  void offered(long number, int bytes) {
    offered.put(number, bytes);
  }

  boolean isOffered(long number) {
    return offered.containsKey(number);
  }

  /** What was told of is being loaded, if it still is to be had. */
  boolean loading(long number) {
    Integer bytes = offered.remove(number);
    if (bytes != null) {
      sent(number, bytes);
    }
    return bytes != null;
  }

  /** Bytes of the request are under way. */
  void sent(long number, int bytes) {
    underWay.put(number, bytes);
    underWayBytes += bytes;
  }

  void arrived(long number) {
    Integer bytes = underWay.remove(number);
    if (bytes != null) {
      underWayBytes -= bytes;
    }
  }

  boolean isUnderWay(long number) {
    return underWay.containsKey(number);
  }

  List<Long> of(ActorRef<ReplicaReply> replyTo) {
    List<Long> numbers = new ArrayList<>();
    requests.forEach(
        (number, request) -> {
          if (request.asker().replyTo().equals(replyTo)) {
            numbers.add(number);
          }
        });
    return numbers;
  }

  List<Request> all() {
    return List.copyOf(requests.values());
  }

  long underWayBytes() {
    return underWayBytes;
  }

  int size() {
    return requests.size();
  }

  boolean isEmpty() {
    return requests.isEmpty();
  }
}
