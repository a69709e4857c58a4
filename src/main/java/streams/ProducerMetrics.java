package streams;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;

/**
 * What stages that write have done since they began, and what they have under way at this moment.
 *
 * @param records that are acknowledged
 * @param bytes of these, before compression
 * @param recordsFailed of batches that were not written, or are not known to be
 * @param bytesHeld from the arrival of records until their results have left; upstream is not
 *     pulled while that is {@code buffer-bytes-max} or more
 * @param batchesInFlight sent and not answered
 * @param bytesInFlight of these, before compression
 * @param places the partitions that were written to
 */
public record ProducerMetrics(
    long records,
    long bytes,
    long recordsFailed,
    long bytesHeld,
    int batchesInFlight,
    long bytesInFlight,
    List<Place> places)
    implements Figures<ProducerMetrics> {
  static final ProducerMetrics NONE = new ProducerMetrics(0, 0, 0, 0, 0, 0, List.of());

  public ProducerMetrics {
    places = List.copyOf(places);
  }

  /**
   * Where writing to a partition stands.
   *
   * @param endOffset behind the last record that is acknowledged; -1: none is
   * @param bytesInFlight sent and not answered, before compression
   */
  public record Place(TopicPartition partition, long endOffset, long bytesInFlight) {}

  @Override
  public ProducerMetrics plus(ProducerMetrics other) {
    List<Place> both = new ArrayList<>(places);
    both.addAll(other.places);
    return new ProducerMetrics(
        records + other.records,
        bytes + other.bytes,
        recordsFailed + other.recordsFailed,
        bytesHeld + other.bytesHeld,
        batchesInFlight + other.batchesInFlight,
        bytesInFlight + other.bytesInFlight,
        both);
  }

  @Override
  public ProducerMetrics ofEnded() {
    return new ProducerMetrics(records, bytes, recordsFailed, 0, 0, 0, List.of());
  }
}
