package clients;

import static clients.RecordsOnWire.batch;
import static clients.RecordsOnWire.endOffset;
import static clients.RecordsOnWire.error;
import static clients.RecordsOnWire.fetch;
import static clients.RecordsOnWire.only;
import static clients.RecordsOnWire.produce;
import static org.assertj.core.api.Assertions.assertThat;

import clients.RecordsOnWire.FetchLimits;
import java.io.IOException;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.ListOffsetsResponse;
import org.apache.kafka.common.requests.ProduceResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are well formed and ask for what is not there: Kafka's error codes. */
@ExtendWith(HostileBroker.class)
class BadRequestsIT {
  private final RunningBroker broker;
  private final String topic;

  BadRequestsIT(RunningBroker broker) throws IOException {
    this.broker = broker;
    this.topic = Clients.newTopic(broker, "asked");
    try (WireConnection wire = WireConnection.to(broker)) {
      produce(wire, topic, batch(Compression.NONE, "a", "b", "c"));
    }
  }

  @Test
  void producingToAnUnknownTopicOrPartitionIsRefused() throws IOException {
    try (WireConnection wire = WireConnection.to(broker)) {
      assertThat(error(produce(wire, "never-was", batch(Compression.NONE, "x"))))
          .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
      for (int partition : new int[] {1, -1, Integer.MAX_VALUE}) {
        ProduceResponse answer =
            (ProduceResponse) wire.ask(produce(topic, partition, 1, batch(Compression.NONE, "x")));
        assertThat(error(only(answer))).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
      }
    }
    assertThat(endOffset(broker, topic)).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, -2, 77})
  void acknowledgementsThatDoNotExistAreRefused(int acks) throws IOException {
    try (WireConnection wire = WireConnection.to(broker)) {
      ProduceResponse answer =
          (ProduceResponse) wire.ask(produce(topic, 0, acks, batch(Compression.NONE, "x")));

      assertThat(error(only(answer))).isEqualTo(Errors.INVALID_REQUIRED_ACKS);
    }
    assertThat(endOffset(broker, topic)).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(longs = {4, 1_000_000, Long.MAX_VALUE, -1, Long.MIN_VALUE})
  void anOffsetOutOfRangeIsRefused(long offset) throws IOException {
    assertThat(fetchError(topic, 0, offset)).isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
  }

  @Test
  void fetchingFromAnUnknownTopicOrPartitionIsRefused() throws IOException {
    assertThat(fetchError("never-was", 0, 0)).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    assertThat(fetchError(topic, 99, 0)).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    assertThat(fetchError(topic, -1, 0)).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
  }

  @Test
  void fetchingByATopicIdThatNobodyHasIsRefused() throws IOException {
    FetchRequest byId =
        new FetchRequest(
            new FetchRequestData()
                .setSessionEpoch(-1)
                .setMaxBytes(1000)
                .setTopics(
                    List.of(
                        new FetchRequestData.FetchTopic()
                            .setTopicId(Uuid.fromString("AAAAAAAAAAAAAAAAAAAAAw"))
                            .setPartitions(
                                List.of(new FetchRequestData.FetchPartition().setPartition(0))))),
            (short) 13);
    try (WireConnection wire = WireConnection.to(broker)) {
      FetchResponse answer = (FetchResponse) wire.ask(byId);

      assertThat(Errors.forCode(only(answer).errorCode())).isEqualTo(Errors.UNKNOWN_TOPIC_ID);
    }
  }

  @Test
  void aFetchSessionThatNobodyOpenedIsRefused() throws IOException {
    FetchRequest unknown =
        new FetchRequest(
            new FetchRequestData().setSessionId(12345).setSessionEpoch(7).setMaxBytes(1000),
            (short) 12);
    try (WireConnection wire = WireConnection.to(broker)) {
      FetchResponse answer = (FetchResponse) wire.ask(unknown);

      assertThat(answer.error()).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
    }
  }

  @Test
  void askingForTheOffsetsOfWhatIsNotThereIsRefused() throws IOException {
    try (WireConnection wire = WireConnection.to(broker)) {
      for (String unknown : List.of("never-was", topic)) {
        ListOffsetsResponse answer = (ListOffsetsResponse) wire.ask(endOffset(unknown, 5));
        assertThat(Errors.forCode(only(answer).errorCode()))
            .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
      }
    }
  }

  @Test
  void aFetchWithSenselessLimitsIsStillAnswered() throws IOException {
    for (FetchLimits limits :
        List.of(
            new FetchLimits(-1, -1, -1),
            new FetchLimits(0, 0, 0),
            new FetchLimits(0, Integer.MAX_VALUE, Integer.MAX_VALUE),
            new FetchLimits(Integer.MIN_VALUE, Integer.MIN_VALUE, Integer.MIN_VALUE))) {
      try (WireConnection wire = WireConnection.to(broker)) {
        assertThat(wire.ask(fetch(topic, 0, 0, limits))).isInstanceOf(FetchResponse.class);
      }
    }
  }

  @Test
  void aWaitingFetchIsAnsweredOnceEnoughBytesAreThere() throws IOException {
    FetchLimits patient = new FetchLimits(60_000, 3_000, 1 << 20);
    try (WireConnection reader = WireConnection.to(broker);
        WireConnection writer = WireConnection.to(broker)) {
      var fetching = reader.send(fetch(topic, 0, 3, patient));
      for (int i = 0; i < 10; i++) {
        produce(writer, topic, batch(Compression.NONE, "x".repeat(1000)));
      }

      FetchResponseData.PartitionData answer = only((FetchResponse) reader.receive(fetching));

      assertThat(answer.records().sizeInBytes()).isGreaterThanOrEqualTo(3_000);
    }
  }

  @Test
  void aWaitingFetchOfADeletedTopicIsAnswered() throws IOException {
    String doomed = Clients.newTopic(broker, "doomed");
    try (WireConnection reader = WireConnection.to(broker);
        Admin admin = Clients.admin(broker)) {
      var fetching = reader.send(fetch(doomed, 0, 0, new FetchLimits(30_000, 1, 1 << 20)));
      Clients.result(admin.deleteTopics(List.of(doomed)).all());

      FetchResponseData.PartitionData answer = only((FetchResponse) reader.receive(fetching));

      assertThat(Errors.forCode(answer.errorCode()))
          .isIn(
              Errors.NONE,
              Errors.UNKNOWN_TOPIC_OR_PARTITION,
              Errors.NOT_LEADER_OR_FOLLOWER,
              Errors.UNKNOWN_TOPIC_ID);
    }
  }

  private Errors fetchError(String of, int partition, long offset) throws IOException {
    try (WireConnection wire = WireConnection.to(broker)) {
      FetchResponse answer =
          (FetchResponse) wire.ask(fetch(of, partition, offset, FetchLimits.AT_ONCE));
      return Errors.forCode(only(answer).errorCode());
    }
  }
}
