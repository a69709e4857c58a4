package cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import cli.data.KeyRule;
import cli.data.LineReader;
import cli.data.RecordReader;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RoundTripTest {
  private static final int LINES = 1_000;
  private static ActorTestKit testKit;

  @BeforeAll
  static void start() {
    testKit = ActorTestKit.create();
  }

  @AfterAll
  static void stop() {
    testKit.shutdownTestKit();
  }

  private static RoundTrip.Result run(UnaryOperator<List<ConsumerRecord<byte[], byte[]>>> spoil)
      throws InterruptedException {
    String text =
        IntStream.range(0, LINES)
            .mapToObj(i -> "key" + i % 7 + "," + i)
            .collect(Collectors.joining("\n"));
    RecordReader lines =
        new RecordReader(
            new LineReader(new ByteArrayInputStream(text.getBytes(UTF_8)), 100),
            KeyRule.firstColumn("x.csv"),
            100);
    return new RoundTrip(new MemoryBroker(testKit.system(), spoil), "topic")
        .run(lines, Map.of(), new Progress(new TestConsole().console()));
  }

  @Test
  void holdsWhenEverythingComesBackInOrder() throws InterruptedException {
    RoundTrip.Result result = run(records -> records);

    assertThat(result.verdict().holds()).isTrue();
    assertThat(result.verdict().read()).isEqualTo(LINES);
    assertThat(result.verdict().keys()).isEqualTo(7);
  }

  @Test
  void failsWhenTwoRecordsOfAKeyChangePlaces() throws InterruptedException {
    RoundTrip.Result result =
        run(
            records -> {
              List<ConsumerRecord<byte[], byte[]>> swapped = new ArrayList<>(records);
              Collections.swap(swapped, 7, 14);
              return swapped;
            });

    assertThat(result.verdict().holds()).isFalse();
    assertThat(result.verdict().keysDiffering()).isEqualTo(1);
  }

  @Test
  void failsWhenTheLastRecordIsLost() throws InterruptedException {
    RoundTrip.Result result = run(records -> records.subList(0, LINES - 1));

    assertThat(result.verdict().holds()).isFalse();
    assertThat(result.verdict().read()).isEqualTo(LINES - 1);
  }
}
