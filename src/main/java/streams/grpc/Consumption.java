package streams.grpc;

import actors.broker.Node;
import actors.controller.TopicImage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Source;
import streams.Consumer;
import streams.ConsumerSettings;
import streams.OffsetReset;
import streams.StartPoint;
import streams.StartPosition;
import streams.Subscriptions;
import streams.grpc.v1.ConsumeRequest;
import streams.grpc.v1.ConsumeResponse;
import streams.grpc.v1.ConsumedRecord;
import streams.grpc.v1.PartitionStart;
import streams.grpc.v1.Start;

/**
 * Partitions for a client through {@link Consumer#plainSource}. What the client does not read stays
 * in the log, but for the pieces that its credit allows.
 */
final class Consumption {
  private final Node node;
  private final GrpcSettings settings;
  private final ConsumerSettings<byte[], byte[]> consumer;

  Consumption(Node node, GrpcSettings settings) {
    this.node = node;
    this.settings = settings;
    this.consumer =
        ConsumerSettings.create(node, new ByteArrayDeserializer(), new ByteArrayDeserializer())
            .withOffsetReset(OffsetReset.FAIL);
  }

  /** What the client would like to have read ahead, as far as one may. */
  long creditWanted(ConsumeRequest request) {
    long wanted = request.getBufferBytes();
    if (wanted < 0) {
      throw Refusals.of(Errors.INVALID_REQUEST, "buffer_bytes is 0 or more, not " + wanted);
    }
    return wanted == 0
        ? settings.consumeBufferBytes()
        : Math.min(wanted, settings.consumeBufferBytesMax());
  }

  /**
   * @param credit what is read ahead of the client at most, in bytes, unless a batch is larger
   */
  Source<ConsumeResponse, NotUsed> of(ConsumeRequest request, long credit) {
    TopicImage topic =
        node.metadata()
            .topic(request.getTopic())
            .orElseThrow(() -> TopicsService.unknown(request.getTopic()));
    return Consumer.plainSource(
            withCredit(credit), Subscriptions.assignmentStartingAt(starts(request, topic)))
        .map(RecordMessages::message)
        .batchWeighted(
            Limits.RESPONSE_BYTES_MAX,
            record -> Long.valueOf(record.getSerializedSize()),
            Consumption::answer,
            ConsumeResponse.Builder::addRecords)
        .map(ConsumeResponse.Builder::build)
        .mapMaterializedValue(control -> NotUsed.getInstance());
  }

  private static ConsumeResponse.Builder answer(ConsumedRecord first) {
    return ConsumeResponse.newBuilder().addRecords(first);
  }

  private ConsumerSettings<byte[], byte[]> withCredit(long credit) {
    long chunk =
        Math.max(
            Limits.CHUNK_BYTES_MIN, Math.min(Limits.CHUNK_BYTES_MAX, credit / Limits.CHUNKS_MIN));
    return consumer.withChunkBytes((int) chunk).withChunksMax((int) Math.max(1, credit / chunk));
  }

  private static Map<TopicPartition, StartPoint> starts(ConsumeRequest request, TopicImage topic) {
    int count = topic.partitions().size();
    List<PartitionStart> wanted =
        request.getPartitionsCount() > 0
            ? request.getPartitionsList()
            : IntStream.range(0, count)
                .mapToObj(partition -> PartitionStart.newBuilder().setPartition(partition).build())
                .toList();
    Map<TopicPartition, StartPoint> starts = new LinkedHashMap<>();
    for (PartitionStart one : wanted) {
      TopicPartition partition = new TopicPartition(topic.name(), one.getPartition());
      if (one.getPartition() < 0 || one.getPartition() >= count) {
        throw Refusals.of(
            Errors.UNKNOWN_TOPIC_OR_PARTITION,
            String.format(
                "topic %s has %d partitions, but none %d", topic.name(), count, one.getPartition()),
            topic.name(),
            one.getPartition());
      }
      Start start = one.hasStart() ? one.getStart() : request.getStart();
      if (starts.put(partition, startPoint(start, partition)) != null) {
        throw Refusals.of(
            Errors.INVALID_REQUEST,
            "the partition is named twice",
            topic.name(),
            one.getPartition());
      }
    }
    return starts;
  }

  private static StartPoint startPoint(Start start, TopicPartition partition) {
    return switch (start.getAtCase()) {
      case BEGINNING -> new StartPoint.At(StartPosition.EARLIEST);
      case END, AT_NOT_SET -> new StartPoint.At(StartPosition.LATEST);
      case TIMESTAMP_MILLIS -> new StartPoint.AtTime(start.getTimestampMillis());
      case OFFSET -> {
        if (start.getOffset() < 0) {
          throw Refusals.of(
              Errors.INVALID_REQUEST,
              "an offset is not negative: " + start.getOffset(),
              partition.topic(),
              partition.partition());
        }
        yield new StartPoint.AtOffset(start.getOffset());
      }
    };
  }
}
