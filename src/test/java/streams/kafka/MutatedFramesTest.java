package streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import actors.Outcome;
import actors.controller.Controller;
import actors.controller.TopicImage;
import actors.partition.Replica;
import actors.partition.ReplicaReply;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.testkit.javadsl.TestSink;
import org.apache.pekko.stream.testkit.javadsl.TestSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import storage.record.Batches;
import streams.net.MemoryBudget;
import streams.net.Outgoing;

/**
 * Frames as a broken or hostile client sends them: a connection may close, but it never fails,
 * never forgets the memory it took and never stops answering the others.
 */
class MutatedFramesTest {
  private static final int FRAMES_PER_SEED = 20;
  private static final ActorTestKit TEST_KIT = ActorTestKit.create();

  private final TopicImage orders = Images.topic("orders", Images.partition(0, 1, 1));
  private final FakeNode node =
      new FakeNode(TEST_KIT.system(), TEST_KIT.spawn(refusingController()))
          .shows(Images.of(orders))
          .runs("orders", 0, TEST_KIT.spawn(answeringReplica()));
  private final MemoryBudget budget = new MemoryBudget(1 << 20);
  private final ApiTable apis = Handlers.table(new ProduceHandler(), new FetchHandler());

  static LongStream seeds() {
    Long seed = Long.getLong("seed");
    return seed != null ? LongStream.of(seed) : LongStream.range(0, 20);
  }

  @AfterAll
  static void stopActors() {
    TEST_KIT.shutdownTestKit();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void neverFailAConnectionNorLoseMemory(long seed) {
    Random random = new Random(seed);
    List<ByteBuffer> samples = samples();

    for (int i = 0; i < FRAMES_PER_SEED; i++) {
      ByteBuffer frame = mutated(samples.get(random.nextInt(samples.size())), random);
      String situation = "seed " + seed + ", frame " + i + " (-Dseed=" + seed + " to repeat)";

      Optional<Throwable> failure = failureOf(frame);

      assertThat(failure).as(situation).isEmpty();
      Awaitility.await(situation)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(2))
          .until(() -> budget.usedBytes() == 0);
    }
  }

  @Test
  void samplesAreAnsweredAsTheyAre() {
    for (ByteBuffer sample : samples()) {
      assertThat(failureOf(sample)).isEmpty();
    }
  }

  /** What ends a connection that gets the frame and then a request that is in order. */
  private Optional<Throwable> failureOf(ByteBuffer frame) {
    var connected =
        TestSource.<ByteBuffer>create(TEST_KIT.system())
            .via(new KafkaConnection(node, apis, budget, "test"))
            .watchTermination(Keep.both())
            .toMat(TestSink.<Outgoing>create(TEST_KIT.system()), Keep.both())
            .run(TEST_KIT.system());
    var client = connected.first().first();
    var ended = connected.first().second().toCompletableFuture();
    var answers = connected.second();
    answers.request(100);
    client.sendNext(frame);
    client.sendNext(versions());
    if (!ended.isDone()) {
      client.sendComplete();
    }
    try {
      ended.get(20, java.util.concurrent.TimeUnit.SECONDS);
      return Optional.empty();
    } catch (java.util.concurrent.ExecutionException failed) {
      return Optional.of(failed.getCause());
    } catch (InterruptedException | java.util.concurrent.TimeoutException other) {
      return Optional.of(other);
    }
  }

  private static ByteBuffer mutated(ByteBuffer sample, Random random) {
    byte[] bytes = new byte[sample.remaining()];
    sample.duplicate().get(bytes);
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt();
        case 2 -> bytes[at] = (byte) (random.nextBoolean() ? 0xFF : 0x7F);
        default -> bytes = java.util.Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length + 8));
      }
    }
    return ByteBuffer.wrap(bytes);
  }

  private List<ByteBuffer> samples() {
    List<ByteBuffer> frames = new ArrayList<>();
    for (ApiMessage request :
        List.of(produce(), fetch(), metadata(), listOffsets(), describeConfigs())) {
      ApiKeys api = ApiKeys.forId(request.apiKey());
      frames.add(Wire.frame(new RequestHeader(api, api.latestVersion(false), "test", 1), request));
    }
    frames.add(versions());
    return frames;
  }

  private static ByteBuffer versions() {
    return Wire.frame(
        new RequestHeader(ApiKeys.API_VERSIONS, (short) 3, "test", 2),
        new ApiVersionsRequestData().setClientSoftwareName("test").setClientSoftwareVersion("1"));
  }

  private ProduceRequestData produce() {
    ProduceRequestData request = new ProduceRequestData().setAcks((short) 1).setTimeoutMs(1_000);
    ProduceRequestData.TopicProduceData data =
        new ProduceRequestData.TopicProduceData().setTopicId(orders.id());
    data.partitionData()
        .add(
            new ProduceRequestData.PartitionProduceData()
                .setIndex(0)
                .setRecords(MemoryRecords.readableRecords(Batches.of(3, node.nowMillis()))));
    request.topicData().add(data);
    return request;
  }

  private FetchRequestData fetch() {
    FetchRequestData request = new FetchRequestData().setMinBytes(1).setMaxWaitMs(500);
    FetchRequestData.FetchTopic topic = new FetchRequestData.FetchTopic().setTopicId(orders.id());
    topic
        .partitions()
        .add(new FetchRequestData.FetchPartition().setPartition(0).setPartitionMaxBytes(1_000));
    request.topics().add(topic);
    return request;
  }

  private static MetadataRequestData metadata() {
    MetadataRequestData request = new MetadataRequestData().setAllowAutoTopicCreation(true);
    request
        .topics()
        .add(
            new MetadataRequestData.MetadataRequestTopic()
                .setName("orders")
                .setTopicId(Uuid.ZERO_UUID));
    return request;
  }

  private static ListOffsetsRequestData listOffsets() {
    ListOffsetsRequestData.ListOffsetsTopic topic =
        new ListOffsetsRequestData.ListOffsetsTopic().setName("orders");
    topic
        .partitions()
        .add(
            new ListOffsetsRequestData.ListOffsetsPartition()
                .setPartitionIndex(0)
                .setTimestamp(-1));
    return new ListOffsetsRequestData().setReplicaId(-1).setTopics(List.of(topic));
  }

  private static DescribeConfigsRequestData describeConfigs() {
    return new DescribeConfigsRequestData()
        .setResources(
            List.of(
                new DescribeConfigsRequestData.DescribeConfigsResource()
                    .setResourceType((byte) 2)
                    .setResourceName("orders")));
  }

  private static Behavior<Replica.Command> answeringReplica() {
    return Behaviors.receiveMessage(
        command -> {
          if (command instanceof Replica.Append append) {
            append
                .replyTo()
                .tell(
                    new ReplicaReply.Appended(
                        append.correlation(), Errors.NONE, 0, -1, 0, Optional.empty()));
          } else if (command instanceof Replica.Read read) {
            read.replyTo()
                .tell(
                    new ReplicaReply.Data(
                        read.correlation(), Errors.NONE, Optional.empty(), 0, 0, 0, true));
          } else if (command instanceof Replica.FindOffset find) {
            find.replyTo()
                .tell(new ReplicaReply.OffsetFound(find.correlation(), Errors.NONE, 0, -1, 0));
          }
          return Behaviors.same();
        });
  }

  private static Behavior<Controller.Command> refusingController() {
    return Behaviors.receiveMessage(
        command -> {
          if (command instanceof Controller.CreateTopic create) {
            refuse(create.replyTo());
          } else if (command instanceof Controller.DeleteTopic delete) {
            refuse(delete.replyTo());
          } else if (command instanceof Controller.AlterTopicConfig alter) {
            refuse(alter.replyTo());
          } else if (command instanceof Controller.AddPartitions add) {
            refuse(add.replyTo());
          }
          return Behaviors.same();
        });
  }

  private static <T> void refuse(ActorRef<Outcome<T>> replyTo) {
    replyTo.tell(Outcome.refused(Errors.POLICY_VIOLATION, "not in this test"));
  }
}
