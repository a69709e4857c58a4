package actors.group;

import actors.group.consumer.ConsumerGroupRecord.TargetMember;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Records of a decision as batches that the log takes. */
final class Batches {
  private Batches() {}

  /**
   * One batch, so that all of it is there or none; but forgetting may be done by halves: whoever
   * finds the rest forgets it again. So may be what members are to have: it counts for nothing
   * before the record of its epoch, and whoever finds that missing computes it anew.
   *
   * @return none if they do not fit
   */
  static List<ByteBuffer> of(GroupLog log, List<GroupRecord> records) {
    ByteBuffer whole = log.batch(records);
    if (whole.remaining() <= log.batchBytesMax().getAsInt()) {
      return List.of(whole);
    }
    int middle = middle(records);
    if (middle == 0) {
      return List.of();
    }
    List<ByteBuffer> halves = new ArrayList<>();
    for (List<GroupRecord> half :
        List.of(records.subList(0, middle), records.subList(middle, records.size()))) {
      List<ByteBuffer> parts = of(log, half);
      if (parts.isEmpty()) {
        return List.of();
      }
      halves.addAll(parts);
    }
    return halves;
  }

  /** The place nearest to the middle where the records may be parted; 0: there is none. */
  private static int middle(List<GroupRecord> records) {
    boolean onlyForgets = records.stream().allMatch(record -> record.value().isEmpty());
    int half = records.size() / 2;
    return onlyForgets
        ? half
        : IntStream.range(1, records.size())
            .filter(i -> isShare(records.get(i - 1)) && isShare(records.get(i)))
            .reduce(
                0, (best, i) -> best == 0 || Math.abs(i - half) < Math.abs(best - half) ? i : best);
  }

  private static boolean isShare(GroupRecord record) {
    return record instanceof TargetMember target && target.content().isPresent();
  }
}
