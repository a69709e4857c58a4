package actors.partition;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import actors.Outcome;
import actors.config.BrokerConfigs;
import actors.controller.Controller;
import actors.controller.DamageReport;
import actors.controller.PartitionImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import storage.log.DirectoryIdentity;
import storage.log.LogDirectory;
import storage.log.SpaceWatcher;

/**
 * Three replicas of one partition on three disks, and a controller that confirms what a leader
 * proposes in the right epochs. Which of them hear each other is in the test's hand.
 */
final class ReplicaTrio implements AutoCloseable {
  static final PartitionId ID = new PartitionId(new Uuid(7, 7), "orders", 0);
  private static final List<Integer> BROKERS = List.of(1, 2, 3);

  private final ActorTestKit kit;
  private final Path root;
  private final Map<String, String> topic;
  private final BrokerConfigs configs;
  private final Map<Integer, WatchedDisk> disks = new TreeMap<>();
  private final Map<Integer, LogDirectory> directories = new TreeMap<>();
  private final Map<Integer, ActorRef<Replica.Command>> replicas = new ConcurrentHashMap<>();
  private final List<DamageReport> reports = new CopyOnWriteArrayList<>();
  private final Set<Integer> cut = ConcurrentHashMap.newKeySet();
  private final ActorRef<Controller.Command> controller;
  private volatile UnaryOperator<Replica.Command> way = UnaryOperator.identity();
  private volatile PartitionImage image =
      new PartitionImage(0, BROKERS, BROKERS, List.of(), 1, new LeaderEpoch(0), 0);

  ReplicaTrio(ActorTestKit kit, Path root, Map<String, String> topic, Map<String, String> broker) {
    this.kit = kit;
    this.root = root;
    this.topic = topic;
    this.configs = ((Outcome.Accepted<BrokerConfigs>) BrokerConfigs.of(broker)).value();
    this.controller =
        kit.spawn(
            Behaviors.receive(Controller.Command.class)
                .onMessage(
                    Controller.ProposeIsr.class,
                    proposal -> {
                      propose(proposal);
                      return Behaviors.same();
                    })
                .onMessage(
                    Controller.ReportDamage.class,
                    damaged -> {
                      withdraw(damaged);
                      return Behaviors.same();
                    })
                .build());
    BROKERS.forEach(this::start);
    announce();
  }

  private synchronized void propose(Controller.ProposeIsr proposal) {
    if (cut.contains(proposal.leader())
        || proposal.partitionEpoch() != image.partitionEpoch()
        || !proposal.leaderEpoch().equals(image.leaderEpoch())) {
      proposal.replyTo().tell(Outcome.refused(Errors.INVALID_UPDATE_VERSION, "stale"));
      return;
    }
    decide(List.copyOf(proposal.isr().keySet()), image.leader(), image.leaderEpoch());
    proposal.replyTo().tell(Outcome.accepted(image));
  }

  /** As the controller does: another member leads, or goes on to, in a new reign. */
  private synchronized void withdraw(Controller.ReportDamage damaged) {
    DamageReport report = damaged.report();
    List<Integer> others =
        image.isr().stream().filter(member -> member != report.brokerId()).toList();
    if (report.partitionEpoch() != image.partitionEpoch()
        || !report.leaderEpoch().equals(image.leaderEpoch())) {
      damaged.replyTo().tell(Outcome.refused(Errors.INVALID_UPDATE_VERSION, "stale"));
    } else if (others.isEmpty()) {
      damaged.replyTo().tell(Outcome.refused(Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE, "alone"));
    } else {
      reports.add(report);
      int leader = others.contains(image.leader()) ? image.leader() : others.get(0);
      decide(others, leader, image.leaderEpoch().next());
      damaged.replyTo().tell(Outcome.accepted(image));
    }
  }

  /** What was reported and carried out. */
  List<DamageReport> reports() {
    return reports;
  }

  private void decide(List<Integer> isr, int leader, LeaderEpoch epoch) {
    image =
        new PartitionImage(0, BROKERS, isr, List.of(), leader, epoch, image.partitionEpoch() + 1);
    announce();
  }

  private void announce() {
    replicas.forEach(
        (broker, replica) -> {
          if (!cut.contains(broker)) {
            tell(replica, broker);
          }
        });
  }

  private void tell(ActorRef<Replica.Command> replica, int broker) {
    replica.tell(
        new Replica.Assume(
            ID, image, topic, new BrokerEpoch(100 + broker), kit.system().ignoreRef()));
  }

  synchronized void start(int broker) {
    LogDirectory directory =
        LogDirectory.open(
            disks.computeIfAbsent(broker, id -> new WatchedDisk()),
            root.resolve("broker-" + broker),
            new DirectoryIdentity.Owner(broker, "cluster"),
            () -> "directory-" + broker);
    directories.put(broker, directory);
    ActorRef<Replica.Command> replica =
        kit.spawn(
            Replica.create(
                new ReplicaContext(
                    broker,
                    directory,
                    configs,
                    System::currentTimeMillis,
                    controller,
                    (id, to, command) -> deliver(broker, to, command)),
                "replica-" + broker));
    replicas.put(broker, replica);
    tell(replica, broker);
  }

  private void deliver(int from, int to, Replica.Command command) {
    ActorRef<Replica.Command> replica = replicas.get(to);
    if (replica != null && !cut.contains(from) && !cut.contains(to)) {
      replica.tell(way.apply(command));
    }
  }

  /** A clean stop. */
  synchronized void stop(int broker) {
    TestProbe<Done> closed = kit.createTestProbe(Done.class);
    replicas.remove(broker).tell(new Replica.Close(closed.ref()));
    closed.receiveMessage();
    directories.remove(broker).close();
  }

  /** It hears neither the controller nor asks others; what is said to it directly still comes. */
  void cutOff(int broker) {
    cut.add(broker);
  }

  /** What becomes of the first words of a session on their way, the sender's address among them. */
  void bend(UnaryOperator<Replica.Command> bent) {
    way = bent;
  }

  synchronized void join(int broker) {
    cut.remove(broker);
    tell(replicas.get(broker), broker);
  }

  /** The controller elects. */
  synchronized void elect(int leader, Integer... isr) {
    decide(List.of(isr), leader, image.leaderEpoch().next());
  }

  PartitionImage image() {
    return image;
  }

  ActorRef<Replica.Command> replica(int broker) {
    return replicas.get(broker);
  }

  WatchedDisk disk(int broker) {
    return disks.get(broker);
  }

  synchronized void keepFreeOn(int broker, long bytes) {
    directories.get(broker).keepFree(bytes, "the.setting", SpaceWatcher.SILENT);
  }

  Path logOf(int broker) {
    return root.resolve("broker-" + broker).resolve("orders-0");
  }

  @Override
  public void close() {
    List.copyOf(replicas.keySet()).forEach(this::stop);
  }
}
