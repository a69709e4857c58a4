package actors.group;

import actors.Outcome;
import actors.config.BrokerConfigs;
import actors.controller.ClusterMetadata;
import actors.controller.Controller;
import actors.controller.TopicImage;
import actors.group.GroupEvent.Caller;
import actors.partition.Replica;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.Message;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.AskPattern;

/** Starts what coordinates groups on a broker, and is the way to it. */
public final class GroupsOfBroker implements Groups {
  private final Broker broker;
  private final CoordinatorDesks desks;
  private final ActorRef<GroupCoordinators.Command> coordinators;
  private final CoordinatorAccess access;
  private final AtomicReference<CompletableFuture<Outcome<Boolean>>> creation =
      new AtomicReference<>();

  /**
   * The broker.
   *
   * @param nodeCount how many nodes the cluster is to have
   * @param controller wherever it runs
   * @param image the newest that has reached the broker
   * @param addresses of the brokers that can be reached, as Pekko writes them
   * @param replicas its own, of the topic of offsets, by partition
   * @param blocking where files may be read
   * @param nowMillis wall clock
   */
  public record Broker(
      ActorSystem<?> system,
      int brokerId,
      BrokerConfigs configs,
      int nodeCount,
      ActorRef<Controller.Command> controller,
      Supplier<ClusterMetadata> image,
      IntFunction<Optional<String>> addresses,
      IntFunction<Optional<ActorRef<Replica.Command>>> replicas,
      Executor blocking,
      LongSupplier nowMillis) {}

  private GroupsOfBroker(Broker broker) {
    this.broker = broker;
    this.desks = new CoordinatorDesks(broker.image());
    this.coordinators =
        broker
            .system()
            .systemActorOf(GroupCoordinators.create(broker, desks), "groups", Props.empty());
    this.access =
        new CoordinatorAccess(
            broker.system(), broker.brokerId(), broker.image(), broker.addresses(), desks);
    broker
        .system()
        .systemActorOf(
            GroupGate.create(broker.brokerId(), broker.image(), desks),
            GroupGate.NAME,
            Props.empty());
    var unused = broker.system().getWhenTerminated().thenRun(desks::closeAll);
  }

  public static GroupsOfBroker start(Broker broker) {
    return new GroupsOfBroker(broker);
  }

  /** The broker knows a newer image. */
  public void follow(ClusterMetadata image) {
    coordinators.tell(new GroupCoordinators.ImageChanged(image));
  }

  @Override
  public CompletionStage<Message> ask(String groupId, Caller caller, Message request) {
    return desks.ask(groupId, caller, request, Optional.empty());
  }

  @Override
  public CompletionStage<Message> askCoordinator(
      String groupId, Caller caller, Message request, Optional<Watcher> watcher) {
    return prepare()
        .thenCompose(
            prepared ->
                prepared.fold(
                    there -> access.ask(groupId, caller, request, watcher),
                    refused ->
                        CompletableFuture.completedStage(
                            Refusals.of(request, refused.error(), refused.message()))));
  }

  @Override
  public Outcome<Integer> coordinatorOf(String groupId) {
    return desks.coordinatorOf(groupId);
  }

  @Override
  public Outcome<Collection<Listed>> list() {
    return desks.list();
  }

  /** However many ask, it is created once. */
  @Override
  public CompletionStage<Outcome<Boolean>> prepare() {
    if (desks.shape().partitionCount() > 0) {
      return CompletableFuture.completedStage(Outcome.accepted(true));
    }
    CompletableFuture<Outcome<Boolean>> mine = new CompletableFuture<>();
    CompletableFuture<Outcome<Boolean>> other = creation.compareAndExchange(null, mine);
    if (other != null) {
      return other;
    }
    var unused =
        create()
            .thenCompose(this::onceThere)
            .exceptionally(failure -> notThere(failure.getMessage()))
            .thenAccept(
                outcome -> {
                  creation.set(null);
                  mine.complete(outcome);
                });
    return mine;
  }

  private CompletionStage<Outcome<TopicImage>> create() {
    BrokerConfigs configs = broker.configs();
    int replicas = Math.min(configs.offsetsReplicationFactor(), Math.max(1, broker.nodeCount()));
    return AskPattern.ask(
        broker.controller(),
        replyTo -> new Controller.CreateTopic(OffsetsTopic.spec(configs, replicas), false, replyTo),
        Limits.CREATION_PATIENCE,
        broker.system().scheduler());
  }

  /** Another broker's client may have been first. */
  private CompletionStage<Outcome<Boolean>> onceThere(Outcome<TopicImage> created) {
    Outcome<Boolean> result =
        created.fold(
            topic -> Outcome.accepted(true),
            refused ->
                refused.error() == Errors.TOPIC_ALREADY_EXISTS
                    ? Outcome.accepted(true)
                    : notThere(refused.message()));
    if (result instanceof Outcome.Refused<Boolean>) {
      return CompletableFuture.completedStage(result);
    }
    return desks
        .there()
        .toCompletableFuture()
        .thenApply(there -> result)
        .completeOnTimeout(
            notThere("it has not reached this broker yet"),
            Limits.CREATION_PATIENCE.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private static Outcome<Boolean> notThere(String why) {
    return Outcome.refused(
        Errors.COORDINATOR_NOT_AVAILABLE, "topic %s is not there: %s", OffsetsTopic.NAME, why);
  }
}
