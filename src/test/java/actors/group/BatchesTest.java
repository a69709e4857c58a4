package actors.group;

import static org.assertj.core.api.Assertions.assertThat;

import actors.LeaderEpoch;
import actors.group.consumer.ConsumerGroupRecord.GroupEpoch;
import actors.group.consumer.ConsumerGroupRecord.GroupMetadata;
import actors.group.consumer.ConsumerGroupRecord.TargetEpoch;
import actors.group.consumer.ConsumerGroupRecord.TargetMember;
import actors.group.consumer.ConsumerGroupRecord.TargetMetadata;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePSet;

class BatchesTest {
  private static final int BATCH_BYTES_MAX = 4_096;
  private static final int MEMBERS = 1_000;

  private final GroupLog log = new GroupLog(LeaderEpoch.NONE, null, () -> BATCH_BYTES_MAX, () -> 1);

  private static List<GroupRecord> shares(boolean given) {
    return IntStream.range(0, MEMBERS)
        .<GroupRecord>mapToObj(
            i ->
                new TargetMember(
                    "g", "member " + i, given ? Optional.of(TreePSet.empty()) : Optional.empty()))
        .toList();
  }

  /** The keys of each batch. */
  private static List<List<String>> keys(List<ByteBuffer> batches) {
    return batches.stream()
        .map(
            batch ->
                StreamSupport.stream(
                        MemoryRecords.readableRecords(batch).records().spliterator(), false)
                    .map(record -> Arrays.toString(Utils.toArray(record.key())))
                    .toList())
        .toList();
  }

  private static List<String> keysOf(List<GroupRecord> records) {
    return records.stream().map(record -> Arrays.toString(record.key())).toList();
  }

  @Test
  void partsWhatManyMembersAreToHaveAndNothingElse() {
    List<GroupRecord> before =
        List.of(
            new GroupMetadata("g", Optional.of(new GroupEpoch(7, 1))),
            new GroupMetadata("g", Optional.of(new GroupEpoch(8, 1))));
    List<GroupRecord> after =
        List.of(
            new TargetMetadata("g", Optional.of(new TargetEpoch(8, 1))),
            new GroupMetadata("g", Optional.of(new GroupEpoch(9, 1))));
    List<GroupRecord> all = new ArrayList<>(before);
    all.addAll(shares(true));
    all.addAll(after);

    List<ByteBuffer> batches = Batches.of(log, all);

    List<List<String>> keys = keys(batches);
    assertThat(batches).allMatch(batch -> batch.remaining() <= BATCH_BYTES_MAX);
    assertThat(keys.stream().flatMap(List::stream)).containsExactlyElementsOf(keysOf(all));
    assertThat(keys.get(0)).startsWith(keysOf(before).toArray(String[]::new)).hasSizeGreaterThan(2);
    assertThat(keys.get(keys.size() - 1))
        .endsWith(keysOf(after).toArray(String[]::new))
        .hasSizeGreaterThan(2);
  }

  @Test
  void keepsWhatIsForgottenTogetherWithWhatIsNot() {
    List<GroupRecord> all = new ArrayList<>(shares(false));
    assertThat(Batches.of(log, all)).hasSizeGreaterThan(1);

    all.add(new GroupMetadata("g", Optional.of(new GroupEpoch(9, 1))));

    assertThat(Batches.of(log, all)).isEmpty();
  }

  @Test
  void aDecisionOfWhichAPartIsInTheLogIsNotTakenBack() {
    Verdict verdict = new Verdict(Optional.empty(), List.of(), List.of());
    Backlog backlog = new Backlog();
    backlog.add(new Backlog.Entry(1, Optional.empty(), verdict, BatchesTest::ignored, false));
    backlog.add(new Backlog.Entry(2, Optional.empty(), verdict, BatchesTest::ignored, true));

    assertThat(backlog.takeBack(2)).isEmpty();
    assertThat(backlog.takeBack(1)).isEmpty(); // another one has followed
  }

  private static void ignored(Errors error) {}
}
