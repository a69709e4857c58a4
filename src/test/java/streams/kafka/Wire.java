package streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AbstractRequest;

/** Messages as they come out of the socket: written and read again in one version. */
final class Wire {
  private Wire() {}

  static AbstractRequest request(ApiMessage data, short version) {
    return AbstractRequest.parseRequest(
            ApiKeys.forId(data.apiKey()), version, MessageUtil.toByteBufferAccessor(data, version))
        .request;
  }

  /** What the client reads; fails if the version cannot say what the message holds. */
  static ApiMessage response(ApiMessage data, short version) {
    ByteBufferAccessor bytes = MessageUtil.toByteBufferAccessor(data, version);
    ApiMessage read = ApiKeys.forId(data.apiKey()).messageType.newResponse();
    read.read(bytes, version);
    assertThat(bytes.remaining()).isZero();
    return read;
  }

  /** All that the table serves. */
  static List<Short> versions(ApiKeys api) {
    return api.allVersions().stream()
        .filter(version -> api.isVersionEnabled(version, false))
        .toList();
  }
}
