package streams.kafka;

import actors.controller.PartitionImage;
import actors.controller.TopicImage;
import actors.partition.Replica;
import actors.partition.ReplicaReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.pekko.actor.typed.ActorRef;
import storage.log.FetchRegion;
import streams.net.Part;

/**
 * Fetch: asks the replica of each partition for a region of its log, and answers when there is
 * enough or the client has waited long enough. A replica that has nothing keeps the request and
 * answers again when it has; nothing is polled.
 */
final class FetchHandler implements ApiHandler {
  @Override
  public ApiKeys api() {
    return ApiKeys.FETCH;
  }

  @Override
  public void handle(Exchange exchange) {
    FetchRequest request = (FetchRequest) exchange.request();
    if (FetchRequest.isValidBrokerId(request.replicaId())) {
      exchange.refuse(
          Errors.INVALID_REQUEST, "replicas of this cluster do not fetch over Kafka's protocol");
      return;
    }
    FetchSessions.Resolved resolved = exchange.connection().fetchSessions().resolve(request.data());
    if (resolved.error() != Errors.NONE) {
      exchange.respond(new FetchResponseData().setErrorCode(resolved.error().code()));
      return;
    }
    if (resolved.wanted().size() > Limits.FETCH_PARTITIONS_MAX) {
      exchange.refuse(
          Errors.INVALID_REQUEST,
          "a fetch names at most " + Limits.FETCH_PARTITIONS_MAX + " partitions");
      return;
    }
    new Fetch(exchange, request.data(), resolved).start();
  }

  /** One fetch under way. Confined to the connection's thread. */
  private static final class Fetch {
    private final Exchange exchange;
    private final FetchRequestData request;
    private final FetchSessions.Resolved resolved;
    private final List<FetchedPartition> parts;
    private final int maxBytes;
    private int unanswered;
    private long bytes;
    private boolean urgent;
    private boolean armed;
    private boolean done;

    /** A partition of the fetch and the latest that its replica said. */
    private static final class FetchedPartition {
      private final FetchSessions.Wanted wanted;
      private Errors error = Errors.NONE;
      private Optional<ActorRef<Replica.Command>> replica = Optional.empty();
      private Optional<ReplicaReply.Data> data = Optional.empty();
      private OptionalInt nearest = OptionalInt.empty();
      private long correlation;
      private long waitPast;

      FetchedPartition(FetchSessions.Wanted wanted) {
        this.wanted = wanted;
      }

      int size() {
        return data.flatMap(ReplicaReply.Data::region).map(FetchRegion::size).orElse(0);
      }

      boolean waits() {
        return data.map(ReplicaReply.Data::waiting).orElse(false);
      }
    }

    Fetch(Exchange exchange, FetchRequestData request, FetchSessions.Resolved resolved) {
      this.exchange = exchange;
      this.request = request;
      this.resolved = resolved;
      this.parts = new ArrayList<>(resolved.wanted().size());
      this.maxBytes = Math.min(request.maxBytes(), exchange.node().configs().fetchBytesMax());
    }

    void start() {
      for (FetchSessions.Wanted wanted : resolved.wanted()) {
        FetchedPartition part = new FetchedPartition(wanted);
        parts.add(part);
        resolve(part);
        unanswered += part.replica.isPresent() ? 1 : 0;
      }
      exchange.onAbandoned(this::callOff);
      for (FetchedPartition part : parts) {
        part.replica.ifPresent(replica -> ask(part, replica, part.wanted.offset()));
      }
      if (unanswered == 0) {
        decide();
      }
    }

    /** Finds the partition's replica here, or says why there is none. */
    private void resolve(FetchedPartition part) {
      FetchSessions.Key key = part.wanted.key();
      boolean byId = exchange.header().apiVersion() >= 13;
      Optional<TopicImage> topic =
          byId
              ? exchange.node().metadata().topic(key.topicId())
              : exchange.node().metadata().topic(key.topic());
      if (topic.isEmpty()) {
        part.error = byId ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION;
      } else if (key.partition() < 0 || key.partition() >= topic.get().partitions().size()) {
        part.error = Errors.UNKNOWN_TOPIC_OR_PARTITION;
      } else {
        part.replica = exchange.node().replica(topic.get().name(), key.partition());
        part.error = part.replica.isPresent() ? Errors.NONE : Errors.NOT_LEADER_OR_FOLLOWER;
        part.nearest = nearest(topic.get().partitions().get(key.partition()));
      }
      urgent |= part.error != Errors.NONE || part.nearest.isPresent();
    }

    /** Where the client should rather read from; its version has to know of that. */
    private OptionalInt nearest(PartitionImage partition) {
      return exchange.node().configs().sendsConsumersToTheirRack()
              && exchange.header().apiVersion() >= 11
          ? NearestReplica.of(
              exchange.node().metadata(), partition, exchange.node().brokerId(), request.rackId())
          : OptionalInt.empty();
    }

    /**
     * @param waitPast the replica tells again once its readable end is past this offset
     */
    private void ask(FetchedPartition part, ActorRef<Replica.Command> replica, long waitPast) {
      if (part.correlation == 0) {
        part.correlation = exchange.listen(reply -> answered(part, (ReplicaReply.Data) reply));
      }
      part.waitPast = waitPast;
      replica.tell(
          new Replica.Read(
              part.correlation,
              part.wanted.offset(),
              Math.min(part.wanted.maxBytes(), maxBytes),
              true,
              committedOnly(),
              part.wanted.currentLeaderEpoch() < 0
                  ? OptionalInt.empty()
                  : OptionalInt.of(part.wanted.currentLeaderEpoch()),
              request.maxWaitMs() > 0 ? waitPast : Replica.Read.DO_NOT_WAIT,
              exchange.replies()));
    }

    private void answered(FetchedPartition part, ReplicaReply.Data data) {
      if (done) {
        return;
      }
      if (part.data.isEmpty()) {
        unanswered--;
      }
      bytes -= part.size();
      part.data = Optional.of(data);
      part.error = data.error();
      urgent |= data.error() != Errors.NONE || newsOfWatermarks(part, data);
      bytes += part.size();
      decide();
    }

    /**
     * A session's client is told at once that the log start has moved; of the high watermark with
     * the next data.
     */
    private boolean newsOfWatermarks(FetchedPartition part, ReplicaReply.Data data) {
      return resolved.incremental()
          && resolved.session().known(part.wanted.key()).logStartOffset() != data.logStartOffset();
    }

    private void decide() {
      if (unanswered > 0) {
        return;
      }
      if (urgent || bytes >= request.minBytes() || request.maxWaitMs() <= 0 || parts.isEmpty()) {
        answer();
      } else {
        waitForMore();
      }
    }

    private void waitForMore() {
      for (FetchedPartition part : parts) {
        long readableEnd = readableEnd(part.data.orElseThrow());
        // A replica that has no more than what was to be waited past keeps too many readers
        // already: asking again would get the same answer, over and over.
        if (!part.waits() && readableEnd > part.waitPast) {
          // It had something, but too little: it is to tell when it has more than that.
          part.replica.ifPresent(replica -> ask(part, replica, readableEnd));
          part.data = part.data.map(data -> data.asWaiting());
        }
      }
      if (!armed) {
        armed = true;
        exchange.after(request.maxWaitMs(), this::answer);
      }
    }

    private long readableEnd(ReplicaReply.Data data) {
      return committedOnly() ? data.lastStableOffset() : data.highWatermark();
    }

    private boolean committedOnly() {
      return request.isolationLevel() == IsolationLevel.READ_COMMITTED.id();
    }

    private void callOff() {
      done = true;
      for (FetchedPartition part : parts) {
        if (part.waits()) {
          part.replica.ifPresent(
              replica ->
                  replica.tell(new Replica.CancelRead(part.correlation, exchange.replies())));
        }
      }
    }

    private void answer() {
      if (done) {
        return;
      }
      callOff();
      List<FetchResponseData.FetchableTopicResponse> topics = new ArrayList<>();
      long room = maxBytes;
      LeaderHints hints = LeaderHints.of(exchange);
      for (FetchedPartition part : parts) {
        boolean fits = part.size() <= room || room == maxBytes;
        FetchResponseData.PartitionData data = toData(part, fits);
        room -= fits ? part.size() : 0;
        hints.addTo(data, part.wanted.key(), part.wanted.currentLeaderEpoch());
        if (worthTelling(part, fits)) {
          topicOf(topics, part).partitions().add(data);
        }
        remember(part, fits);
      }
      exchange.respond(
          hints.complete(
              new FetchResponseData().setSessionId(resolved.sessionId()).setResponses(topics)));
    }

    private boolean worthTelling(FetchedPartition part, boolean fits) {
      if (!resolved.incremental()
          || part.error != Errors.NONE
          || part.nearest.isPresent()
          || (fits && part.size() > 0)) {
        return true;
      }
      return part.data.isPresent()
          && !knownOf(part.data.get()).equals(resolved.session().known(part.wanted.key()));
    }

    private void remember(FetchedPartition part, boolean fits) {
      if (resolved.session() != null) {
        part.data.ifPresent(data -> resolved.session().told(part.wanted.key(), knownOf(data)));
        if (fits && part.size() > 0) {
          resolved.session().servedLast(part.wanted.key());
        }
      }
    }

    private static FetchSessions.Known knownOf(ReplicaReply.Data data) {
      return new FetchSessions.Known(data.highWatermark(), data.logStartOffset());
    }

    private static FetchResponseData.FetchableTopicResponse topicOf(
        List<FetchResponseData.FetchableTopicResponse> topics, FetchedPartition part) {
      String name = part.wanted.key().topic();
      Uuid id = part.wanted.key().topicId();
      if (!topics.isEmpty()) {
        FetchResponseData.FetchableTopicResponse last = topics.get(topics.size() - 1);
        if (last.topic().equals(name) && last.topicId().equals(id)) {
          return last;
        }
      }
      FetchResponseData.FetchableTopicResponse next =
          new FetchResponseData.FetchableTopicResponse().setTopic(name).setTopicId(id);
      topics.add(next);
      return next;
    }

    private static FetchResponseData.PartitionData toData(FetchedPartition part, boolean fits) {
      FetchResponseData.PartitionData answer =
          new FetchResponseData.PartitionData()
              .setPartitionIndex(part.wanted.key().partition())
              .setErrorCode(part.error.code())
              .setHighWatermark(-1)
              .setRecords(MemoryRecords.EMPTY);
      part.data.ifPresent(
          data -> {
            answer
                .setHighWatermark(data.highWatermark())
                .setLastStableOffset(data.lastStableOffset())
                .setLogStartOffset(data.logStartOffset());
            part.nearest.ifPresent(answer::setPreferredReadReplica);
            if (fits && part.nearest.isEmpty()) {
              data.region().ifPresent(region -> answer.setRecords(toRecords(region)));
            }
          });
      return answer;
    }

    private static RegionRecords toRecords(FetchRegion region) {
      return new RegionRecords(
          new Part.Region(new FileSource(region.file()), region.position(), region.size()));
    }
  }
}
