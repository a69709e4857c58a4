package actors.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.junit.jupiter.api.Test;
import storage.record.BatchBuilder;
import storage.record.Codec;

class CompactedReplicaTest extends ReplicaFixture {
  private static final Map<String, String> COMPACTED =
      Map.of(
          "cleanup.policy",
          "compact",
          "segment.ms",
          "10000",
          "min.cleanable.dirty.ratio",
          "0.1",
          "flush",
          "commit");
  private static final Duration TICK = Duration.ofSeconds(20);

  private ByteBuffer batch(String key, String value) {
    return new BatchBuilder(Codec.NONE)
        .add(
            nowMillis.get(),
            key == null ? null : key.getBytes(StandardCharsets.UTF_8),
            value == null ? null : value.getBytes(StandardCharsets.UTF_8))
        .build();
  }

  private void fill(int records, int keys) {
    for (int i = 0; i < records; i++) {
      appendCommitted(batch("key-" + i % keys, "value-" + i));
    }
  }

  private List<String> values() {
    List<String> values = new ArrayList<>();
    long offset = 0;
    while (true) {
      read(offset, Replica.Read.DO_NOT_WAIT);
      ReplicaReply.Data data = data();
      assertThat(data.error()).isEqualTo(Errors.NONE);
      if (data.region().isEmpty() || data.region().get().isEmpty()) {
        return values;
      }
      ByteBuffer bytes = data.region().get().readFully();
      for (var batch : MemoryRecords.readableRecords(bytes).batches()) {
        offset = batch.nextOffset();
        for (Record record : batch) {
          values.add(StandardCharsets.UTF_8.decode(record.value()).toString());
        }
      }
    }
  }

  private void awaitCompacted(List<String> expected) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> {
              pass(TICK);
              assertThat(values()).isEqualTo(expected);
            });
  }

  @Test
  void keepsTheLastOfEachKey() {
    lead(0, COMPACTED);
    fill(50, 3);

    awaitCompacted(List.of("value-47", "value-48", "value-49"));

    assertThat(appendCommitted(batch("key-0", "more")).baseOffset()).isEqualTo(50);
    awaitCompacted(List.of("value-47", "value-49", "more"));
  }

  @Test
  void leavesATopicAloneThatIsNotCompacted() {
    Map<String, String> configs = new HashMap<>(COMPACTED);
    configs.put("cleanup.policy", "delete");
    lead(0, configs);
    fill(20, 2);
    pass(TICK);
    pass(TICK);
    settle();

    assertThat(values()).hasSize(20);
    reconfigure(0, COMPACTED);
    awaitCompacted(List.of("value-18", "value-19"));
  }

  @Test
  void refusesRecordsWithoutAKey() {
    lead(0, COMPACTED);

    append(batch(null, "lost"), ACKS_ALL);

    ReplicaReply.Appended refused = appended();
    assertThat(refused.error()).isEqualTo(Errors.INVALID_RECORD);
    assertThat(refused.message().orElseThrow()).contains("no key");
    assertThat(appendCommitted(batch("key", "kept")).baseOffset()).isZero();
  }

  @Test
  void canBeStoppedInTheMiddleOfACleaning() {
    lead(0, COMPACTED);
    fill(50, 3);
    pass(TICK);
    reopen();
    lead(1, COMPACTED);

    awaitCompacted(List.of("value-47", "value-48", "value-49"));
  }
}
