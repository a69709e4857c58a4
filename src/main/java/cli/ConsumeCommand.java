package cli;

import java.time.Duration;
import java.time.ZoneId;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "consume",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Print the records of a topic, up to its present end or as they come.")
final class ConsumeCommand implements Callable<Integer> {
  private static final Duration POLL = Duration.ofMillis(250);

  private final Console console;

  @Parameters(paramLabel = "TOPIC", description = "The topic.")
  private String topic;

  @Option(
      names = "--from",
      paramLabel = "WHERE",
      description =
          "beginning, end, an offset, @MILLISECONDS since 1970, or a time such as"
              + " 2026-01-31T12:00:00Z. Default: beginning; with --follow: end.")
  private String from;

  @Option(
      names = {"-p", "--partition"},
      paramLabel = "N",
      description = "Only this partition. Repeatable.")
  private List<Integer> partitions = List.of();

  @Option(
      names = {"-n", "--max"},
      paramLabel = "N",
      description = "End after so many records.")
  private Long max;

  @Option(
      names = {"-f", "--follow"},
      description = "Go on with what is appended later, until Ctrl-C.")
  private boolean follow;

  @Option(
      names = "--format",
      paramLabel = "TEMPLATE",
      description =
          "Such as '{partition} {offset} {key}\\t{value}'. Fields: topic, partition, offset,"
              + " timestamp, time, key, value, headers. Default: '{value}'.")
  private String format;

  @Option(names = "--json", description = "One JSON object a record.")
  private boolean json;

  @Option(names = "--committed", description = "Skip records of open and aborted transactions.")
  private boolean committedOnly;

  @Mixin private ClientOptions client;

  ConsumeCommand(Services services) {
    this.console = services.console();
  }

  @Override
  public Integer call() {
    if (json && format != null) {
      throw CommandFailure.usage("give --json or --format, not both");
    }
    if (max != null && max < 0) {
      throw CommandFailure.usage("--max must not be negative");
    }
    RecordFormat printed =
        json ? RecordFormat.json() : RecordFormat.template(format == null ? "{value}" : format);
    StartPoint start =
        StartPoint.parse(
            from != null ? from : follow ? "end" : "beginning", ZoneId.systemDefault());
    try (KafkaConsumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(
                properties(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        Progress progress = new Progress(console)) {
      List<TopicPartition> assigned = assigned(consumer);
      consumer.assign(assigned);
      Map<TopicPartition, Long> ends = consumer.endOffsets(assigned);
      seek(consumer, start, ends);
      read(consumer, ends, printed, progress);
    }
    return ExitCode.OK;
  }

  private void read(
      KafkaConsumer<byte[], byte[]> consumer,
      Map<TopicPartition, Long> ends,
      RecordFormat printed,
      Progress progress) {
    long limit = max == null ? Long.MAX_VALUE : max;
    long records = 0;
    long bytes = 0;
    long lastNanos = System.nanoTime();
    while (records < limit && (follow || !reached(consumer, ends))) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        boolean past = !follow && record.offset() >= ends.get(partitionOf(record));
        if (past || records == limit) {
          continue;
        }
        printed.print(record, console.out());
        records++;
        bytes +=
            Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
        lastNanos = System.nanoTime();
      }
      // Also flushes; somebody who reads through a pipe may have had enough.
      if (console.out().checkError()) {
        return;
      }
      if (!follow) {
        progress.update("read", records, bytes);
        checkAlive(lastNanos);
      }
    }
  }

  private void checkAlive(long lastNanos) {
    long silentMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - lastNanos);
    if (silentMillis > client.timeoutMillis()) {
      throw new CommandFailure(
          ExitCode.UNREACHABLE,
          "no more records came for " + client.timeoutMillis() / 1000 + " s, short of the end");
    }
  }

  private static boolean reached(
      KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
  }

  private List<TopicPartition> assigned(KafkaConsumer<byte[], byte[]> consumer) {
    List<PartitionInfo> known = consumer.partitionsFor(topic);
    if (known == null || known.isEmpty()) {
      throw Topics.noSuchTopic(topic);
    }
    List<Integer> numbers = known.stream().map(PartitionInfo::partition).sorted().toList();
    for (int partition : partitions) {
      if (!numbers.contains(partition)) {
        throw CommandFailure.notFound(
            "there is no partition "
                + partition
                + " in "
                + topic
                + ", which has "
                + numbers.size());
      }
    }
    return (partitions.isEmpty() ? numbers : partitions)
        .stream().distinct().map(number -> new TopicPartition(topic, number)).toList();
  }

  private void seek(
      KafkaConsumer<byte[], byte[]> consumer, StartPoint start, Map<TopicPartition, Long> ends) {
    Collection<TopicPartition> assigned = ends.keySet();
    if (start instanceof StartPoint.Beginning) {
      consumer.beginningOffsets(assigned).forEach(consumer::seek);
    } else if (start instanceof StartPoint.End) {
      ends.forEach(consumer::seek);
    } else if (start instanceof StartPoint.Offset at) {
      seek(consumer, at.offset(), ends);
    } else if (start instanceof StartPoint.Time at) {
      Map<TopicPartition, Long> question = new HashMap<>();
      assigned.forEach(partition -> question.put(partition, at.timestampMillis()));
      Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(question);
      ends.forEach(
          (partition, end) ->
              consumer.seek(
                  partition, found.get(partition) == null ? end : found.get(partition).offset()));
    }
  }

  private void seek(
      KafkaConsumer<byte[], byte[]> consumer, long offset, Map<TopicPartition, Long> ends) {
    if (ends.size() > 1) {
      throw CommandFailure.usage(
          topic
              + " has "
              + ends.size()
              + " partitions; say with --partition whose offset "
              + offset
              + " is");
    }
    TopicPartition partition = ends.keySet().iterator().next();
    long first = consumer.beginningOffsets(List.of(partition)).get(partition);
    if (offset < first || offset > ends.get(partition)) {
      throw CommandFailure.usage(
          "offset "
              + offset
              + " is outside "
              + partition
              + ", which holds offsets "
              + first
              + " to "
              + ends.get(partition)
              + " (exclusive)");
    }
    consumer.seek(partition, offset);
  }

  private static TopicPartition partitionOf(ConsumerRecord<byte[], byte[]> record) {
    return new TopicPartition(record.topic(), record.partition());
  }

  private Properties properties() {
    Properties properties = client.properties(console);
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, follow ? "latest" : "earliest");
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5_000);
    properties.put(
        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
        committedOnly ? "read_committed" : "read_uncommitted");
    return properties;
  }
}
