package clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.Errors;

/**
 * Somebody else's producer, on one connection that must never be lost: sends a record, waits for
 * its acknowledgement, sends the next, while tests mistreat the broker on other connections.
 */
final class Bystander implements AutoCloseable {
  private final RunningBroker broker;
  private final String topic;
  private final Thread thread;
  private final AtomicInteger acknowledged = new AtomicInteger();
  private final AtomicReference<Throwable> disturbance = new AtomicReference<>();
  private volatile boolean stopping;

  Bystander(RunningBroker broker) {
    this.broker = broker;
    this.topic = Clients.newTopic(broker, "a-bystander-who-minds-its-own-business");
    this.thread = new Thread(this::produce, "bystander");
    thread.start();
    awaitProgress();
  }

  /** Returns when another few records have been acknowledged, and fails if that stops. */
  void awaitProgress() {
    int enough = acknowledged.get() + 10;
    await("the bystander's records")
        .atMost(Clients.PATIENCE)
        .until(() -> acknowledged.get() >= enough || disturbance.get() != null);
    assertThat(disturbance.get()).as("what the bystander met").isNull();
  }

  /** Ends, and checks that everything acknowledged is there, once and in order. */
  @Override
  public void close() {
    stopping = true;
    await("the bystander").atMost(Clients.PATIENCE).until(() -> !thread.isAlive());
    assertThat(disturbance.get()).as("what the bystander met").isNull();
    List<String> expected =
        IntStream.range(0, acknowledged.get()).mapToObj(Integer::toString).toList();
    assertThat(Clients.readAll(broker, new TopicPartition(topic, 0)))
        .extracting(ConsumerRecord::value)
        .isEqualTo(expected);
  }

  private void produce() {
    try (WireConnection wire = WireConnection.to(broker)) {
      while (!stopping) {
        String value = Integer.toString(acknowledged.get());
        PartitionProduceResponse answer =
            RecordsOnWire.produce(wire, topic, RecordsOnWire.batch(Compression.NONE, value));
        assertThat(RecordsOnWire.error(answer)).isEqualTo(Errors.NONE);
        assertThat(answer.baseOffset()).isEqualTo(acknowledged.get());
        acknowledged.incrementAndGet();
      }
    } catch (IOException | RuntimeException | AssertionError e) {
      disturbance.set(e);
    }
  }
}
