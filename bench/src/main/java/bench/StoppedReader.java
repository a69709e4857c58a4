package bench;

import com.typesafe.config.ConfigFactory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.grpc.GrpcClientSettings;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.SinkQueueWithCancel;
import streams.Consumer;
import streams.ConsumerMetrics;
import streams.ConsumerSettings;
import streams.Granary;
import streams.GranarySettings;
import streams.Subscriptions;
import streams.grpc.GranaryClient;
import streams.grpc.GrpcEdge;
import streams.grpc.v1.CreateTopicRequest;
import streams.grpc.v1.TopicsClient;

/**
 * Reads a topic of one partition from its beginning, as far as it is told on standard input: {@code
 * take COUNT}, {@code slow PER_SECOND SECONDS}, {@code figures}. Answers each with a line. With
 * {@code inside} it holds the broker, which serves others by gRPC on the port; with {@code grpc} it
 * is a client of the broker there.
 *
 * <pre>StoppedReader inside|grpc PORT TOPIC CHUNK_BYTES</pre>
 */
public final class StoppedReader {
  private final Consumer.Control control;
  private final SinkQueueWithCancel<ConsumerRecord<byte[], byte[]>> records;

  private StoppedReader(
      ConsumerSettings<byte[], byte[]> settings, String topic, int chunkBytes, ActorSystem<?> in) {
    Pair<Consumer.Control, SinkQueueWithCancel<ConsumerRecord<byte[], byte[]>>> stream =
        Consumer.plainSource(
                settings.withChunkBytes(chunkBytes),
                Subscriptions.assignmentFromBeginning(new TopicPartition(topic, 0)))
            .toMat(
                Sink.<ConsumerRecord<byte[], byte[]>>queue()
                    .withAttributes(Attributes.inputBuffer(1, 1)),
                Keep.both())
            .run(in);
    control = stream.first();
    records = stream.second();
  }

  public static void main(String[] arguments)
      throws IOException, InterruptedException, ExecutionException {
    int port = Integer.parseInt(arguments[1]);
    String topic = arguments[2];
    int chunkBytes = Integer.parseInt(arguments[3]);
    var bytes = new ByteArrayDeserializer();
    if (arguments[0].equals("inside")) {
      try (Granary granary =
          Granary.start(
              GranarySettings.create()
                  .withoutKafka()
                  .withConfig(ConfigFactory.parseString("granary.grpc.port = " + port))
                  .withEdge(new GrpcEdge()))) {
        granary.createTopic(topic, 1);
        var settings = ConsumerSettings.create(granary, bytes, bytes);
        new StoppedReader(settings, topic, chunkBytes, granary.system()).obey();
      }
      return;
    }
    ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "reader");
    try (GranaryClient client =
        GranaryClient.connect(system, "127.0.0.1:" + port).toCompletableFuture().get()) {
      create(topic, port, system);
      new StoppedReader(client.consumer(bytes, bytes), topic, chunkBytes, system).obey();
    } finally {
      system.terminate();
    }
  }

  private static void create(String topic, int port, ActorSystem<?> system)
      throws InterruptedException, ExecutionException {
    TopicsClient topics =
        TopicsClient.create(
            GrpcClientSettings.connectToServiceAt("127.0.0.1", port, system).withTls(false),
            system);
    topics
        .createTopic(CreateTopicRequest.newBuilder().setName(topic).setPartitions(1).build())
        .toCompletableFuture()
        .get();
    topics.close();
  }

  private void obey() throws IOException, InterruptedException, ExecutionException {
    System.out.println("ready");
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = orders.readLine(); line != null; line = orders.readLine()) {
      String[] words = line.split(" ", -1);
      switch (words[0]) {
        case "take" -> take(Long.parseLong(words[1]));
        case "slow" -> takeSlowly(Integer.parseInt(words[1]), Integer.parseInt(words[2]));
        default -> {
          System.out.println(figures());
          continue;
        }
      }
      System.out.println("done");
    }
    control.shutdown();
  }

  private void take(long count) throws InterruptedException, ExecutionException {
    for (long i = 0; i < count; i++) {
      records.pull().toCompletableFuture().get();
    }
  }

  private void takeSlowly(int perSecond, int seconds)
      throws InterruptedException, ExecutionException {
    long begin = System.nanoTime();
    for (long taken = 0; taken < (long) perSecond * seconds; taken++) {
      take(1);
      long due = begin + (taken + 1) * TimeUnit.SECONDS.toNanos(1) / perSecond;
      TimeUnit.NANOSECONDS.sleep(Math.max(0, due - System.nanoTime()));
    }
  }

  private String figures() throws InterruptedException, ExecutionException {
    ConsumerMetrics metrics = control.metrics().toCompletableFuture().get();
    return "records=%d delivered_bytes=%d read_bytes=%d in_memory_bytes=%d lag=%d"
        .formatted(
            metrics.records(),
            metrics.bytes(),
            metrics.bytesRead(),
            metrics.bytesInMemory(),
            metrics.places().get(0).lag().orElse(-1));
  }
}
