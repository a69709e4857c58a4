package cli.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class AcknowledgedPrefixTest {
  private static final int WINDOW = 8;
  private final AcknowledgedPrefix acknowledged = new AcknowledgedPrefix(WINDOW);

  @Test
  void stopsAtTheFirstLineThatIsOpen() {
    acknowledged.acknowledged(1);
    acknowledged.acknowledged(3);

    assertThat(acknowledged.prefix()).isEqualTo(1);
    assertThat(acknowledged.count()).isEqualTo(2);
  }

  @Test
  void takesInWhatWaitedWhenTheGapCloses() {
    acknowledged.acknowledged(2);
    acknowledged.acknowledged(3);
    acknowledged.acknowledged(1);

    assertThat(acknowledged.prefix()).isEqualTo(3);
  }

  @Test
  void neverCountsALineOfTheLapBefore() {
    for (long line = 1; line <= WINDOW; line++) {
      acknowledged.acknowledged(line);
    }

    assertThat(acknowledged.prefix()).isEqualTo(WINDOW);
    acknowledged.acknowledged(WINDOW + 2);
    assertThat(acknowledged.prefix()).isEqualTo(WINDOW);
  }

  @Test
  void sendsNoMoreAfterGivingUp() throws InterruptedException {
    assertThat(acknowledged.awaitRoomFor(WINDOW)).isTrue();

    acknowledged.giveUp();

    assertThat(acknowledged.awaitRoomFor(WINDOW + 1)).isFalse();
  }

  @Property
  void endsAtTheLastLineInWhateverOrderWithinTheWindow(@ForAll long seed) {
    AcknowledgedPrefix any = new AcknowledgedPrefix(WINDOW);
    Random random = new Random(seed);
    long lines = 0;
    for (int round = 0; round < 20; round++) {
      List<Long> block =
          new ArrayList<>(LongStream.rangeClosed(lines + 1, lines + WINDOW).boxed().toList());
      Collections.shuffle(block, random);
      block.forEach(any::acknowledged);
      lines += WINDOW;
      assertThat(any.prefix()).isEqualTo(lines);
    }
  }
}
