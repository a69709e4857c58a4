package streams.kafka;

import actors.broker.DiskSpace;
import actors.broker.Node;
import actors.controller.TopicImage;
import actors.partition.Replica;
import actors.partition.ReplicaReply.Described;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopic;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsPartition;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsResult;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeLogDirsRequest;
import org.apache.kafka.common.requests.DescribeLogDirsResponse;

/**
 * This broker's one log directory, with the replicas in it (KIP-113, KIP-827). A replica that has
 * failed, or a disk that does not tell its size, makes the directory an offline one; what other
 * replicas say is told beside that.
 */
final class DescribeLogDirsHandler implements ApiHandler {
  @Override
  public ApiKeys api() {
    return ApiKeys.DESCRIBE_LOG_DIRS;
  }

  @Override
  public void handle(Exchange exchange) {
    DescribeLogDirsRequestData request = ((DescribeLogDirsRequest) exchange.request()).data();
    new Inquiry(exchange).start(wanted(exchange.node(), request));
  }

  /** Of the partitions asked for, by topic, those that have a replica here. */
  private static Map<String, Set<Integer>> wanted(Node node, DescribeLogDirsRequestData request) {
    Map<String, Set<Integer>> wanted = new TreeMap<>();
    if (request.topics() == null) {
      for (TopicImage topic : node.metadata().topics().values()) {
        add(
            node,
            topic.name(),
            IntStream.range(0, topic.partitions().size()).boxed().toList(),
            wanted);
      }
    } else {
      for (DescribableLogDirTopic topic : request.topics()) {
        add(node, topic.topic(), topic.partitions(), wanted);
      }
    }
    return wanted;
  }

  private static void add(
      Node node, String topic, Collection<Integer> partitions, Map<String, Set<Integer>> wanted) {
    for (int partition : partitions) {
      if (node.replica(topic, partition).isPresent()) {
        wanted.computeIfAbsent(topic, name -> new TreeSet<>()).add(partition);
      }
    }
  }

  /** One request under way. Confined to the connection's thread but for the last step. */
  private static final class Inquiry {
    private final Exchange exchange;
    private final ReplicaQuestions<Described> questions;
    private final List<DescribeLogDirsTopic> topics = new ArrayList<>();
    private boolean failed;

    Inquiry(Exchange exchange) {
      this.exchange = exchange;
      this.questions = new ReplicaQuestions<>(exchange, Described.class);
    }

    void start(Map<String, Set<Integer>> wanted) {
      wanted.forEach(this::ask);
      questions.whenAnswered(
          RequestLimits.OFFSET_TIMEOUT,
          () -> exchange.respond(exchange.node().diskSpace().handle(this::answer)));
    }

    private void ask(String name, Set<Integer> partitions) {
      DescribeLogDirsTopic topic = new DescribeLogDirsTopic().setName(name);
      topics.add(topic);
      for (int partition : partitions) {
        exchange
            .node()
            .replica(name, partition)
            .ifPresent(
                replica ->
                    questions.ask(
                        replica,
                        correlation -> new Replica.Describe(correlation, exchange.replies()),
                        described -> add(topic, partition, described)));
      }
    }

    private void add(DescribeLogDirsTopic topic, int partition, Described described) {
      failed |= described.error() == Errors.KAFKA_STORAGE_ERROR;
      if (described.error() == Errors.NONE) {
        topic
            .partitions()
            .add(
                new DescribeLogDirsPartition()
                    .setPartitionIndex(partition)
                    .setPartitionSize(described.sizeBytes())
                    .setOffsetLag(described.lagOffsets())
                    .setIsFutureKey(false));
      }
    }

    /**
     * @param space null where the disk has not answered
     */
    private DescribeLogDirsResponseData answer(DiskSpace space, Throwable unmeasured) {
      boolean offline = failed || unmeasured != null;
      long unknown = DescribeLogDirsResponse.UNKNOWN_VOLUME_BYTES;
      return new DescribeLogDirsResponseData()
          .setResults(
              List.of(
                  new DescribeLogDirsResult()
                      .setErrorCode((offline ? Errors.KAFKA_STORAGE_ERROR : Errors.NONE).code())
                      .setLogDir(exchange.node().settings().logDirectory().toString())
                      .setTotalBytes(space == null ? unknown : space.totalBytes())
                      .setUsableBytes(space == null ? unknown : space.usableBytes())
                      .setTopics(
                          topics.stream()
                              .filter(topic -> !topic.partitions().isEmpty())
                              .toList())));
    }
  }
}
