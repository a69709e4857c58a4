package actors.group;

import actors.Outcome;
import actors.controller.ClusterMetadata;
import actors.controller.PartitionImage;
import actors.group.GroupEvent.Caller;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.Message;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Where requests to the coordinators of this broker are handed in, from any thread. Whatever
 * becomes of a coordinator, each request is answered: what it leaves behind is refused.
 */
final class CoordinatorDesks {
  private final Supplier<ClusterMetadata> image;
  private final Map<Integer, Desk> desks = new ConcurrentHashMap<>();
  private volatile ImageTopics topics = ImageTopics.of(ClusterMetadata.EMPTY);
  private final CompletableFuture<Boolean> there = new CompletableFuture<>();
  private volatile Shape shape = Shape.NONE;

  /**
   * Of the topic that holds the groups.
   *
   * @param partitionCount zero while there is no such topic
   */
  record Shape(int partitionCount, int batchBytesMax) {
    static final Shape NONE = new Shape(0, 0);
  }

  CoordinatorDesks(Supplier<ClusterMetadata> image) {
    this.image = image;
  }

  void follow(ImageTopics newTopics, Shape newShape) {
    topics = newTopics;
    shape = newShape;
    if (newShape.partitionCount() > 0) {
      there.complete(true);
    }
  }

  /** Completes when the topic that holds the groups has been there once. */
  CompletionStage<Boolean> there() {
    return there.minimalCompletionStage();
  }

  TopicsView topics() {
    return topics;
  }

  Shape shape() {
    return shape;
  }

  Desk open(int partition) {
    Desk desk = new Desk();
    desks.put(partition, desk);
    return desk;
  }

  void close(int partition) {
    Desk desk = desks.remove(partition);
    if (desk != null) {
      desk.close();
    }
  }

  void closeAll() {
    List.copyOf(desks.keySet()).forEach(this::close);
  }

  CompletionStage<Message> ask(
      String groupId, Caller caller, Message request, Optional<Watcher> watcher) {
    int count = shape.partitionCount();
    Desk desk = count == 0 ? null : desks.get(OffsetsTopic.partitionOf(groupId, count));
    return desk == null
        ? CompletableFuture.completedStage(Refusals.of(request, Errors.NOT_COORDINATOR))
        : desk.ask(groupId, caller, request, watcher);
  }

  /** As {@link Groups#coordinatorOf}. */
  Outcome<Integer> coordinatorOf(String groupId) {
    Optional<PartitionImage> partition = OffsetsTopic.find(image.get(), groupId);
    if (partition.isEmpty()) {
      return Outcome.refused(
          Errors.COORDINATOR_NOT_AVAILABLE, "topic %s is not there yet", OffsetsTopic.NAME);
    }
    return partition.get().hasLeader()
        ? Outcome.accepted(partition.get().leader())
        : Outcome.refused(
            Errors.COORDINATOR_NOT_AVAILABLE,
            "partition %d of topic %s has no leader",
            partition.get().partition(),
            OffsetsTopic.NAME);
  }

  /** As {@link Groups#list}. */
  Outcome<Collection<Groups.Listed>> list() {
    List<Groups.Listed> all = new ArrayList<>();
    for (Desk desk : desks.values()) {
      if (!desk.loaded) {
        return Outcome.refused(
            Errors.COORDINATOR_LOAD_IN_PROGRESS, "this broker does not know all its groups yet");
      }
      all.addAll(desk.listing().all());
    }
    return Outcome.accepted(all);
  }

  /** Of one coordinator. */
  static final class Desk {
    private final GroupListing listing = new GroupListing();
    private final Map<Long, Asked> unanswered = new ConcurrentHashMap<>();
    private final AtomicLong lastNumber = new AtomicLong();
    private volatile ActorRef<PartitionCoordinator.Command> coordinator;
    private volatile boolean loaded;
    private volatile boolean closed;

    private record Asked(Message request, CompletableFuture<Message> answer) {}

    private Desk() {}

    GroupListing listing() {
      return listing;
    }

    void staff(ActorRef<PartitionCoordinator.Command> actor) {
      coordinator = actor;
    }

    void loaded() {
      loaded = true;
    }

    private CompletionStage<Message> ask(
        String groupId, Caller caller, Message request, Optional<Watcher> watcher) {
      CompletableFuture<Message> answer = new CompletableFuture<>();
      long number = lastNumber.incrementAndGet();
      unanswered.put(number, new Asked(request, answer));
      var unused = answer.whenComplete((done, failure) -> unanswered.remove(number));
      ActorRef<PartitionCoordinator.Command> open = coordinator;
      if (closed || open == null) {
        answer.complete(Refusals.of(request, Errors.NOT_COORDINATOR));
      } else {
        open.tell(
            new PartitionCoordinator.AskGroup(
                groupId, new GroupSupervisor.Ask(caller, request, answer, watcher)));
      }
      return answer;
    }

    private void close() {
      closed = true;
      List.copyOf(unanswered.values())
          .forEach(
              asked ->
                  asked.answer().complete(Refusals.of(asked.request(), Errors.NOT_COORDINATOR)));
    }
  }
}
