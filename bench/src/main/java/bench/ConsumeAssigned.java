package bench;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads a topic from its beginning with an assigned consumer, so that no group is needed, and
 * prints {@code records= bytes= ms= rec_s= mb_s=}. The first tenth is warm-up and is not counted.
 *
 * <pre>ConsumeAssigned BOOTSTRAP TOPIC RECORDS</pre>
 */
public final class ConsumeAssigned {
  private ConsumeAssigned() {}

  public static void main(String[] arguments) {
    long wanted = Long.parseLong(arguments[2]);
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", arguments[0]);
    settings.put("receive.buffer.bytes", 2 * 1024 * 1024);
    settings.put("max.partition.fetch.bytes", 1024 * 1024);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(arguments[1]).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      // A poll may bring more than was asked for, so what is left is what it did not bring.
      long warmedUp = read(consumer, wanted / 10).records();
      long start = System.nanoTime();
      Read read = read(consumer, wanted - warmedUp);
      double seconds = (System.nanoTime() - start) / 1e9;
      System.out.printf(
          Locale.ROOT,
          "records=%d bytes=%d ms=%.0f rec_s=%.1f mb_s=%.2f%n",
          read.records(),
          read.bytes(),
          seconds * 1e3,
          read.records() / seconds,
          read.bytes() / seconds / (1 << 20));
    }
  }

  private record Read(long records, long bytes) {}

  private static Read read(KafkaConsumer<byte[], byte[]> consumer, long atLeast) {
    long records = 0;
    long bytes = 0;
    long giveUp = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (records < atLeast) {
      if (System.nanoTime() > giveUp) {
        throw new IllegalStateException("read only " + records + " of " + atLeast + " records");
      }
      ConsumerRecords<byte[], byte[]> polled = consumer.poll(Duration.ofMillis(100));
      for (ConsumerRecord<byte[], byte[]> each : polled) {
        bytes += each.serializedValueSize();
      }
      records += polled.count();
    }
    return new Read(records, bytes);
  }
}
