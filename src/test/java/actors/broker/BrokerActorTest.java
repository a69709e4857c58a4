package actors.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import actors.Outcome;
import actors.config.BrokerConfigs;
import actors.controller.BrokerImage;
import actors.controller.BrokerRole;
import actors.controller.ClusterMetadata;
import actors.controller.Controller;
import actors.controller.PartitionImage;
import actors.controller.TopicImage;
import actors.partition.PartitionId;
import actors.partition.Replica;
import actors.partition.ReplicaContext;
import actors.partition.ReplicaReply;
import actors.partition.WatchedDisk;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;
import storage.log.DirectoryIdentity;
import storage.log.LogConfig;
import storage.log.LogDirectory;
import storage.record.Batches;

/** A broker with real replicas; the controller is played by the test. */
class BrokerActorTest {
  private static final int BROKER = 1;
  private static final String CLUSTER = "cluster";
  private static final BrokerEpoch EPOCH = new BrokerEpoch(17);
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final WatchedDisk DISK = new WatchedDisk();

  @TempDir static Path root;
  private static ActorTestKit testKit;
  private static LogDirectory directory;
  private static ReplicaRegion region;

  private final TestProbe<Controller.Command> controller =
      testKit.createTestProbe(Controller.Command.class);
  private final RunningReplicas replicas = new RunningReplicas();
  private final CompletableFuture<String> serving = new CompletableFuture<>();
  private volatile ClusterMetadata published = ClusterMetadata.EMPTY;
  private ActorRef<BrokerActor.Command> broker;
  private ActorRef<Controller.ImageChanged> images;
  private long version = EPOCH.value();
  private boolean stopped;

  @BeforeAll
  static void startActors() {
    testKit =
        ActorTestKit.create(
            "BrokerActorTest",
            ConfigFactory.parseString(
                    """
                    pekko.remote.artery.canonical { hostname = 127.0.0.1, port = 0 }
                    pekko.cluster.roles = ["%s"]
                    """
                        .formatted(BrokerRole.of(BROKER)))
                .withFallback(ConfigFactory.parseResources("granary-node.conf"))
                .withFallback(ConfigFactory.load()));
    directory =
        LogDirectory.open(
            DISK, root, new DirectoryIdentity.Owner(BROKER, CLUSTER), () -> "directory");
    Cluster cluster = Cluster.get(testKit.system());
    cluster.manager().tell(Join.create(cluster.selfMember().address()));
    region =
        ReplicaRegion.start(
            testKit.system(),
            peers ->
                new ReplicaContext(
                    BROKER,
                    directory,
                    BrokerConfigs.DEFAULTS,
                    System::currentTimeMillis,
                    testKit.system().ignoreRef(),
                    peers));
  }

  @AfterAll
  static void stopActors() {
    testKit.shutdownTestKit();
    directory.close();
  }

  @BeforeEach
  void start() {
    broker =
        testKit.spawn(
            BrokerActor.create(
                new BrokerActor.Wiring(
                    new NodeSettings(
                        BROKER,
                        "127.0.0.1",
                        0,
                        9_092,
                        "127.0.0.1",
                        Optional.empty(),
                        root,
                        Map.of()),
                    CLUSTER,
                    controller.ref(),
                    region,
                    replicas,
                    new DataDirectory(directory, ForkJoinPool.commonPool()),
                    EpochFile.of(DISK, directory),
                    image -> published = image,
                    serving)));
  }

  @AfterEach
  void stop() {
    DISK.writes().letGo();
    DISK.forces().letGo();
    if (!stopped) {
      stopBroker();
    }
    testKit.stop(broker);
  }

  @Nested
  class WhenItRegisters {
    @Test
    void repeatsItselfUntilItIsAnswered() {
      Controller.RegisterBroker first = next(Controller.RegisterBroker.class);
      Controller.RegisterBroker again = next(Controller.RegisterBroker.class);

      again.replyTo().tell(Outcome.accepted(new Controller.Registration(EPOCH, CLUSTER)));

      assertThat(again.incarnation()).isEqualTo(first.incarnation());
      assertThat(first.clusterId()).isEqualTo(CLUSTER);
      next(Controller.Subscribe.class);
    }

    @Test
    void saysThatItIsRefused() {
      next(Controller.RegisterBroker.class)
          .replyTo()
          .tell(Outcome.refused(Errors.INCONSISTENT_CLUSTER_ID, "another cluster"));

      assertThatThrownBy(() -> serving.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .hasCauseInstanceOf(NodeRefused.class)
          .hasMessageContaining("another cluster");
    }

    @Test
    void asksForTheImageUntilItComes() {
      register();

      next(Controller.Subscribe.class);
      next(Controller.Subscribe.class);
    }
  }

  @Nested
  class WithAnImage {
    private final TopicImage orders = topic("orders", 1);

    @BeforeEach
    void register() {
      BrokerActorTest.this.register();
    }

    @Test
    void isReadyWhenAllItsReplicasRun() {
      show(orders);

      Controller.BrokerReady ready = next(Controller.BrokerReady.class);

      assertThat(ready.epoch()).isEqualTo(EPOCH);
      assertThat(replicas.find("orders", 0)).isPresent();
      assertThat(replicas.find("orders", 1)).isPresent();
      assertThat(serving).isNotDone();
      assertThat(published.topic("orders")).contains(orders);
    }

    @Test
    void servesOnceItLeadsInTheEpochsOfTheImage() {
      show(orders);
      Controller.BrokerReady ready = next(Controller.BrokerReady.class);
      DISK.writes().hold();
      append("orders", testKit.createTestProbe(ReplicaReply.class));
      DISK.writes().awaitOne();

      show(next(orders));
      ready.replyTo().tell(Outcome.accepted(EPOCH));
      assertThat(serving).isNotDone();
      DISK.writes().letGo();

      assertThat(serving).succeedsWithin(PATIENCE).isEqualTo(CLUSTER);
    }

    @Test
    void registersAnewWhereAnotherRegistrationHasTakenItsPlace() {
      show(orders);
      Controller.BrokerReady ready = next(Controller.BrokerReady.class);
      BrokerEpoch later = new BrokerEpoch(EPOCH.value() + 10);

      ready.replyTo().tell(Outcome.refused(Errors.STALE_BROKER_EPOCH, "another life"));
      Controller.RegisterBroker anew = next(Controller.RegisterBroker.class);
      anew.replyTo().tell(Outcome.accepted(new Controller.Registration(later, CLUSTER)));
      assertThat(next(Controller.Subscribe.class).knownVersion()).isEqualTo(later.value());
      version = later.value();
      show(next(orders));
      Controller.BrokerReady readyAgain = next(Controller.BrokerReady.class);
      readyAgain.replyTo().tell(Outcome.accepted(later));

      assertThat(anew.previousEpoch()).contains(EPOCH);
      assertThat(readyAgain.epoch()).isEqualTo(later);
      assertThat(serving).succeedsWithin(PATIENCE).isEqualTo(CLUSTER);
    }

    @Test
    void registersAnewWhenAnImageHasItInAnotherLife() {
      show(orders);
      next(Controller.BrokerReady.class).replyTo().tell(Outcome.accepted(EPOCH));
      assertThat(serving).succeedsWithin(PATIENCE);

      BrokerImage other =
          new BrokerImage(
              BROKER, new BrokerEpoch(version + 1), "127.0.0.1", 9_092, Optional.empty(), true);
      show(TreePMap.singleton(BROKER, other), orders);

      next(Controller.RegisterBroker.class);
    }

    @Test
    void servesWithoutAnyTopic() {
      show();

      next(Controller.BrokerReady.class).replyTo().tell(Outcome.accepted(EPOCH));

      assertThat(serving).succeedsWithin(PATIENCE).isEqualTo(CLUSTER);
    }

    @Test
    void givesUpWhatItLeadsWhereItsDiskFailsAndOthersAreThere() {
      show(liveBrokers(BROKER, BROKER + 1), orders);
      next(Controller.BrokerReady.class).replyTo().tell(Outcome.accepted(EPOCH));
      TestProbe<ReplicaReply> producer = testKit.createTestProbe(ReplicaReply.class);

      DISK.writes().fail("Input/output error");
      append("orders", producer);

      assertThat(producer.expectMessageClass(ReplicaReply.Appended.class, PATIENCE).error())
          .isEqualTo(Errors.KAFKA_STORAGE_ERROR);
      assertThat(next(Controller.FenceBroker.class).brokerId()).isEqualTo(BROKER);
      DISK.writes().recover();
    }

    @Test
    void ignoresAnImageFromBeforeItsRegistration() {
      long registered = version;
      version = EPOCH.value() - 2;
      show(orders);
      version = registered;

      show(topic("other", 1));

      Awaitility.await().until(() -> replicas.find("other", 0).isPresent());
      assertThat(replicas.find("orders", 0)).isEmpty();
    }

    @Test
    void ignoresAnOlderImage() {
      show(orders);
      next(Controller.BrokerReady.class);
      version -= 2;

      show();
      version += 2;
      show(orders, topic("other", 1));

      Awaitility.await().until(() -> replicas.find("other", 0).isPresent());
      assertThat(replicas.find("orders", 0)).isPresent();
    }

    @Test
    void deletesTheReplicasOfADeletedTopic() {
      show(orders);
      next(Controller.BrokerReady.class);

      show();

      Awaitility.await()
          .untilAsserted(
              () -> {
                assertThat(replicas.find("orders", 0)).isEmpty();
                assertThat(directory.partitions()).isEmpty();
              });
    }

    @Test
    void startsATopicOfTheSameNameOnlyAfterTheDeletedOneHasLetGo() {
      TopicImage flushed =
          new TopicImage(orders.id(), "orders", Map.of("flush", "commit"), orders.partitions());
      show(flushed);
      next(Controller.BrokerReady.class);
      TestProbe<ReplicaReply> producer = testKit.createTestProbe(ReplicaReply.class);
      DISK.forces().hold();
      append("orders", producer);
      DISK.forces().awaitOne();
      ActorRef<Replica.Command> old = replicas.find("orders", 0).orElseThrow();

      TopicImage again = topic("orders", 1);
      show(again);
      producer.receiveMessage();
      DISK.forces().letGo();

      ActorRef<Replica.Command> replica =
          Awaitility.await()
              .until(
                  () -> replicas.find("orders", 0).filter(found -> !found.equals(old)),
                  Optional::isPresent)
              .orElseThrow();
      append("orders", producer);
      assertThat(((ReplicaReply.Appended) producer.receiveMessage()).error())
          .isEqualTo(Errors.NONE);
      assertThat(replica.path().name()).contains(again.id().toString());
    }

    @Test
    void startsAReplicaAgainThatHasStoppedByItself() {
      show(orders);
      next(Controller.BrokerReady.class);
      ActorRef<Replica.Command> broken = replicas.find("orders", 0).orElseThrow();

      breakARule(broken);

      Awaitility.await()
          .until(
              () -> replicas.find("orders", 0).filter(found -> !found.equals(broken)).isPresent());
      TestProbe<ReplicaReply> producer = testKit.createTestProbe(ReplicaReply.class);
      append("orders", producer);
      assertThat(((ReplicaReply.Appended) producer.receiveMessage()).error())
          .isEqualTo(Errors.NONE);
    }

    @Test
    void stopsThoughOneOfItsReplicasHas() {
      show(orders);
      next(Controller.BrokerReady.class);
      ActorRef<Replica.Command> broken = replicas.find("orders", 0).orElseThrow();
      breakARule(broken);
      testKit.createTestProbe().expectTerminated(broken, PATIENCE);

      stopBroker();
    }

    private void breakARule(ActorRef<Replica.Command> replica) {
      PartitionImage earlier =
          new PartitionImage(
              0, List.of(BROKER), List.of(BROKER), List.of(), BROKER, new LeaderEpoch(0), 99);
      replica.tell(
          new Replica.Assume(
              new PartitionId(orders.id(), "orders", 0),
              earlier,
              Map.of(),
              EPOCH,
              testKit.system().ignoreRef()));
    }
  }

  @Nested
  class WhenItsDirectoryHoldsMoreThanTheImage {
    @Test
    void removesThePartitionsOfTopicsThatAreGone() {
      directory.closePartition(
          directory.openPartition(
              "stray", 0, Uuid.randomUuid().toString(), LogConfig.defaults(), 0));
      register();

      show(topic("orders", 1));

      next(Controller.BrokerReady.class);
      assertThat(directory.partitions())
          .extracting(storage.log.PartitionName::topic)
          .containsOnly("orders");
    }
  }

  @Nested
  class WhenItHandsOutProducerIds {
    private final TestProbe<Long> asker = testKit.createTestProbe(Long.class);

    @BeforeEach
    void register() {
      BrokerActorTest.this.register();
      show();
    }

    @Test
    void asksForABlockOnceItsOwnIsUsedUp() {
      List<Long> ids = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        broker.tell(new BrokerActor.NextProducerId(asker.ref()));
      }

      for (long first = 10; first < 16; first += 2) {
        next(Controller.AllocateProducerIds.class)
            .replyTo()
            .tell(Outcome.accepted(new Controller.ProducerIdBlock(first, 2)));
      }
      for (int i = 0; i < 5; i++) {
        ids.add(asker.receiveMessage(PATIENCE));
      }

      assertThat(ids).containsExactly(10L, 11L, 12L, 13L, 14L);
    }

    @Test
    void asksAgainWhenNobodyAnswers() {
      broker.tell(new BrokerActor.NextProducerId(asker.ref()));
      next(Controller.AllocateProducerIds.class);

      Controller.AllocateProducerIds again = next(Controller.AllocateProducerIds.class);
      again.replyTo().tell(Outcome.accepted(new Controller.ProducerIdBlock(10, 2)));

      assertThat(asker.receiveMessage()).isEqualTo(10L);
      assertThat(again.epoch()).isEqualTo(EPOCH);
    }
  }

  private void register() {
    next(Controller.RegisterBroker.class)
        .replyTo()
        .tell(Outcome.accepted(new Controller.Registration(EPOCH, CLUSTER)));
    images = next(Controller.Subscribe.class).subscriber();
  }

  private void stopBroker() {
    TestProbe<Done> done = testKit.createTestProbe(Done.class);
    broker.tell(new BrokerActor.Stop(done.ref()));
    done.receiveMessage(PATIENCE);
    stopped = true;
  }

  /** The next order of this kind; the broker repeats others meanwhile. */
  private <T extends Controller.Command> T next(Class<T> type) {
    Controller.Command order = controller.receiveMessage(PATIENCE);
    while (!type.isInstance(order)) {
      order = controller.receiveMessage(PATIENCE);
    }
    return type.cast(order);
  }

  private void append(String topic, TestProbe<ReplicaReply> producer) {
    replicas
        .find(topic, 0)
        .orElseThrow()
        .tell(
            new Replica.Append(
                1, Batches.of(1, System.currentTimeMillis()), (short) -1, producer.ref()));
  }

  private void show(TopicImage... topics) {
    show(TreePMap.empty(), topics);
  }

  private static PSortedMap<Integer, BrokerImage> liveBrokers(int... ids) {
    PSortedMap<Integer, BrokerImage> brokers = TreePMap.empty();
    for (int id : ids) {
      brokers =
          brokers.plus(id, new BrokerImage(id, EPOCH, "127.0.0.1", 9_092, Optional.empty(), false));
    }
    return brokers;
  }

  private void show(PSortedMap<Integer, BrokerImage> brokers, TopicImage... topics) {
    PSortedMap<String, TopicImage> byName = TreePMap.empty();
    PMap<Uuid, String> names = HashTreePMap.empty();
    for (TopicImage topic : topics) {
      byName = byName.plus(topic.name(), topic);
      names = names.plus(topic.id(), topic.name());
    }
    images.tell(
        new Controller.ImageChanged(
            new ClusterMetadata(++version, CLUSTER, 1, BROKER, byName, names, brokers, 0)));
  }

  /** Two partitions on this broker. */
  private static TopicImage topic(String name, int epoch) {
    return new TopicImage(
        Uuid.randomUuid(), name, Map.of(), List.of(partition(0, epoch), partition(1, epoch)));
  }

  /** The same topic after elections. */
  private static TopicImage next(TopicImage topic) {
    return new TopicImage(
        topic.id(), topic.name(), topic.configs(), List.of(partition(0, 2), partition(1, 2)));
  }

  private static PartitionImage partition(int index, int epoch) {
    return new PartitionImage(
        index, List.of(BROKER), List.of(BROKER), List.of(), BROKER, new LeaderEpoch(epoch), epoch);
  }
}
