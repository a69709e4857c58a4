package clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes that are no request: the connection ends, and nobody else notices. */
@ExtendWith(HostileBroker.class)
class BadFramesIT {
  private final RunningBroker broker;

  BadFramesIT(RunningBroker broker) {
    this.broker = broker;
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MAX_VALUE, 1 << 30, -1, Integer.MIN_VALUE, 0, 1, 7})
  void aLengthThatCannotBeEndsTheConnection(int length) throws IOException {
    try (WireConnection wire = WireConnection.to(broker)) {
      int present = Math.min(Math.max(length, 0), 64);
      wire.sendBytes(ByteBuffer.allocate(4 + present).putInt(length).array());

      assertThat(wire.endsByItself()).as("the broker ends the connection").isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "9999, 0",
    "-1, 0",
    "32767, 32767",
    "0, 99",
    "1, 99",
    "3, 99",
    "3, -1",
    "4, 0",
    "7, 1",
  })
  void anUnknownApiOrVersionEndsTheConnection(short api, short version) throws IOException {
    try (WireConnection wire = WireConnection.to(broker)) {
      wire.sendFrame(
          ByteBuffer.allocate(64)
              .putShort(api)
              .putShort(version)
              .putInt(1)
              .putShort((short) -1)
              .position(0));

      assertThat(wire.endsByItself()).as("the broker ends the connection").isTrue();
    }
  }

  @Test
  void anApiVersionsRequestFromTheFutureIsAnsweredInVersionZero() throws IOException {
    try (WireConnection wire = WireConnection.to(broker)) {
      wire.sendFrame(
          ByteBuffer.allocate(20)
              .putShort(ApiKeys.API_VERSIONS.id)
              .putShort((short) 99)
              .putInt(77)
              .putShort((short) -1)
              .position(0));

      RequestHeader versionZero = new RequestHeader(ApiKeys.API_VERSIONS, (short) 0, "wire", 77);
      ApiVersionsResponseData answer = ((ApiVersionsResponse) wire.receive(versionZero)).data();

      assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.UNSUPPORTED_VERSION);
      assertThat(answer.apiKeys().find(ApiKeys.API_VERSIONS.id).maxVersion()).isPositive();
      // The same connection goes on with a version that both know.
      ApiVersionsResponse next = (ApiVersionsResponse) wire.ask(apiVersions((short) 3));
      assertThat(next.data().errorCode()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4, 5, 8, 11, 15})
  void aFrameCutOffIsForgotten(int sent) throws IOException {
    byte[] frame = metadataFrame();
    try (WireConnection wire = WireConnection.to(broker)) {
      byte[] part = Arrays.copyOf(frame, sent);
      wire.sendBytes(part);
      wire.endOutput();

      assertThat(wire.endsByItself()).as("the broker ends the connection").isTrue();
    }
  }

  @Test
  void aFrameThatComesByteByByteIsAnsweredLikeAnyOther() throws IOException {
    try (WireConnection wire = WireConnection.to(broker)) {
      for (byte each : metadataFrame()) {
        wire.sendBytes(new byte[] {each});
      }

      assertThat(wire.receiveFrame().getInt()).isEqualTo(5);
    }
  }

  @Test
  void requestsSentTogetherAreAnsweredInOrder() throws IOException {
    try (WireConnection wire = WireConnection.to(broker)) {
      List<RequestHeader> headers = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        headers.add(wire.send(i % 2 == 0 ? apiVersions((short) 3) : metadata()));
      }

      for (RequestHeader header : headers) {
        assertThat(wire.receive(header).apiKey()).isEqualTo(header.apiKey());
      }
    }
  }

  @Test
  void bytesBehindAWholeRequestDoNoHarm() throws IOException {
    RequestHeader header = WireConnection.header(metadata(), 1);
    ByteBuffer request = metadata().serializeWithHeader(header);
    ByteBuffer longer = ByteBuffer.allocate(request.remaining() + 100).put(request).rewind();
    try (WireConnection wire = WireConnection.to(broker)) {
      wire.sendFrame(longer);

      assertThat(wire.answersOrEnds()).isTrue();
    }
  }

  @Test
  void aBodyThatLiesAboutItsSizesEndsTheConnection() throws IOException {
    for (int claimed : new int[] {Integer.MAX_VALUE, 100_000_000, 1 << 20}) {
      try (WireConnection wire = WireConnection.to(broker)) {
        // Metadata v1 with an array of so many topics, none of which follows.
        wire.sendFrame(
            ByteBuffer.allocate(14)
                .putShort(ApiKeys.METADATA.id)
                .putShort((short) 1)
                .putInt(1)
                .putShort((short) -1)
                .putInt(claimed)
                .rewind());

        assertThat(wire.endsByItself()).as("the broker ends the connection").isTrue();
      }
    }
  }

  private static MetadataRequest metadata() {
    return new MetadataRequest(
        new MetadataRequestData().setTopics(List.of()).setAllowAutoTopicCreation(false), (short) 5);
  }

  private static byte[] metadataFrame() {
    return WireConnection.framed(
        metadata().serializeWithHeader(WireConnection.header(metadata(), 5)));
  }

  private static ApiVersionsRequest apiVersions(short version) {
    return new ApiVersionsRequest(
        new ApiVersionsRequestData().setClientSoftwareName("wire").setClientSoftwareVersion("1"),
        version);
  }
}
