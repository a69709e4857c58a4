package bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Creates many partitions with three replicas each, ends a broker, and prints how long things took
 * in milliseconds: {@code created} (answered), {@code in_sync} (every partition has a leader and
 * three replicas in sync), {@code written} (a record with acks=all to each), {@code failed_over}
 * (the same again, from the moment at which the command that ends a broker began).
 *
 * <pre>ManyPartitions BOOTSTRAP TOPICS PARTITIONS_EACH COMMAND...</pre>
 */
public final class ManyPartitions {
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(3);
  private static final short REPLICAS = 3;

  private ManyPartitions() {}

  public static void main(String[] arguments) throws Exception {
    int topics = Integer.parseInt(arguments[1]);
    int partitions = Integer.parseInt(arguments[2]);
    List<String> command = List.of(arguments).subList(3, arguments.length);
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", arguments[0]);
    Map<String, Object> producing = new HashMap<>(settings);
    producing.put("acks", "all");
    try (Admin admin = Admin.create(settings);
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(producing, new ByteArraySerializer(), new ByteArraySerializer())) {
      List<NewTopic> wanted = new ArrayList<>();
      for (int i = 0; i < topics; i++) {
        wanted.add(
            new NewTopic("many-" + i, partitions, REPLICAS)
                .configs(Map.of("min.insync.replicas", "2")));
      }
      List<String> names = wanted.stream().map(NewTopic::name).toList();
      admin.describeCluster().nodes().get(); // connected before the clock starts

      long start = System.nanoTime();
      admin.createTopics(wanted).all().get();
      long created = System.nanoTime();
      awaitInSync(admin, names, partitions);
      long inSync = System.nanoTime();
      write(producer, names, partitions);
      long written = System.nanoTime();
      int status = new ProcessBuilder(command).inheritIO().start().waitFor();
      if (status != 0) {
        throw new IllegalStateException(command + " ended with status " + status);
      }
      write(producer, names, partitions);
      long failedOver = System.nanoTime();
      System.out.printf(
          Locale.ROOT,
          "partitions=%d created=%d in_sync=%d written=%d failed_over=%d%n",
          topics * partitions,
          millis(start, created),
          millis(start, inSync),
          millis(inSync, written),
          millis(written, failedOver));
    }
  }

  private static long millis(long fromNanos, long toNanos) {
    return TimeUnit.NANOSECONDS.toMillis(toNanos - fromNanos);
  }

  private static void awaitInSync(Admin admin, Collection<String> names, int partitions)
      throws InterruptedException {
    long giveUp = System.nanoTime() + PATIENCE_NANOS;
    while (System.nanoTime() < giveUp) {
      try {
        Map<String, TopicDescription> found = admin.describeTopics(names).allTopicNames().get();
        if (found.values().stream().allMatch(topic -> isInSync(topic, partitions))) {
          return;
        }
      } catch (ExecutionException notYet) {
        if (!(notYet.getCause() instanceof org.apache.kafka.common.errors.RetriableException)) {
          throw new IllegalStateException(notYet.getCause());
        }
      }
      Thread.sleep(20);
    }
    throw new IllegalStateException("not all partitions are in sync");
  }

  private static boolean isInSync(TopicDescription topic, int partitions) {
    return topic.partitions().size() == partitions
        && topic.partitions().stream()
            .allMatch(info -> info.leader() != null && info.isr().size() == REPLICAS);
  }

  private static void write(KafkaProducer<byte[], byte[]> producer, List<String> names, int each)
      throws Exception {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (String name : names) {
      for (int i = 0; i < each; i++) {
        sent.add(producer.send(new ProducerRecord<>(name, i, null, new byte[100])));
      }
    }
    producer.flush();
    for (Future<RecordMetadata> one : sent) {
      one.get();
    }
  }
}
