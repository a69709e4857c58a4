package clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import streams.grpc.Elsewhere;
import streams.grpc.GranaryClient;

/**
 * kill -9 of brokers under the streams of a program that holds none: each record arrives once, and
 * in order of its key. Kills follow the records that are acknowledged, not time. {@code
 * -Dsurvival.records=1000000 -Dsurvival.kills=10} makes more of it.
 */
class StreamSurvivalIT {
  private static final int RECORDS = Integer.getInteger("survival.records", 100_000);

  /** A broker's restart costs more than a failover, and all of that on each build. */
  private static final int RESTARTS = Integer.getInteger("survival.kills", 2);

  private static final int FAILOVERS = Integer.getInteger("survival.kills", 1);
  private static final int PARTITIONS = 6;
  private static final int PATIENCE_SECONDS = 60;

  private static ActorTestKit program;

  @BeforeAll
  static void begin() {
    Assumptions.assumeTrue(BrokerProgram.isGranary(), "Kafka serves no gRPC clients");
    program = Elsewhere.kit();
  }

  @AfterAll
  static void end() {
    if (program != null) {
      program.shutdownTestKit();
    }
  }

  private static GranaryClient connect(String endpoints) {
    return GranaryClient.connect(program.system(), endpoints)
        .toCompletableFuture()
        .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .join();
  }

  private static StreamLoad load(GranaryClient client, String topic, int kills) {
    return new StreamLoad(client, program.system(), topic, PARTITIONS, RECORDS, kills);
  }

  /**
   * @param sinceNanos when this was the case
   */
  private static void report(int kill, String what, long sinceNanos, StreamLoad load) {
    System.out.printf("kill %d, %s: %s%n", kill + 1, what, load.pauses(sinceNanos));
  }

  @Test
  void aLoneBrokerThatComesBackEachTime() {
    BrokerSettings settings = BrokerSettings.defaults().withGrpc();
    try (RunningBroker broker = RunningBroker.start(settings);
        GranaryClient client = connect("127.0.0.1:" + broker.grpcPort())) {
      String topic = Clients.newTopic(broker, "survived", PARTITIONS, Map.of());
      StreamLoad load = load(client, topic, RESTARTS);
      for (int kill = 0; kill < RESTARTS; kill++) {
        load.open(kill);
        load.awaitHalf(kill);
        broker.kill9();
        broker.restart();
        long back = System.nanoTime();
        load.awaitAll(kill);
        report(kill, "the broker is back", back, load);
      }
      load.finishFlawless();
      try (Admin admin = Clients.admin(broker)) {
        assertHoldsNothingElse(admin, topic, load);
      }
      broker.assertUnharmed();
    }
  }

  @Test
  void leadersAmongThree() {
    String topic = "survived";
    try (RunningCluster cluster = RunningCluster.preparedWithGrpc().start(new Random());
        GranaryClient client = connect(cluster.grpcEndpoints())) {
      cluster.createTopic(topic, PARTITIONS);
      StreamLoad load = load(client, topic, FAILOVERS);
      for (int kill = 0; kill < FAILOVERS; kill++) {
        ClusterNode victim = victim(cluster, topic, kill);
        load.open(kill);
        load.awaitHalf(kill);
        victim.kill9();
        long gone = System.nanoTime();
        load.awaitAll(kill);
        report(kill, victim + " is gone", gone, load);
        if (kill < FAILOVERS - 1) {
          victim.start();
          cluster.awaitFormed();
          cluster.awaitInSync(topic);
        }
      }
      load.finishFlawless();
      try (Admin admin = cluster.admin()) {
        assertHoldsNothingElse(admin, topic, load);
      }
      cluster.assertUnharmed();
    }
  }

  /** In turns the controller and leaders of partitions. */
  private static ClusterNode victim(RunningCluster cluster, String topic, int kill) {
    return kill % 3 == 0 ? cluster.controller() : cluster.leader(topic, kill % PARTITIONS);
  }

  /** Nothing came after what was read, either. */
  private static void assertHoldsNothingElse(Admin admin, String topic, StreamLoad load) {
    List<TopicPartition> partitions =
        IntStream.range(0, PARTITIONS)
            .mapToObj(partition -> new TopicPartition(topic, partition))
            .toList();
    for (TopicPartition partition : partitions) {
      assertThat(
              Clients.result(
                      admin
                          .listOffsets(Map.of(partition, OffsetSpec.latest()))
                          .partitionResult(partition))
                  .offset())
          .as("end of %s", partition)
          .isEqualTo(load.expectedEnd(partition.partition()));
    }
  }
}
