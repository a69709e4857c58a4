package actors.controller;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.pekko.util.ByteString;
import org.apache.pekko.util.ByteStringBuilder;

/**
 * Puts messages together again from their parts, within bounds. A transfer of which a part is
 * missing comes to nothing, as a lost message does; the oldest makes room where there are too many.
 */
final class Reassembly {
  private final int transfersMax;
  private final int messageBytesMax;
  private final Map<Uuid, Transfer> transfers = new LinkedHashMap<>();

  Reassembly(int transfersMax, int messageBytesMax) {
    this.transfersMax = transfersMax;
    this.messageBytesMax = messageBytesMax;
  }

  /** A message all of whose parts have come. */
  record Whole(String manifest, ByteString bytes) {}

  private static final class Transfer {
    private final String manifest;
    private final int count;
    private final ByteStringBuilder bytes = new ByteStringBuilder();
    private int arrived;

    Transfer(MessagePart first) {
      this.manifest = first.manifest();
      this.count = first.count();
    }

    boolean continuesWith(MessagePart part) {
      return part.index() == arrived
          && part.count() == count
          && part.bytes().size() <= Limits.MESSAGE_PART_BYTES_MAX
          && part.manifest().equals(manifest);
    }

    void add(ByteString more) {
      bytes.append(more);
      arrived++;
    }
  }

  /** The whole if this was its last part. */
  Optional<Whole> add(MessagePart part) {
    if (part.index() == 0 && (long) part.count() * Limits.MESSAGE_PART_BYTES_MAX <= sizeMax()) {
      begin(part);
    }
    Transfer transfer = transfers.get(part.transfer());
    if (transfer == null) {
      return Optional.empty();
    }
    if (!transfer.continuesWith(part)) {
      transfers.remove(part.transfer());
      return Optional.empty();
    }
    transfer.add(part.bytes());
    if (transfer.arrived < transfer.count) {
      return Optional.empty();
    }
    transfers.remove(part.transfer());
    return Optional.of(new Whole(transfer.manifest, transfer.bytes.result()));
  }

  /** Whether parts are still to come. */
  boolean isUnderWay() {
    return !transfers.isEmpty();
  }

  /** The last part need not be full. */
  private long sizeMax() {
    return (long) messageBytesMax + Limits.MESSAGE_PART_BYTES_MAX - 1;
  }

  private void begin(MessagePart first) {
    transfers.remove(first.transfer());
    if (transfers.size() >= transfersMax) {
      Iterator<Uuid> oldest = transfers.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
    transfers.put(first.transfer(), new Transfer(first));
  }
}
