package actors.partition;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import storage.log.FetchRegion;
import storage.log.SpaceWatcher;
import storage.record.Batches;

/** A leader on a volume that is about to be full, though each write would still succeed. */
class ScarceSpaceTest extends ReplicaFixture {
  private static final long LEAST = 1_000;
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  private final List<String> said = new ArrayList<>();

  @BeforeEach
  void lead() {
    directory.keepFree(
        LEAST,
        "the.setting",
        new SpaceWatcher() {
          @Override
          public void scarce(String sentence) {
            said.add("scarce");
          }

          @Override
          public void enoughAgain(String sentence) {
            said.add("enough");
          }
        });
    lead(5, NO_FLUSH);
    appendCommitted(Batches.of(1, 1_000));
    disk.pretendUsable(LEAST - 1);
    pass(LOOK_AGAIN);
  }

  @Test
  void refusesWritersAndSaysWhy() {
    append(Batches.of(1, 1_000), ACKS_ALL);

    ReplicaReply.Appended refused = appended();
    assertThat(refused.error()).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
    assertThat(refused.message().orElseThrow())
        .contains("999 bytes are free under " + root, "the.setting");
    assertThat(logWrites()).isEqualTo(1);
  }

  @Test
  void servesReaders() {
    append(Batches.of(1, 1_000), ACKS_ALL);
    appended();

    read(0, -1);

    assertThat(data().region().map(FetchRegion::firstOffset)).isEqualTo(Optional.of(0L));
  }

  @Test
  void dropsWhatIsTooOld() {
    reconfigure(5, Map.of("retention.ms", "1"));

    pass(Duration.ofHours(1));

    settle();
    append(Batches.of(1, 1_000), ACKS_ALL);
    appended();
    read(0, -1);
    assertThat(data().error()).isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
  }

  @Test
  void takesTheSameBatchOnceThereIsSpaceAgain() {
    append(Batches.idempotent(9, 0, 0, 2), ACKS_ALL);
    assertThat(appended().error()).isEqualTo(Errors.KAFKA_STORAGE_ERROR);

    disk.pretendUsable(Long.MAX_VALUE);
    pass(LOOK_AGAIN);

    assertThat(appendCommitted(Batches.idempotent(9, 0, 0, 2)).baseOffset()).isEqualTo(1);
    assertThat(said).containsExactly("scarce", "enough");
  }
}
