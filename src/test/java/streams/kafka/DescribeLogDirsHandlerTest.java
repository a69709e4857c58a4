package streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import actors.partition.Replica;
import actors.partition.ReplicaReply.Described;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopic;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopicCollection;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsPartition;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsResult;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsTopic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import storage.log.StorageFailure;

/** Topic {@code orders}: partitions 0 and 1 have a replica here, 2 has none. */
class DescribeLogDirsHandlerTest extends HandlerFixture {
  private static final int VERSION = 4;

  private final TestProbe<Replica.Command> zero = probe(Replica.Command.class);
  private final TestProbe<Replica.Command> one = probe(Replica.Command.class);

  @BeforeEach
  void hold() {
    node.shows(
        Images.of(
            Images.topic(
                "orders",
                Images.partition(0, 1, 1, 2),
                Images.partition(1, 2, 1, 2),
                Images.partition(2, 2, 2, 3))));
    node.runs("orders", 0, zero.ref()).runs("orders", 1, one.ref());
  }

  private FakeExchange ask(DescribableLogDirTopicCollection topics) {
    return handle(
        new DescribeLogDirsHandler(), new DescribeLogDirsRequestData().setTopics(topics), VERSION);
  }

  private static DescribeLogDirsResult only(FakeExchange exchange) {
    List<DescribeLogDirsResult> results =
        exchange.answer(DescribeLogDirsResponseData.class).results();
    assertThat(results).hasSize(1);
    return results.get(0);
  }

  private static void reply(
      FakeExchange exchange,
      TestProbe<Replica.Command> replica,
      Errors error,
      long size,
      long lag) {
    Replica.Describe question = replica.expectMessageClass(Replica.Describe.class);
    question
        .replyTo()
        .tell(new Described(question.correlation(), error, size, 10, lag, Optional.empty()));
    exchange.takeReply();
  }

  @Test
  void tellsTheDiskAndEveryReplicaOnIt() {
    FakeExchange exchange = ask(null);

    reply(exchange, zero, Errors.NONE, 4096, 0);
    reply(exchange, one, Errors.NONE, 128, 7);

    DescribeLogDirsResult directory = only(exchange);
    assertThat(directory.errorCode()).isEqualTo(Errors.NONE.code());
    assertThat(directory.logDir()).isEqualTo(Path.of("unused", "logs").toString());
    assertThat(directory.totalBytes()).isEqualTo(1_000);
    assertThat(directory.usableBytes()).isEqualTo(400);
    assertThat(directory.topics())
        .containsExactly(
            new DescribeLogDirsTopic()
                .setName("orders")
                .setPartitions(
                    List.of(
                        new DescribeLogDirsPartition()
                            .setPartitionIndex(0)
                            .setPartitionSize(4096)
                            .setOffsetLag(0),
                        new DescribeLogDirsPartition()
                            .setPartitionIndex(1)
                            .setPartitionSize(128)
                            .setOffsetLag(7))));
  }

  @Test
  void tellsOnlyWhatIsAskedForAndHere() {
    DescribableLogDirTopicCollection wanted = new DescribableLogDirTopicCollection();
    wanted.add(new DescribableLogDirTopic().setTopic("orders").setPartitions(List.of(1, 2, 1, -1)));
    wanted.add(new DescribableLogDirTopic().setTopic("never-was").setPartitions(List.of(0)));
    FakeExchange exchange = ask(wanted);

    reply(exchange, one, Errors.NONE, 128, 0);

    assertThat(only(exchange).topics())
        .singleElement()
        .satisfies(
            topic ->
                assertThat(topic.partitions())
                    .extracting(DescribeLogDirsPartition::partitionIndex)
                    .containsExactly(1));
    zero.expectNoMessage(java.time.Duration.ZERO);
  }

  @Test
  void callsTheDirectoryOfflineWhenAReplicaHasFailed() {
    FakeExchange exchange = ask(null);

    reply(exchange, zero, Errors.KAFKA_STORAGE_ERROR, -1, -1);
    reply(exchange, one, Errors.NONE, 128, 0);

    DescribeLogDirsResult directory = only(exchange);
    assertThat(directory.errorCode()).isEqualTo(Errors.KAFKA_STORAGE_ERROR.code());
    assertThat(directory.topics().get(0).partitions())
        .extracting(DescribeLogDirsPartition::partitionIndex)
        .containsExactly(1);
  }

  @Test
  void callsTheDirectoryOfflineWhenTheDiskDoesNotAnswer() {
    node.hasDisk(CompletableFuture.failedStage(new StorageFailure("gone", Path.of("unused"))));
    FakeExchange exchange = ask(new DescribableLogDirTopicCollection());

    DescribeLogDirsResult directory = only(exchange);

    assertThat(directory.errorCode()).isEqualTo(Errors.KAFKA_STORAGE_ERROR.code());
    assertThat(directory.totalBytes()).isEqualTo(-1);
    assertThat(directory.usableBytes()).isEqualTo(-1);
  }

  @Test
  void leavesOutAReplicaThatDoesNotAnswerInTime() {
    FakeExchange exchange = ask(null);
    reply(exchange, one, Errors.NONE, 128, 0);

    exchange.runTimers();

    assertThat(only(exchange).topics().get(0).partitions()).hasSize(1);
    assertThat(exchange.openListeners()).isZero();
  }
}
