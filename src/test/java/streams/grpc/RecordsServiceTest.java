package streams.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static streams.grpc.GrpcBroker.get;
import static streams.grpc.GrpcBroker.refusal;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.grpc.GrpcClientSettings;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import streams.grpc.GrpcBroker.Refusal;
import streams.grpc.v1.Acknowledgement;
import streams.grpc.v1.ConsumeRequest;
import streams.grpc.v1.ConsumedRecord;
import streams.grpc.v1.Header;
import streams.grpc.v1.PartitionStart;
import streams.grpc.v1.ProduceRecord;
import streams.grpc.v1.ProduceRequest;
import streams.grpc.v1.ProduceResponse;
import streams.grpc.v1.ProduceSettings;
import streams.grpc.v1.RecordsClient;
import streams.grpc.v1.Start;

@ExtendWith(GrpcBroker.class)
@TestInstance(Lifecycle.PER_CLASS)
class RecordsServiceTest {
  private static final Start BEGINNING = Start.newBuilder().setBeginning(true).build();

  private GrpcBroker.Running broker;
  private RecordsClient records;

  @BeforeAll
  void connect(GrpcBroker.Running running) {
    broker = running;
    records = RecordsClient.create(running.client(), running.system());
  }

  @AfterAll
  void close() {
    get(records.close());
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }

  private static ProduceRecord.Builder record(int id, String topic) {
    return ProduceRecord.newBuilder().setId(id).setTopic(topic).setValue(bytes("value " + id));
  }

  private static ProduceRequest of(ProduceRecord.Builder record) {
    return ProduceRequest.newBuilder().addRecords(record).build();
  }

  private List<Acknowledgement> produce(List<ProduceRequest> requests) {
    return get(
        records
            .produce(Source.from(requests))
            .mapConcat(ProduceResponse::getAcknowledgementsList)
            .runWith(Sink.seq(), broker.system()));
  }

  private List<ConsumedRecord> consume(ConsumeRequest.Builder request, int count) {
    return get(consuming(request).take(count).runWith(Sink.seq(), broker.system()));
  }

  private Source<ConsumedRecord, NotUsed> consuming(ConsumeRequest.Builder request) {
    return records.consume(request.build()).mapConcat(response -> response.getRecordsList());
  }

  @Nested
  class Writing {
    @Test
    void acknowledgesEachRecordInTheOrderOfSending() {
      String topic = broker.topic(3, Map.of());
      List<ProduceRequest> requests =
          IntStream.range(0, 1_000)
              .mapToObj(i -> of(record(i, topic).setKey(bytes("key " + i % 10))))
              .toList();

      List<Acknowledgement> acknowledged = produce(requests);

      assertThat(acknowledged)
          .extracting(Acknowledgement::getId)
          .containsExactlyElementsOf(IntStream.range(0, 1_000).mapToObj(i -> (long) i).toList());
      assertThat(acknowledged).noneMatch(Acknowledgement::hasRefusal);
      assertThat(consume(ConsumeRequest.newBuilder().setTopic(topic).setStart(BEGINNING), 1_000))
          .extracting(read -> read.getPartition() + "@" + read.getOffset())
          .containsExactlyInAnyOrderElementsOf(
              acknowledged.stream()
                  .map(each -> each.getPartition() + "@" + each.getOffset())
                  .toList());
    }

    @Test
    void refusesSingleRecordsAndGoesOn() {
      String topic = broker.topic(1, Map.of("max.message.bytes", "1000"));

      List<Acknowledgement> acknowledged =
          produce(
              List.of(
                  of(record(1, topic)),
                  of(record(2, "not-there")),
                  of(record(3, topic).setPartition(7)),
                  of(record(4, topic).setPartition(-7)),
                  of(record(5, "")),
                  of(record(6, topic).setValue(ByteString.copyFrom(new byte[2_000]))),
                  of(record(7, topic).setTimestampMillis(-5)),
                  of(record(8, topic))));

      assertThat(acknowledged)
          .extracting(Acknowledgement::getId, each -> each.getRefusal().getReason())
          .containsExactly(
              tuple(1L, ""),
              tuple(2L, "UNKNOWN_TOPIC_OR_PARTITION"),
              tuple(3L, "UNKNOWN_TOPIC_OR_PARTITION"),
              tuple(4L, "INVALID_RECORD"),
              tuple(5L, "INVALID_RECORD"),
              tuple(6L, "MESSAGE_TOO_LARGE"),
              tuple(7L, "INVALID_RECORD"),
              tuple(8L, ""));
      assertThat(acknowledged.get(7).getOffset()).isEqualTo(1);
    }

    @Test
    void endsAStreamWhoseSettingsCannotBe() {
      Refusal compression =
          refused(ProduceRequest.newBuilder().setSettings(settings().setCompression("zip")));
      Refusal acks = refused(ProduceRequest.newBuilder().setSettings(settings().setAcksValue(9)));
      Refusal timeout =
          refused(ProduceRequest.newBuilder().setSettings(settings().setDeliveryTimeoutMillis(-1)));
      Refusal late =
          refusal(
              records
                  .produce(
                      Source.from(
                          List.of(
                              ProduceRequest.getDefaultInstance(),
                              ProduceRequest.newBuilder().setSettings(settings()).build())))
                  .runWith(Sink.seq(), broker.system()));

      assertThat(List.of(compression, acks, timeout, late))
          .extracting(Refusal::code)
          .containsOnly(Status.Code.INVALID_ARGUMENT);
      assertThat(compression.sentence()).contains("zip");
    }

    private ProduceSettings.Builder settings() {
      return ProduceSettings.newBuilder();
    }

    private Refusal refused(ProduceRequest.Builder first) {
      return refusal(
          records.produce(Source.single(first.build())).runWith(Sink.seq(), broker.system()));
    }

    @Test
    void refusesAMessageThatIsTooLarge() {
      String topic = broker.topic(1, Map.of());
      ByteString large = ByteString.copyFrom(new byte[GrpcBroker.MESSAGE_BYTES_MAX + 1]);

      Refusal refused = refused(of(record(1, topic).setValue(large)).toBuilder());

      assertThat(refused.code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      assertThat(refused.sentence()).contains("message-bytes-max");
    }
  }

  @Nested
  class Reading {
    @Test
    void refusesStreamsPastTheLimitAndServesTheOthers() throws IOException {
      String topic = broker.topic(1, Map.of());
      GrpcServer door = GrpcServer.start(broker.node());
      RecordsClient through =
          RecordsClient.create(
              GrpcClientSettings.connectToServiceAt("127.0.0.1", get(door.port()), broker.system())
                  .withTls(false),
              broker.system());
      AtomicInteger seen = new AtomicInteger();
      List<CompletableFuture<Done>> readers =
          Stream.generate(() -> reading(through, topic, seen))
              .limit(5 * GrpcBroker.STREAMS_MAX)
              .toList();
      Awaitility.await()
          .until(() -> failed(readers).size() == readers.size() - GrpcBroker.STREAMS_MAX);

      produce(List.of(of(record(1, topic))));

      Awaitility.await().until(() -> seen.get() == GrpcBroker.STREAMS_MAX);
      assertThat(failed(readers))
          .hasSize(readers.size() - GrpcBroker.STREAMS_MAX)
          .map(GrpcBroker::refusal)
          .allSatisfy(
              refused -> {
                assertThat(refused.code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
                assertThat(refused.sentence())
                    .contains("granary.grpc.streams-max", "" + GrpcBroker.STREAMS_MAX);
              });
      get(door.stop());
      get(through.close());
    }

    private CompletableFuture<Done> reading(RecordsClient by, String topic, AtomicInteger seen) {
      return by.consume(ConsumeRequest.newBuilder().setTopic(topic).setStart(BEGINNING).build())
          .runWith(
              Sink.foreach(response -> seen.addAndGet(response.getRecordsCount())), broker.system())
          .toCompletableFuture();
    }

    private List<CompletableFuture<Done>> failed(List<CompletableFuture<Done>> readers) {
      return readers.stream().filter(CompletableFuture::isCompletedExceptionally).toList();
    }

    @Test
    void givesBackWhatARecordIsMadeOf() {
      String topic = broker.topic(1, Map.of());
      ProduceRecord.Builder full =
          record(1, topic)
              .setKey(bytes("key"))
              .setTimestampMillis(1_700_000_000_000L)
              .addHeaders(Header.newBuilder().setKey("a").setValue(bytes("1")))
              .addHeaders(Header.newBuilder().setKey("b"));
      produce(List.of(of(full), of(ProduceRecord.newBuilder().setTopic(topic))));

      List<ConsumedRecord> read =
          consume(ConsumeRequest.newBuilder().setTopic(topic).setStart(BEGINNING), 2);

      assertThat(read.get(0).getKey()).isEqualTo(bytes("key"));
      assertThat(read.get(0).getValue()).isEqualTo(bytes("value 1"));
      assertThat(read.get(0).getTimestampMillis()).isEqualTo(1_700_000_000_000L);
      assertThat(read.get(0).getHeadersList())
          .containsExactly(full.getHeaders(0), full.getHeaders(1));
      assertThat(read.get(1).getKeyOrNullCase())
          .isEqualTo(ConsumedRecord.KeyOrNullCase.KEYORNULL_NOT_SET);
      assertThat(read.get(1).getValueOrNullCase())
          .isEqualTo(ConsumedRecord.ValueOrNullCase.VALUEORNULL_NOT_SET);
    }

    @Test
    void startsWhereItIsTold() {
      String topic = broker.topic(1, Map.of());
      produce(
          IntStream.range(0, 10)
              .mapToObj(i -> of(record(i, topic).setTimestampMillis(1_000L + i)))
              .toList());

      assertThat(firstFrom(topic, Start.newBuilder().setOffset(4))).isEqualTo(4);
      assertThat(firstFrom(topic, Start.newBuilder().setTimestampMillis(1_007))).isEqualTo(7);
      assertThat(firstFrom(topic, Start.newBuilder().setBeginning(true))).isZero();
    }

    private long firstFrom(String topic, Start.Builder start) {
      PartitionStart.Builder partition = PartitionStart.newBuilder().setStart(start);
      return consume(ConsumeRequest.newBuilder().setTopic(topic).addPartitions(partition), 1)
          .get(0)
          .getOffset();
    }

    @Test
    void refusesWhatCannotBeRead() {
      String topic = broker.topic(1, Map.of());

      Refusal nowhere = refused(ConsumeRequest.newBuilder().setTopic("nowhere"));
      Refusal partition =
          refused(
              ConsumeRequest.newBuilder()
                  .setTopic(topic)
                  .addPartitions(PartitionStart.newBuilder().setPartition(1)));
      Refusal offset =
          refused(
              ConsumeRequest.newBuilder()
                  .setTopic(topic)
                  .setStart(Start.newBuilder().setOffset(5)));

      Refusal credit = refused(ConsumeRequest.newBuilder().setTopic(topic).setBufferBytes(-1));
      Refusal twice =
          refused(
              ConsumeRequest.newBuilder()
                  .setTopic(topic)
                  .addPartitions(PartitionStart.getDefaultInstance())
                  .addPartitions(PartitionStart.getDefaultInstance()));

      assertThat(List.of(credit, twice))
          .extracting(Refusal::code)
          .containsOnly(Status.Code.INVALID_ARGUMENT);
      assertThat(credit.sentence()).contains("buffer_bytes");
      assertThat(nowhere.code()).isEqualTo(Status.Code.NOT_FOUND);
      assertThat(partition.code()).isEqualTo(Status.Code.NOT_FOUND);
      assertThat(partition.info().getMetadataMap()).containsEntry("partition", "1");
      assertThat(offset.code()).isEqualTo(Status.Code.OUT_OF_RANGE);
      assertThat(offset.info().getMetadataMap()).containsEntry("topic", topic);
    }

    private Refusal refused(ConsumeRequest.Builder request) {
      return refusal(consuming(request).runWith(Sink.seq(), broker.system()));
    }
  }
}
