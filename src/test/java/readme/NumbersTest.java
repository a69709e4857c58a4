package readme;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.pekko.Done;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.Test;
import streams.Granary;
import streams.Producer;
import streams.ProducerSettings;
import streams.junit.GranaryTest;
import streams.junit.Topic;

@GranaryTest
class NumbersTest {
  @Test
  void areThereWhenAcknowledged(Granary granary, @Topic(partitions = 3) String numbers) {
    var settings = ProducerSettings.create(granary, new StringSerializer(), new StringSerializer());

    CompletionStage<Done> written =
        Source.single(new ProducerRecord<>(numbers, "key", "value"))
            .runWith(Producer.plainSink(settings), granary.system());

    assertThat(written).succeedsWithin(Duration.ofSeconds(10));
  }
}
