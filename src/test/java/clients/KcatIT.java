package clients;

import static clients.Clients.newTopic;
import static clients.Clients.readAll;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SharedBroker.class)
class KcatIT {
  private final RunningBroker broker;

  KcatIT(RunningBroker broker) {
    this.broker = broker;
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
  void readsBackWhatItWrote(String compression) {
    String topic = newTopic(broker, "kcat");
    String lines =
        IntStream.range(0, 2000)
            .mapToObj(i -> "k%d:some words %d\n".formatted(i, i))
            .collect(Collectors.joining());

    Kcat.run(broker, lines, "-P", "-t", topic, "-K", ":", "-z", compression, "-X", "acks=all");

    assertThat(
            Kcat.run(broker, "", "-C", "-t", topic, "-K", ":", "-o", "beginning", "-e", "-q").out())
        .isEqualTo(lines);
    assertThat(Kcat.run(broker, "", "-C", "-t", topic, "-o", "-3", "-e", "-q").lines())
        .containsExactly("some words 1997", "some words 1998", "some words 1999");
    assertThat(StoredBatches.of(broker, topic, 0))
        .anyMatch(batch -> batch.compression().name.equals(compression));
  }

  @Test
  void exchangesHeadersAndNullsWithTheJavaClient() {
    String topic = newTopic(broker, "kcat-headers");

    Kcat.run(
        broker,
        "key:value\nempty:\n",
        "-P",
        "-t",
        topic,
        "-K",
        ":",
        "-Z",
        "-H",
        "colour=grün",
        "-H",
        "bare");

    ConsumerRecord<String, String> first = readAll(broker, new TopicPartition(topic, 0)).get(0);
    assertThat(first.key()).isEqualTo("key");
    assertThat(new String(first.headers().lastHeader("colour").value(), StandardCharsets.UTF_8))
        .isEqualTo("grün");
    assertThat(first.headers().lastHeader("bare").value()).isNull();
    assertThat(readAll(broker, new TopicPartition(topic, 0)).get(1).value()).isNull();
    assertThat(Kcat.run(broker, "", "-C", "-t", topic, "-e", "-q", "-f", "%k %h %S\n").lines())
        .containsExactly("key colour=grün,bare=NULL 5", "empty colour=grün,bare=NULL -1");
  }

  @Test
  void producesAsAnIdempotentProducer() {
    String topic = newTopic(broker, "kcat-idempotent");
    String lines = IntStream.range(0, 5000).mapToObj(i -> i + "\n").collect(Collectors.joining());

    Kcat.run(
        broker,
        lines,
        "-P",
        "-t",
        topic,
        "-X",
        "enable.idempotence=true",
        "-X",
        "batch.num.messages=100");

    assertThat(Kcat.run(broker, "", "-C", "-t", topic, "-o", "beginning", "-e", "-q").out())
        .isEqualTo(lines);
  }

  @Test
  void listsBrokersAndTopics() {
    String topic = newTopic(broker, "kcat-listed", 3, Map.of());

    assertThat(Kcat.run(broker, "", "-L", "-t", topic).out())
        .contains("1 brokers:", "broker 1 at " + broker.bootstrap())
        .contains("topic \"" + topic + "\" with 3 partitions:")
        .contains("partition 2, leader 1, replicas: 1, isrs: 1");
  }

  @Test
  void findsAnOffsetByItsTimestamp() {
    String topic = newTopic(broker, "kcat-query");
    Clients.send(broker, topic, "only");

    assertThat(Kcat.run(broker, "", "-Q", "-t", topic + ":0:1000").out()).contains("offset 0");
    assertThat(Kcat.run(broker, "", "-Q", "-t", topic + ":0:-1").out()).contains("offset 1");
  }
}
