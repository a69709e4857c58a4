package clients;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import streams.Consumer;
import streams.ConsumerSettings;
import streams.Granary;
import streams.Producer;
import streams.ProducerSettings;
import streams.Subscriptions;

/** A program that holds a broker and has never heard of our command line. */
final class HostProgram {
  private static final int PATIENCE_SECONDS = 60;

  private HostProgram() {}

  public static void main(String[] arguments) throws Exception {
    try (Granary granary = Granary.start()) {
      granary.createTopic("greetings", 1);
      Source.from(List.of("hello", "world"))
          .map(value -> new ProducerRecord<String, String>("greetings", value))
          .runWith(
              Producer.plainSink(
                  ProducerSettings.create(granary, new StringSerializer(), new StringSerializer())),
              granary.system())
          .toCompletableFuture()
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      List<String> read =
          Consumer.plainSource(
                  ConsumerSettings.create(
                      granary, new StringDeserializer(), new StringDeserializer()),
                  Subscriptions.assignmentWithOffset(
                      Map.of(new TopicPartition("greetings", 0), 0L)))
              .map(record -> record.value())
              .take(2)
              .runWith(Sink.seq(), granary.system())
              .toCompletableFuture()
              .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      System.out.println(String.join(" ", read));
    }
  }
}
