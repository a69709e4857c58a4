package clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a broker is told about connections, it keeps to. */
class ConnectionLimitsIT {
  private static final int CONNECTIONS_MAX = 20;

  private static RunningBroker broker;

  @BeforeAll
  static void start() {
    broker =
        RunningBroker.start(
            BrokerSettings.defaults()
                .with("connections.max.idle.ms", "2000")
                .with("max.connections", Integer.toString(CONNECTIONS_MAX))
                .with("socket.request.max.bytes", "50000"));
  }

  @AfterAll
  static void close() {
    broker.close();
  }

  @Test
  void aSilentConnectionIsEnded() throws IOException {
    try (WireConnection wire = WireConnection.to(broker)) {
      assertThat(wire.ask(apiVersions())).isNotNull();

      assertThat(wire.endsByItself()).as("the broker ends the connection").isTrue();
    }
  }

  @Test
  void aConnectionThatStopsInTheMiddleOfAFrameIsEnded() throws IOException {
    try (WireConnection wire = WireConnection.to(broker)) {
      wire.sendBytes(new byte[] {0, 0, 1, 0, 0, 18});

      assertThat(wire.endsByItself()).as("the broker ends the connection").isTrue();
    }
  }

  @Test
  void aFrameAboveTheLimitEndsTheConnection() throws IOException {
    try (WireConnection wire = WireConnection.to(broker)) {
      wire.sendBytes(new byte[] {0, 0, (byte) 0xc3, 0x51});

      assertThat(wire.endsByItself()).as("the broker ends the connection").isTrue();
    }
  }

  @Test
  void oneConnectionTooManyIsRefusedUntilAnotherEnds() throws IOException {
    List<WireConnection> open = new ArrayList<>();
    try {
      int refused = 0;
      for (int i = 0; i < CONNECTIONS_MAX + 5; i++) {
        WireConnection wire = WireConnection.to(broker);
        open.add(wire);
        refused += serves(wire) ? 0 : 1;
      }
      assertThat(refused).isBetween(1, CONNECTIONS_MAX);
    } finally {
      for (WireConnection wire : open) {
        wire.close();
      }
    }
    await("room for another")
        .atMost(Clients.PATIENCE)
        .until(
            () -> {
              try (WireConnection wire = WireConnection.to(broker)) {
                return serves(wire);
              }
            });
  }

  private static boolean serves(WireConnection wire) {
    try {
      return wire.ask(apiVersions()) != null;
    } catch (IOException refused) {
      return false;
    }
  }

  private static ApiVersionsRequest apiVersions() {
    return new ApiVersionsRequest(new ApiVersionsRequestData(), (short) 0);
  }
}
