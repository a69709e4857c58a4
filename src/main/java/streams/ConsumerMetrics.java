package streams;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;

/**
 * What a source has done since it began, and what it has under way at this moment.
 *
 * @param records that the stream was given
 * @param bytes of these in the log, before compression
 * @param bytesRead of the log that were brought into memory: whole pieces, as they are stored
 * @param bytesInMemory of pieces that are not used up; at most {@code chunks-max} times {@code
 *     chunk-bytes}, or a batch that is larger for each
 * @param bytesAsked credit that is outstanding: {@code chunk-bytes} for each partition whose leader
 *     may answer with a piece, or has told of one that is not in memory yet
 * @param places the partitions that it reads at present
 */
public record ConsumerMetrics(
    long records,
    long bytes,
    long bytesRead,
    long bytesInMemory,
    long bytesAsked,
    List<Place> places)
    implements Figures<ConsumerMetrics> {
  private static final long UNKNOWN = -1;
  static final ConsumerMetrics NONE = new ConsumerMetrics(0, 0, 0, 0, 0, List.of());

  public ConsumerMetrics {
    places = List.copyOf(places);
  }

  /**
   * Where reading of a partition stands; -1 for what is not known yet.
   *
   * @param position the offset behind the last record that the stream was given, or where it begins
   * @param readEnd the offset behind what is in memory
   * @param highWatermark as the leader has said with its last answer: nobody is asked while the
   *     downstream wants nothing
   */
  public record Place(TopicPartition partition, long position, long readEnd, long highWatermark) {
    /** Offsets between the position and the high watermark; empty while one is not known. */
    public OptionalLong lag() {
      return position == UNKNOWN || highWatermark == UNKNOWN
          ? OptionalLong.empty()
          : OptionalLong.of(Math.max(0, highWatermark - position));
    }
  }

  @Override
  public ConsumerMetrics plus(ConsumerMetrics other) {
    List<Place> both = new ArrayList<>(places);
    both.addAll(other.places);
    return new ConsumerMetrics(
        records + other.records,
        bytes + other.bytes,
        bytesRead + other.bytesRead,
        bytesInMemory + other.bytesInMemory,
        bytesAsked + other.bytesAsked,
        both);
  }

  @Override
  public ConsumerMetrics ofEnded() {
    return new ConsumerMetrics(records, bytes, bytesRead, 0, 0, List.of());
  }
}
