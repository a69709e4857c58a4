package streams.grpc;

import com.typesafe.config.Config;
import java.util.OptionalInt;

/**
 * {@code granary.grpc} of the configuration; its file says what each means.
 *
 * @param port empty: no listener
 */
record GrpcSettings(
    OptionalInt port,
    int messageBytesMax,
    long memoryBytesMax,
    int streamsMax,
    long streamBytesMax,
    long produceBufferBytes,
    long consumeBufferBytes,
    long consumeBufferBytesMax) {
  private static final String PATH = "granary.grpc";
  private static final String OFF = "off";

  static GrpcSettings of(Config config) {
    Config section = config.getConfig(PATH);
    return new GrpcSettings(
        portOf(config),
        Math.toIntExact(section.getBytes("message-bytes-max")),
        section.getBytes("memory-bytes-max"),
        section.getInt("streams-max"),
        section.getBytes("stream-bytes-max"),
        section.getBytes("produce-buffer-bytes"),
        section.getBytes("consume-buffer-bytes"),
        section.getBytes("consume-buffer-bytes-max"));
  }

  private static OptionalInt portOf(Config config) {
    String port = config.getString(PATH + ".port");
    return port.equals(OFF) || port.equals("false")
        ? OptionalInt.empty()
        : OptionalInt.of(config.getInt(PATH + ".port"));
  }
}
