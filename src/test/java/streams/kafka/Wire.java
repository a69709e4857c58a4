package streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.ResponseHeader;
import streams.net.Outgoing;
import streams.net.Part;

/** Messages as they come out of the socket: written and read again in one version. */
final class Wire {
  private static final int CORRELATION = 4711;

  private Wire() {}

  static AbstractRequest request(ApiMessage data, short version) {
    return AbstractRequest.parseRequest(
            ApiKeys.forId(data.apiKey()), version, MessageUtil.toByteBufferAccessor(data, version))
        .request;
  }

  /** What the client reads; fails if the version cannot say what the message holds. */
  static ApiMessage response(ApiMessage data, short version) {
    ApiKeys api = ApiKeys.forId(data.apiKey());
    RequestHeader header = new RequestHeader(api, version, "test", CORRELATION);
    ByteBuffer sent = bytes(ResponseEncoder.encode(header, data));
    assertThat(sent.getInt()).as("length prefix").isEqualTo(sent.remaining());
    assertThat(ResponseHeader.parse(sent, api.responseHeaderVersion(version)).correlationId())
        .isEqualTo(CORRELATION);
    ApiMessage read = api.messageType.newResponse();
    read.read(new ByteBufferAccessor(sent), version);
    assertThat(sent.remaining()).isZero();
    return read;
  }

  /** A request as it comes out of the socket, its length taken off. */
  static ByteBuffer frame(RequestHeader header, ApiMessage request) {
    ByteBuffer head =
        MessageUtil.toByteBufferAccessor(header.data(), header.headerVersion()).buffer();
    ByteBuffer body = MessageUtil.toByteBufferAccessor(request, header.apiVersion()).buffer();
    ByteBuffer frame = ByteBuffer.allocate(head.remaining() + body.remaining());
    return frame.put(head).put(body).flip();
  }

  /** What the socket would send, regions of files included. */
  static ByteBuffer bytes(Outgoing outgoing) {
    long size = outgoing.parts().stream().mapToLong(Part::sizeBytes).sum();
    ByteBuffer all = ByteBuffer.allocate((int) size);
    for (Part part : outgoing.parts()) {
      if (part instanceof Part.Bytes bytes) {
        all.put(bytes.buffer().duplicate());
      } else {
        Part.Region region = (Part.Region) part;
        ByteBuffer content = ByteBuffer.allocate(region.size());
        try {
          assertThat(region.source().read(content, region.position())).isEqualTo(region.size());
        } catch (IOException unreadable) {
          throw new UncheckedIOException(unreadable);
        }
        all.put(content.flip());
      }
    }
    return all.flip();
  }

  /** All that the table serves. */
  static List<Short> versions(ApiKeys api) {
    return api.allVersions().stream()
        .filter(version -> api.isVersionEnabled(version, false))
        .toList();
  }
}
