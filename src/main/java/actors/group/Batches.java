package actors.group;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Records of a decision as batches that the log takes. */
final class Batches {
  private Batches() {}

  /**
   * One batch, so that all of it is there or none; but forgetting may be done by halves: whoever
   * finds the rest forgets it again.
   *
   * @return none if they do not fit
   */
  static List<ByteBuffer> of(GroupLog log, List<GroupRecord> records) {
    ByteBuffer whole = log.batch(records);
    if (whole.remaining() <= log.batchBytesMax().getAsInt()) {
      return List.of(whole);
    }
    boolean onlyForgets = records.stream().allMatch(record -> record.value().isEmpty());
    if (!onlyForgets || records.size() == 1) {
      return List.of();
    }
    List<ByteBuffer> halves = new ArrayList<>();
    int middle = records.size() / 2;
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
}
