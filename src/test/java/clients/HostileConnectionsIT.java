package clients;

import static clients.RecordsOnWire.fetch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import clients.RecordsOnWire.FetchLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Clients that are too many, too slow, or never listen: bounded memory, and others are served. */
@ExtendWith(HostileBroker.class)
class HostileConnectionsIT {
  private final RunningBroker broker;
  private final Bystander bystander;
  private final List<WireConnection> open = new ArrayList<>();

  HostileConnectionsIT(RunningBroker broker, Bystander bystander) {
    this.broker = broker;
    this.bystander = bystander;
  }

  @AfterEach
  void closeAll() throws IOException {
    for (WireConnection wire : open) {
      wire.close();
    }
  }

  @Test
  void aThousandConnectionsAreAllServed() throws IOException {
    List<RequestHeader> headers = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      headers.add(connect().send(metadata()));
    }
    for (int i = 0; i < 1000; i++) {
      assertThat(open.get(i).receive(headers.get(i))).isNotNull();
    }

    bystander.awaitProgress();
  }

  @Test
  void connectionsThatComeAndGoLeaveNothingBehind() throws IOException {
    int filesBefore = broker.openFiles();
    for (int i = 0; i < 2000; i++) {
      try (WireConnection wire = WireConnection.to(broker)) {
        if (i % 3 == 0) {
          wire.send(metadata());
        } else if (i % 3 == 1) {
          wire.sendBytes(new byte[] {0, 0, 0});
        }
      }
    }

    bystander.awaitProgress();
    assertThat(connect().ask(metadata())).isNotNull();
    await("the broker's sockets are closed")
        .atMost(Clients.PATIENCE)
        .until(() -> broker.openFiles() <= filesBefore + 50);
  }

  @Test
  void slowSendersHoldNobodyUpAndAreAnsweredInTheEnd() throws IOException {
    byte[] frame =
        WireConnection.framed(metadata().serializeWithHeader(WireConnection.header(metadata(), 1)));
    for (int i = 0; i < 200; i++) {
      connect();
    }
    for (int at = 0; at < frame.length; at++) {
      for (WireConnection wire : open) {
        wire.sendBytes(Arrays.copyOfRange(frame, at, at + 1));
      }
      if (at == frame.length / 2) {
        bystander.awaitProgress();
      }
    }

    for (WireConnection wire : open) {
      assertThat(wire.receiveFrame().getInt()).isEqualTo(1);
    }
  }

  /** Ten gigabytes are announced to a heap of a quarter of one, and a little of them comes. */
  @Test
  void announcingLargeFramesCostsTheBrokerNoMemory() throws IOException {
    assumeTrue(BrokerProgram.isGranary(), "Kafka makes room for what is announced, and dies of it");
    for (int i = 0; i < 100; i++) {
      connect()
          .sendBytes(
              ByteBuffer.allocate(1004)
                  .putInt(99_000_000)
                  .putShort((short) 0)
                  .putShort((short) 9)
                  .array());
    }

    bystander.awaitProgress();
  }

  /** Half a gigabyte of frames that are never finished, to a heap of half of that. */
  @Test
  void clientsThatStallInTheMiddleOfLargeFramesStopNobodyElse() throws IOException {
    assumeTrue(BrokerProgram.isGranary(), "Kafka makes room for what is announced, and dies of it");
    byte[] part = ByteBuffer.allocate(8 << 20).putInt(90_000_000).array();
    for (int i = 0; i < 64; i++) {
      sendInBackground(connect(), part);
    }

    bystander.awaitProgress();
  }

  /** Each answer is several times the size of its question. */
  @Test
  void clientsThatAskManySmallThingsAndNeverReadStopNobodyElse() throws IOException {
    byte[] question =
        WireConnection.framed(metadata().serializeWithHeader(WireConnection.header(metadata(), 1)));
    ByteBuffer questions = ByteBuffer.allocate(50_000 * question.length);
    while (questions.hasRemaining()) {
      questions.put(question);
    }
    for (int i = 0; i < 300; i++) {
      sendInBackground(connect(), questions.array());
    }

    bystander.awaitProgress();
    assertThat(connect().ask(metadata())).isNotNull();
  }

  /** Each answer is a mebibyte; four gigabytes in all that nobody takes. */
  @Test
  void clientsThatNeverReadTheirAnswersAreNotWaitedFor() throws IOException {
    String topic = filled(4);
    FetchLimits aMebibyte = new FetchLimits(0, 0, 1 << 20);
    for (int i = 0; i < 40; i++) {
      WireConnection wire = connect();
      for (int request = 0; request < 100; request++) {
        wire.send(fetch(topic, 0, 0, aMebibyte));
      }
    }

    bystander.awaitProgress();
    assertThat(connect().ask(metadata())).isNotNull();
  }

  /** Writing without pause and without reading the answers: what is in flight is bounded. */
  @Test
  void manyLargeRequestsAtOnceAreAllAnswered() throws IOException {
    String topic = Clients.newTopic(broker, "flooded");
    ProduceFlood flood = new ProduceFlood(topic);
    for (int i = 0; i < 60; i++) {
      flood.begin(connect());
    }

    assertThat(flood.answers()).isEqualTo(60 * ProduceFlood.REQUESTS);
    assertThat(RecordsOnWire.endOffset(broker, topic)).isEqualTo(60 * ProduceFlood.REQUESTS);
    bystander.awaitProgress();
  }

  @Test
  void aThousandReadersWaitAndAreAllWokenByOneAppend() throws IOException {
    String topic = Clients.newTopic(broker, "awaited");
    List<RequestHeader> headers = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      headers.add(connect().send(fetch(topic, 0, 0, new FetchLimits(120_000, 1, 1000))));
    }
    bystander.awaitProgress();

    Clients.send(broker, topic, "wake up");

    for (int i = 0; i < 1000; i++) {
      var answer = (FetchResponse) open.get(i).receive(headers.get(i));
      assertThat(RecordsOnWire.only(answer).records().sizeInBytes()).isPositive();
    }
  }

  /** Sends a few large requests on each of many connections, from a thread for each. */
  private static final class ProduceFlood {
    static final int REQUESTS = 5;

    private final AbstractRequest request;
    private final List<CompletableFuture<Integer>> running = new ArrayList<>();

    ProduceFlood(String topic) {
      this.request =
          RecordsOnWire.produce(
              topic, 0, -1, RecordsOnWire.batch(Compression.NONE, "x".repeat(1_000_000)));
    }

    void begin(WireConnection wire) {
      running.add(
          CompletableFuture.supplyAsync(
              () -> flood(wire), task -> new Thread(task, "flood").start()));
    }

    int answers() {
      return running.stream().mapToInt(CompletableFuture::join).sum();
    }

    private int flood(WireConnection wire) {
      try {
        List<RequestHeader> headers = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
          headers.add(wire.send(request));
        }
        for (RequestHeader header : headers) {
          assertThat(RecordsOnWire.only((ProduceResponse) wire.receive(header)).errorCode())
              .isZero();
        }
        return headers.size();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private String filled(int mebibytes) {
    String topic = Clients.newTopic(broker, "filled");
    try (Producer<String, String> producer = Clients.producer(broker, Map.of())) {
      for (int i = 0; i < mebibytes; i++) {
        Clients.result(
            producer.send(new ProducerRecord<>(topic, 0, null, "x".repeat((1 << 20) - 1000))));
      }
    }
    return topic;
  }

  /** Sends as far as the broker takes it; ends with the connection. */
  private static void sendInBackground(WireConnection wire, byte[] bytes) {
    Thread thread =
        new Thread(
            () -> {
              try {
                wire.sendBytes(bytes);
              } catch (IOException e) {
                // The broker, or the end of the test, has closed the connection.
              }
            },
            "sender");
    thread.setDaemon(true);
    thread.start();
  }

  private WireConnection connect() throws IOException {
    WireConnection wire = WireConnection.to(broker);
    open.add(wire);
    return wire;
  }

  private static MetadataRequest metadata() {
    return new MetadataRequest(
        new MetadataRequestData().setTopics(List.of()).setAllowAutoTopicCreation(false), (short) 5);
  }
}
