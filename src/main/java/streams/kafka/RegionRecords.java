package streams.kafka;

import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.RecordsSend;
import streams.net.Part;

/** Records of a fetch response that stay in their file until the socket takes them. */
record RegionRecords(Part.Region part) implements BaseRecords {
  @Override
  public int sizeInBytes() {
    return part.size();
  }

  @Override
  public RecordsSend<? extends BaseRecords> toSend() {
    throw new UnsupportedOperationException("regions are sent by the socket stage");
  }
}
