package streams;

import java.util.Collection;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.pekko.NotUsed;

/** What goes into {@link Producer#flexiFlow} and what comes out of it. */
public final class ProducerMessage {
  private ProducerMessage() {}

  /** None, one or many records, and something that comes out again with their result. */
  public sealed interface Envelope<K, V, P> permits Message, MultiMessage, PassThroughMessage {
    P passThrough();
  }

  public record Message<K, V, P>(ProducerRecord<K, V> record, P passThrough)
      implements Envelope<K, V, P> {}

  public record MultiMessage<K, V, P>(List<ProducerRecord<K, V>> records, P passThrough)
      implements Envelope<K, V, P> {
    public MultiMessage {
      records = List.copyOf(records);
    }
  }

  public record PassThroughMessage<K, V, P>(P passThrough) implements Envelope<K, V, P> {}

  public static <K, V> Envelope<K, V, NotUsed> single(ProducerRecord<K, V> record) {
    return new Message<>(record, NotUsed.getInstance());
  }

  public static <K, V, P> Envelope<K, V, P> single(ProducerRecord<K, V> record, P passThrough) {
    return new Message<>(record, passThrough);
  }

  public static <K, V> Envelope<K, V, NotUsed> multi(Collection<ProducerRecord<K, V>> records) {
    return new MultiMessage<>(List.copyOf(records), NotUsed.getInstance());
  }

  public static <K, V, P> Envelope<K, V, P> multi(
      Collection<ProducerRecord<K, V>> records, P passThrough) {
    return new MultiMessage<>(List.copyOf(records), passThrough);
  }

  public static <K, V, P> Envelope<K, V, P> passThrough(P passThrough) {
    return new PassThroughMessage<>(passThrough);
  }

  /**
   * What became of an envelope: all of its records are written, or it is a {@link FailedResult}.
   */
  public sealed interface Results<K, V, P>
      permits Result, MultiResult, PassThroughResult, FailedResult {
    P passThrough();
  }

  /**
   * @param metadata partition, offset and timestamp
   */
  public record Result<K, V, P>(RecordMetadata metadata, Message<K, V, P> message)
      implements Results<K, V, P> {
    public long offset() {
      return metadata.offset();
    }

    @Override
    public P passThrough() {
      return message.passThrough();
    }
  }

  public record MultiResultPart<K, V>(RecordMetadata metadata, ProducerRecord<K, V> record) {}

  /**
   * @param parts in the order of the envelope's records
   */
  public record MultiResult<K, V, P>(List<MultiResultPart<K, V>> parts, P passThrough)
      implements Results<K, V, P> {}

  public record PassThroughResult<K, V, P>(P passThrough) implements Results<K, V, P> {}

  /** Of an envelope with a record that was not written; from {@link Producer#outcomeFlow} only. */
  public record FailedResult<K, V, P>(ProduceFailed failure, P passThrough)
      implements Results<K, V, P> {}
}
