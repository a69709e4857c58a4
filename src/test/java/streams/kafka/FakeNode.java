package streams.kafka;

import actors.Outcome;
import actors.broker.DiskSpace;
import actors.broker.JournalQuorum;
import actors.broker.Node;
import actors.broker.NodeSettings;
import actors.config.BrokerConfigs;
import actors.controller.ClusterMetadata;
import actors.controller.Controller;
import actors.group.Groups;
import actors.partition.Replica;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;

/** Broker 1, whose image, controller and replicas the test plays. */
final class FakeNode implements Node {
  static final int ID = 1;

  private final ActorSystem<?> system;
  private final ActorRef<Controller.Command> controller;
  private final Map<String, ActorRef<Replica.Command>> replicas = new HashMap<>();
  private volatile ClusterMetadata image = Images.BROKERS;
  private Optional<JournalQuorum> quorum = Optional.empty();
  private Groups groups = new FakeGroups();
  private Map<String, String> brokerConfigs = Map.of();
  private CompletionStage<DiskSpace> disk =
      CompletableFuture.completedStage(new DiskSpace(1_000, 400));
  private CompletionStage<Long> nextProducerId = CompletableFuture.completedStage(42L);

  FakeNode(ActorSystem<?> system, ActorRef<Controller.Command> controller) {
    this.system = system;
    this.controller = controller;
  }

  FakeNode shows(ClusterMetadata next) {
    image = next;
    return this;
  }

  FakeNode configured(Map<String, String> configs) {
    brokerConfigs = configs;
    return this;
  }

  FakeNode runs(String topic, int partition, ActorRef<Replica.Command> replica) {
    replicas.put(topic + "-" + partition, replica);
    return this;
  }

  FakeNode hasNextProducerId(CompletionStage<Long> id) {
    nextProducerId = id;
    return this;
  }

  @Override
  public ActorSystem<?> system() {
    return system;
  }

  @Override
  public int brokerId() {
    return ID;
  }

  @Override
  public NodeSettings settings() {
    return new NodeSettings(
        ID, "127.0.0.1", 0, 0, "127.0.0.1", Optional.empty(), Path.of("unused"), brokerConfigs);
  }

  @Override
  public BrokerConfigs configs() {
    return BrokerConfigs.of(brokerConfigs)
        .fold(
            configs -> configs,
            refused -> {
              throw new AssertionError(refused.message());
            });
  }

  @Override
  public ClusterMetadata metadata() {
    return image;
  }

  @Override
  public Optional<ActorRef<Replica.Command>> replica(String topic, int partition) {
    return Optional.ofNullable(replicas.get(topic + "-" + partition));
  }

  @Override
  public Outcome<ActorRef<Replica.Command>> leader(String topic, int partition) {
    return replica(topic, partition)
        .map(Outcome::accepted)
        .orElseGet(() -> Outcome.refused(Errors.NOT_LEADER_OR_FOLLOWER, "another broker leads it"));
  }

  @Override
  public Groups groups() {
    return groups;
  }

  FakeNode coordinates(Groups coordinators) {
    groups = coordinators;
    return this;
  }

  @Override
  public ActorRef<Controller.Command> controller() {
    return controller;
  }

  @Override
  public CompletionStage<Long> nextProducerId() {
    return nextProducerId;
  }

  @Override
  public Optional<JournalQuorum> journalQuorum() {
    return quorum;
  }

  FakeNode keepsTheJournal(JournalQuorum seen) {
    quorum = Optional.of(seen);
    return this;
  }

  FakeNode hasDisk(CompletionStage<DiskSpace> space) {
    disk = space;
    return this;
  }

  @Override
  public CompletionStage<DiskSpace> diskSpace() {
    return disk;
  }

  @Override
  public long nowMillis() {
    return 1_700_000_000_000L;
  }
}
