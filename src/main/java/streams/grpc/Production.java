package streams.grpc;

import actors.broker.Node;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.pekko.NotUsed;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Source;
import storage.record.Codec;
import streams.Acks;
import streams.Producer;
import streams.ProducerMessage;
import streams.ProducerMessage.Envelope;
import streams.ProducerMessage.FailedResult;
import streams.ProducerMessage.Result;
import streams.ProducerMessage.Results;
import streams.ProducerSettings;
import streams.grpc.v1.Acknowledgement;
import streams.grpc.v1.ProduceRecord;
import streams.grpc.v1.ProduceRequest;
import streams.grpc.v1.ProduceResponse;
import streams.grpc.v1.ProduceSettings;
import streams.grpc.v1.Refusal;
import streams.net.MemoryBudget;

/**
 * A client's records through {@link Producer#outcomeFlow}: each is acknowledged or refused, in the
 * order of sending. While the stage holds as much as it may, the client is not read.
 */
final class Production {
  private static final int NONE = -1;

  /** A topic that is not known is waited for only so long: nothing else is read meanwhile. */
  private static final Duration TOPIC_TIMEOUT = Duration.ofSeconds(1);

  private static final Duration DELIVERY_TIMEOUT_MAX = Duration.ofHours(1);

  private final ProducerSettings<byte[], byte[]> settings;
  private final MemoryBudget waiting;

  /**
   * @param waitingBytesMax of messages whose records wait for room, all streams together
   */
  Production(Node node, long waitingBytesMax) {
    this.waiting = new MemoryBudget(waitingBytesMax);
    this.settings =
        ProducerSettings.create(node, new ByteArraySerializer(), new ByteArraySerializer())
            .withTopicTimeout(TOPIC_TIMEOUT);
  }

  /** What a record is known by on its way, and why it was refused at once, if it was. */
  private record Slip(ProduceRecord record, Optional<Refusal> refusal) {}

  /**
   * @param bufferBytes while it holds more, the client is not read
   */
  Source<ProduceResponse, NotUsed> of(Source<ProduceRequest, NotUsed> requests, long bufferBytes) {
    return requests
        .prefixAndTail(1)
        .flatMapConcat(
            begun ->
                begun.first().isEmpty()
                    ? Source.empty()
                    : of(begun.first().get(0), begun, bufferBytes));
  }

  private Source<ProduceResponse, NotUsed> of(
      ProduceRequest first,
      Pair<List<ProduceRequest>, Source<ProduceRequest, NotUsed>> begun,
      long bufferBytes) {
    ProducerSettings<byte[], byte[]> chosen =
        settings(first.getSettings()).withBufferBytesMax(bufferBytes);
    return Source.single(first)
        .concatLazy(begun.second().map(Production::later)) // the other reads one message ahead
        .via(new WaitingMessage<>(waiting))
        .mapConcat(ProduceRequest::getRecordsList)
        .map(Production::envelope)
        .via(Producer.outcomeFlow(chosen))
        .map(Production::acknowledgement)
        .batch(
            Limits.ACKNOWLEDGEMENTS_MAX,
            Production::answer,
            ProduceResponse.Builder::addAcknowledgements)
        .map(ProduceResponse.Builder::build);
  }

  private static ProduceResponse.Builder answer(Acknowledgement first) {
    return ProduceResponse.newBuilder().addAcknowledgements(first);
  }

  private static ProduceRequest later(ProduceRequest request) {
    if (request.hasSettings()) {
      throw Refusals.of(
          Errors.INVALID_REQUEST, "settings are for the first message of the stream only");
    }
    return request;
  }

  private ProducerSettings<byte[], byte[]> settings(ProduceSettings wanted) {
    ProducerSettings<byte[], byte[]> chosen =
        switch (wanted.getAcks()) {
          case ALL -> settings.withAcks(Acks.ALL);
          case LEADER -> settings.withAcks(Acks.LEADER);
          case UNRECOGNIZED ->
              throw Refusals.of(Errors.INVALID_REQUIRED_ACKS, "acks is ALL or LEADER");
        };
    if (!wanted.getCompression().isEmpty()) {
      if (Codec.named(wanted.getCompression()).isEmpty()) {
        throw Refusals.of(
            Errors.UNSUPPORTED_COMPRESSION_TYPE,
            "compression is none, gzip, snappy, lz4 or zstd, not " + wanted.getCompression());
      }
      chosen = chosen.withCompression(wanted.getCompression());
    }
    long timeoutMillis = wanted.getDeliveryTimeoutMillis();
    if (timeoutMillis < 0 || timeoutMillis > DELIVERY_TIMEOUT_MAX.toMillis()) {
      throw Refusals.of(
          Errors.INVALID_REQUEST,
          "delivery_timeout_millis is from 0 to " + DELIVERY_TIMEOUT_MAX.toMillis());
    }
    return timeoutMillis == 0
        ? chosen
        : chosen.withDeliveryTimeout(Duration.ofMillis(timeoutMillis));
  }

  private static Envelope<byte[], byte[], Slip> envelope(ProduceRecord record) {
    try {
      return ProducerMessage.single(
          RecordMessages.record(record), new Slip(record, Optional.empty()));
    } catch (IllegalArgumentException unfit) {
      return ProducerMessage.passThrough(
          new Slip(record, Optional.of(refusal(Errors.INVALID_RECORD, unfit.getMessage()))));
    }
  }

  private static Refusal refusal(Errors error, String sentence) {
    return Refusal.newBuilder().setReason(error.name()).setMessage(sentence).build();
  }

  private static Acknowledgement acknowledgement(Results<byte[], byte[], Slip> result) {
    ProduceRecord record = result.passThrough().record();
    if (result instanceof Result<byte[], byte[], Slip> written) {
      RecordMetadata metadata = written.metadata();
      return Acknowledgement.newBuilder()
          .setId(record.getId())
          .setTopic(metadata.topic())
          .setPartition(metadata.partition())
          .setOffset(metadata.offset())
          .setTimestampMillis(metadata.timestamp())
          .build();
    }
    if (result instanceof FailedResult<byte[], byte[], Slip> failed) {
      return refused(
          record,
          failed.failure().partition(),
          refusal(failed.failure().error(), failed.failure().getMessage()));
    }
    return refused(record, NONE, result.passThrough().refusal().orElseThrow());
  }

  private static Acknowledgement refused(ProduceRecord record, int partition, Refusal refusal) {
    return Acknowledgement.newBuilder()
        .setId(record.getId())
        .setTopic(record.getTopic())
        .setPartition(partition)
        .setOffset(NONE)
        .setTimestampMillis(NONE)
        .setRefusal(refusal)
        .build();
  }
}
