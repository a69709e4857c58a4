package cli;

import static org.assertj.core.api.Assertions.assertThat;

import cli.data.KeyRule;
import cli.data.LineReader;
import cli.data.RecordReader;
import cli.data.RecordReader.KeyedLine;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DisasterTest {
  private static final int RECORDS = 8;

  private final AtomicInteger strikes = new AtomicInteger();
  private final Disaster disaster = new Disaster(RECORDS, strikes::incrementAndGet);

  private static Iterator<KeyedLine> lines() {
    byte[] text = "a\n".repeat(RECORDS).getBytes(StandardCharsets.UTF_8);
    return new RecordReader(
        new LineReader(new ByteArrayInputStream(text), 100), KeyRule.firstColumn("x.txt"), 100);
  }

  @Test
  void strikesOnceWhenHalfIsAcknowledged() {
    for (int i = 1; i < RECORDS / 2; i++) {
      disaster.acknowledged();
    }
    assertThat(strikes).hasValue(0);
    assertThat(disaster.hasHappened()).isFalse();

    for (int i = RECORDS / 2; i <= RECORDS; i++) {
      disaster.acknowledged();
    }

    assertThat(strikes).hasValue(1);
    assertThat(disaster.hasHappened()).isTrue();
  }

  @Test
  void holdsTheLastQuarterBackUntilThen() {
    Iterator<KeyedLine> held = disaster.holdingBack(lines());
    for (int i = 0; i < RECORDS * 3 / 4; i++) {
      held.next();
    }
    CompletableFuture<KeyedLine> next = CompletableFuture.supplyAsync(held::next);

    assertThat(next).isNotDone();
    for (int i = 0; i < RECORDS / 2; i++) {
      disaster.acknowledged();
    }

    assertThat(next.orTimeout(20, TimeUnit.SECONDS).join().value()).isEqualTo(new byte[] {'a'});
    held.next();
    assertThat(held.hasNext()).isFalse();
  }
}
