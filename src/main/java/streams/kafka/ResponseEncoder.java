package streams.kafka;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.requests.RequestHeader;
import streams.net.Outgoing;
import streams.net.Part;

/**
 * Writes a response with its length and header into one exact buffer, cut only where file regions
 * stand in it: their bytes are left for the socket to fetch.
 */
final class ResponseEncoder extends ByteBufferAccessor {
  private final ByteBuffer buffer;
  private final List<Part> parts = new ArrayList<>(1);
  private int cut;

  private ResponseEncoder(ByteBuffer buffer) {
    super(buffer);
    this.buffer = buffer;
  }

  /**
   * @param request whose correlation and version the answer carries
   */
  static Outgoing encode(RequestHeader request, ApiMessage response) {
    short headerVersion = request.apiKey().responseHeaderVersion(request.apiVersion());
    ResponseHeaderData header = new ResponseHeaderData().setCorrelationId(request.correlationId());
    ObjectSerializationCache cache = new ObjectSerializationCache();
    MessageSizeAccumulator size = new MessageSizeAccumulator();
    header.addSize(size, cache, headerVersion);
    response.addSize(size, cache, request.apiVersion());
    ResponseEncoder encoder =
        new ResponseEncoder(ByteBuffer.allocate(Integer.BYTES + size.sizeExcludingZeroCopy()));
    encoder.writeInt(size.totalSize());
    header.write(encoder, cache, headerVersion);
    response.write(encoder, cache, request.apiVersion());
    encoder.cutHere();
    return new Outgoing(encoder.parts);
  }

  @Override
  public void writeRecords(BaseRecords records) {
    if (records instanceof RegionRecords region) {
      cutHere();
      parts.add(region.part());
    } else if (records.sizeInBytes() > 0) {
      throw new IllegalArgumentException("records in a response come from files: " + records);
    }
  }

  private void cutHere() {
    if (buffer.position() > cut) {
      parts.add(new Part.Bytes(buffer.duplicate().flip().position(cut)));
      cut = buffer.position();
    }
  }
}
