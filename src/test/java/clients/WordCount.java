package clients;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.processor.StateRestoreListener;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Counts words with Kafka Streams, as one member of its group, until its standard input ends. For
 * each changelog that it read it says, on a line, how many records were in it.
 */
final class WordCount {
  static final String STORE = "counts";

  private WordCount() {}

  /**
   * @param arguments bootstrap address, application id, topic of lines, topic of counts, directory
   *     of the local state, and after how many milliseconds of silence it may be taken for dead
   */
  public static void main(String[] arguments) throws IOException {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", arguments[0]);
    settings.put("application.id", arguments[1]);
    settings.put("state.dir", arguments[4]);
    settings.put("processing.guarantee", "at_least_once");
    settings.put("commit.interval.ms", 100);
    settings.put("repartition.purge.interval.ms", 100);
    settings.put("consumer.heartbeat.interval.ms", 300);
    settings.put("consumer.session.timeout.ms", Integer.parseInt(arguments[5]));
    KafkaStreams streams = new KafkaStreams(topology(arguments[2], arguments[3]), settings);
    streams.setGlobalStateRestoreListener(new Restored());
    streams.start();
    var unused = System.in.readAllBytes();
    // Otherwise its members stay in the group until their sessions end, and the next start waits.
    streams.close(CloseOptions.groupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP));
  }

  static List<String> words(String line) {
    return Arrays.stream(line.toLowerCase(Locale.ROOT).split("[^a-z]+", -1))
        .filter(word -> !word.isEmpty())
        .toList();
  }

  private static Topology topology(String lines, String counts) {
    var strings = Serdes.String();
    StreamsBuilder builder = new StreamsBuilder();
    builder.stream(lines, Consumed.with(strings, strings))
        .flatMapValues(WordCount::words)
        .groupBy((key, word) -> word, Grouped.with(STORE, strings, strings))
        .count(
            Materialized.<String, Long, KeyValueStore<Bytes, byte[]>>as(STORE)
                .withKeySerde(strings)
                .withValueSerde(Serdes.Long()))
        .toStream()
        .mapValues(Object::toString)
        .to(counts, Produced.with(strings, strings));
    return builder.build();
  }

  private static final class Restored implements StateRestoreListener {
    @Override
    public void onRestoreStart(
        TopicPartition changelog, String store, long startOffset, long endOffset) {}

    @Override
    public void onBatchRestored(
        TopicPartition changelog, String store, long batchEndOffset, long records) {}

    @Override
    public void onRestoreEnd(TopicPartition changelog, String store, long records) {
      System.out.println(records);
    }
  }
}
