package streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import actors.partition.Replica;
import actors.partition.ReplicaReply;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import simulation.SimFileSystem;
import storage.log.DiskFile;
import storage.log.FetchRegion;

class FetchHandlerTest extends HandlerFixture {
  private static final int VERSION = 16;
  private static final int PARTITIONS = 3;

  private final FetchHandler handler = new FetchHandler();
  private final ConnectionState connection = new ConnectionState();
  private final List<TestProbe<Replica.Command>> replicas = new ArrayList<>();
  private final DiskFile file = new SimFileSystem(1).open(Path.of("segment.log"));
  private Uuid topic;

  @BeforeEach
  void lead() {
    var orders = Images.topic("orders", PARTITIONS, Map.of());
    topic = orders.id();
    node.shows(Images.of(orders));
    for (int i = 0; i < PARTITIONS; i++) {
      replicas.add(probe(Replica.Command.class));
      node.runs("orders", i, replicas.get(i).ref());
    }
    file.write(new ByteBuffer[] {ByteBuffer.allocate(10_000)}, 0);
  }

  @Nested
  class WhenThereIsEnough {
    @Test
    void answersAtOnce() {
      FakeExchange exchange = fetch(request(0).setMinBytes(100));

      tell(exchange, 0, 100, false);

      assertThat(sizes(exchange)).containsExactly(100);
      assertThat(exchange.hasTimer()).isFalse();
    }

    @Test
    void waitsForEveryReplicaBeforeItDecides() {
      FakeExchange exchange = fetch(request(0, 1));

      tell(exchange, 0, 100, false);
      assertThat(exchange.isAnswered()).isFalse();
      tell(exchange, 1, 0, true);

      assertThat(sizes(exchange)).containsExactly(100, 0);
    }

    @Test
    void callsOffTheReadersThatStillWait() {
      FakeExchange exchange = fetch(request(0, 1));
      tell(exchange, 0, 100, false);
      tell(exchange, 1, 0, true);

      replicas.get(1).expectMessageClass(Replica.CancelRead.class);
      replicas.get(0).expectNoMessage(java.time.Duration.ZERO);
    }
  }

  @Nested
  class WhenThereIsTooLittle {
    @Test
    void waitsForMore() {
      FakeExchange exchange = fetch(request(0).setMinBytes(100));
      Replica.Read read = tell(exchange, 0, 0, true);
      assertThat(exchange.isAnswered()).isFalse();

      answer(read, 100, false);
      exchange.takeReply();

      assertThat(sizes(exchange)).containsExactly(100);
    }

    @Test
    void asksAReplicaThatHadTooLittleToTellOfMoreThanThat() {
      FakeExchange exchange = fetch(request(0).setMinBytes(100));
      tell(exchange, 0, 60, false);

      Replica.Read again = replicas.get(0).expectMessageClass(Replica.Read.class);
      answer(again, 60, true);
      exchange.takeReply();
      assertThat(exchange.isAnswered()).isFalse();
      answer(again, 160, false);
      exchange.takeReply();

      assertThat(again.waitPast()).isEqualTo(60);
      assertThat(sizes(exchange)).containsExactly(160);
    }

    @Test
    void answersWithWhatThereIsWhenTheTimeIsOver() {
      FakeExchange exchange = fetch(request(0, 1).setMinBytes(1_000));
      tell(exchange, 0, 60, false);
      tell(exchange, 1, 0, true);

      exchange.runTimers();

      assertThat(sizes(exchange)).containsExactly(60, 0);
    }

    @Test
    void doesNotWaitIfTheClientDoesNot() {
      FakeExchange exchange = fetch(request(0).setMaxWaitMs(0));

      Replica.Read read = tell(exchange, 0, 0, false);

      assertThat(read.waitPast()).isEqualTo(Replica.Read.DO_NOT_WAIT);
      assertThat(sizes(exchange)).containsExactly(0);
    }

    @Test
    void asksAReplicaThatCanKeepNoMoreReadersOnlyOnce() {
      FakeExchange exchange = fetch(request(0));
      Replica.Read read = tell(exchange, 0, 0, false);

      replicas.get(0).expectNoMessage(java.time.Duration.ZERO);
      exchange.runTimers();

      assertThat(read.waitPast()).isZero();
      assertThat(sizes(exchange)).containsExactly(0);
    }

    @Test
    void callsOffItsReadersWhenTheConnectionIsLost() {
      FakeExchange exchange = fetch(request(0));
      Replica.Read read = tell(exchange, 0, 0, true);

      exchange.abandon();

      assertThat(replicas.get(0).expectMessageClass(Replica.CancelRead.class).correlation())
          .isEqualTo(read.correlation());
    }

    @Test
    void isToldAtOnceOfAnErrorThatComesMeanwhile() {
      FakeExchange exchange = fetch(request(0));
      Replica.Read read = tell(exchange, 0, 0, true);

      refuse(exchange, read, Errors.NOT_LEADER_OR_FOLLOWER);

      assertThat(partitions(exchange).get(0).errorCode())
          .isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER.code());
    }
  }

  @Nested
  class WhenAnotherBrokerLeads {
    @BeforeEach
    void elect() {
      node.shows(Images.of(Images.topic("orders", Images.partition(0, 2, 1, 2))));
      topic = node.metadata().topic("orders").orElseThrow().id();
    }

    @Test
    void namesTheLeaderAndItsAddress() {
      FakeExchange exchange = fetch(request(0));

      refuse(exchange, expectRead(0), Errors.NOT_LEADER_OR_FOLLOWER);

      FetchResponseData answer = exchange.answer(FetchResponseData.class);
      assertThat(partitions(exchange).get(0).currentLeader())
          .isEqualTo(new FetchResponseData.LeaderIdAndEpoch().setLeaderId(2).setLeaderEpoch(5));
      assertThat(answer.nodeEndpoints())
          .containsExactly(
              new FetchResponseData.NodeEndpoint()
                  .setNodeId(2)
                  .setHost("host-2")
                  .setPort(9094)
                  .setRack("rack-2"));
    }
  }

  @Nested
  class WhenMoreIsThereThanFits {
    @Test
    void givesTheFirstBatchWholeHoweverLarge() {
      FakeExchange exchange = fetch(request(0).setMaxBytes(50));

      Replica.Read read = tell(exchange, 0, 4_000, false);

      assertThat(read.atLeastOneBatch()).isTrue();
      assertThat(read.maxBytes()).isEqualTo(50);
      assertThat(sizes(exchange)).containsExactly(4_000);
    }

    @Test
    void leavesOutWhatDoesNotFitAfterTheFirst() {
      FakeExchange exchange = fetch(request(0, 1, 2).setMaxBytes(250));

      tell(exchange, 0, 200, false);
      tell(exchange, 1, 100, false);
      tell(exchange, 2, 50, false);

      assertThat(sizes(exchange)).containsExactly(200, 0, 50);
    }

    @Test
    void givesNoMoreThanTheBrokerAllows() {
      node.configured(Map.of("fetch.max.bytes", "1024"));
      FakeExchange exchange = fetch(request(0, 1));

      Replica.Read read = tell(exchange, 0, 1_000, false);
      tell(exchange, 1, 1_000, false);

      assertThat(read.maxBytes()).isEqualTo(1_024);
      assertThat(sizes(exchange)).containsExactly(1_000, 0);
    }

    @Test
    void servesThoseWhoWentAwayEmptyFirstNextTime() {
      FakeExchange opening = fetch(request(0, 1).setMaxBytes(250).setSessionEpoch(0));
      tell(opening, 0, 200, false);
      tell(opening, 1, 200, false);
      int session = opening.answer(FetchResponseData.class).sessionId();

      FakeExchange next = fetch(incremental(session, 1).setMaxBytes(250));
      tell(next, 1, 200, false);
      tell(next, 0, 200, false);

      assertThat(partitions(next))
          .extracting(
              FetchResponseData.PartitionData::partitionIndex,
              partition -> partition.records().sizeInBytes())
          .containsExactly(org.assertj.core.groups.Tuple.tuple(1, 200));
    }
  }

  @Nested
  class WithASession {
    private int session;

    @BeforeEach
    void open() {
      FakeExchange opening = fetch(request(0, 1).setSessionEpoch(FetchMetadata.INITIAL_EPOCH));
      tell(opening, 0, 100, false);
      tell(opening, 1, 0, true);
      replicas.get(1).expectMessageClass(Replica.CancelRead.class);
      session = opening.answer(FetchResponseData.class).sessionId();
    }

    @Test
    void leavesOutWhatHasNothingNew() {
      FakeExchange exchange = fetch(incremental(session, 1));

      tell(exchange, 0, 100, false);
      tell(exchange, 1, 0, true);

      assertThat(partitions(exchange))
          .extracting(FetchResponseData.PartitionData::partitionIndex)
          .containsExactly(0);
    }

    @Test
    void answersEmptyWhenNothingIsNew() {
      FakeExchange exchange = fetch(incremental(session, 1));
      Replica.Read first = expectRead(0);
      answerAt(first, 0, 100, 0, true);
      exchange.takeReply();
      tell(exchange, 1, 0, true);

      exchange.runTimers();

      assertThat(exchange.answer(FetchResponseData.class).responses()).isEmpty();
    }

    @Test
    void tellsAtOnceThatTheLogStartHasMoved() {
      FakeExchange exchange = fetch(incremental(session, 1));
      tell(exchange, 1, 0, true);

      answerAt(expectRead(0), 0, 100, 40, true);
      exchange.takeReply();

      assertThat(partitions(exchange))
          .extracting(FetchResponseData.PartitionData::logStartOffset)
          .containsExactly(40L);
    }

    @Test
    void refusesAnEpochOutOfTurn() {
      FakeExchange exchange = fetch(incremental(session, 7));

      assertThat(exchange.answer(FetchResponseData.class).errorCode())
          .isEqualTo(Errors.INVALID_FETCH_SESSION_EPOCH.code());
    }
  }

  @Nested
  class WhenItCannotBeServed {
    @Test
    void saysSoOfEachPartitionAndServesTheOthers() {
      node.runs("orders", 2, null);
      FakeExchange exchange = fetch(request(0, 2, 17));

      tell(exchange, 0, 100, false);

      assertThat(partitions(exchange))
          .extracting(FetchResponseData.PartitionData::errorCode)
          .containsExactly(
              Errors.NONE.code(),
              Errors.NOT_LEADER_OR_FOLLOWER.code(),
              Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
    }

    @Test
    void doesNotKnowATopicId() {
      FetchRequestData request = request(0);
      request.topics().get(0).setTopicId(Uuid.randomUuid());

      assertThat(partitions(fetch(request)).get(0).errorCode())
          .isEqualTo(Errors.UNKNOWN_TOPIC_ID.code());
    }

    @Test
    void answersAFetchOfNothing() {
      assertThat(fetch(request()).answer(FetchResponseData.class).responses()).isEmpty();
    }
  }

  private FakeExchange fetch(FetchRequestData request) {
    FakeExchange exchange = new FakeExchange(node, request, (short) VERSION, connection);
    handler.handle(exchange);
    return exchange;
  }

  private FetchRequestData request(int... partitions) {
    FetchRequestData request =
        new FetchRequestData()
            .setMinBytes(1)
            .setMaxBytes(1 << 20)
            .setMaxWaitMs(500)
            .setSessionEpoch(FetchMetadata.FINAL_EPOCH);
    FetchRequestData.FetchTopic fetched = new FetchRequestData.FetchTopic().setTopicId(topic);
    for (int partition : partitions) {
      fetched
          .partitions()
          .add(
              new FetchRequestData.FetchPartition()
                  .setPartition(partition)
                  .setPartitionMaxBytes(1 << 20));
    }
    if (partitions.length > 0) {
      request.topics().add(fetched);
    }
    return request;
  }

  private FetchRequestData incremental(int session, int epoch) {
    return request().setSessionId(session).setSessionEpoch(epoch);
  }

  private Replica.Read expectRead(int partition) {
    return replicas.get(partition).expectMessageClass(Replica.Read.class);
  }

  /** The replica of a partition answers with so many bytes, and as many as the high watermark. */
  private Replica.Read tell(FakeExchange exchange, int partition, int bytes, boolean waiting) {
    Replica.Read read = expectRead(partition);
    answer(read, bytes, waiting);
    exchange.takeReply();
    return read;
  }

  private void answer(Replica.Read read, int bytes, boolean waiting) {
    answerAt(read, bytes, bytes, 0, waiting);
  }

  private void answerAt(
      Replica.Read read, int bytes, long highWatermark, long logStart, boolean waiting) {
    Optional<FetchRegion> region =
        bytes == 0 ? Optional.empty() : Optional.of(new FetchRegion(file, 0, bytes, 0));
    read.replyTo()
        .tell(
            new ReplicaReply.Data(
                read.correlation(),
                Errors.NONE,
                region,
                highWatermark,
                highWatermark,
                logStart,
                waiting));
  }

  private void refuse(FakeExchange exchange, Replica.Read read, Errors error) {
    read.replyTo()
        .tell(
            new ReplicaReply.Data(read.correlation(), error, Optional.empty(), -1, -1, -1, false));
    exchange.takeReply();
  }

  private static List<FetchResponseData.PartitionData> partitions(FakeExchange exchange) {
    return exchange.answer(FetchResponseData.class).responses().stream()
        .flatMap(topicAnswer -> topicAnswer.partitions().stream())
        .toList();
  }

  private static List<Integer> sizes(FakeExchange exchange) {
    return partitions(exchange).stream()
        .map(partition -> partition.records().sizeInBytes())
        .toList();
  }
}
