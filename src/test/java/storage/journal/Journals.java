package storage.journal;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import storage.journal.JournalCommand.AppendEvents;

/** Settings and commands that the tests share. */
final class Journals {
  static final JournalSettings.Timeouts TIMEOUTS =
      new JournalSettings.Timeouts(
          Duration.ofSeconds(60),
          Duration.ofSeconds(30),
          Duration.ofSeconds(2),
          Duration.ofMillis(200),
          Duration.ofMillis(400));

  private Journals() {}

  static JournalSettings alone(Path directory) {
    return settings(directory, "1", List.of("1"), 1_000_000);
  }

  static JournalSettings settings(
      Path directory, String nodeId, List<String> voters, long imageEveryEntries) {
    return new JournalSettings(
        directory, nodeId, voters, "test", TIMEOUTS, imageEveryEntries, 4 << 20);
  }

  static JournalServer start(JournalSettings settings) {
    return JournalServer.start(settings, new LoopbackTransport());
  }

  static AppendEvents append(String writer, long firstSequenceNr, String... events) {
    return new AppendEvents(
        "p",
        writer,
        firstSequenceNr,
        List.of(events).stream().map(ByteString::copyFromUtf8).toList());
  }

  static ByteString bytes(int size) {
    byte[] bytes = new byte[size];
    IntStream.range(0, size).forEach(i -> bytes[i] = (byte) (i * 31));
    return ByteString.copyFrom(bytes);
  }

  static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  static List<String> read(JournalServer server) throws Exception {
    get(server.barrier());
    return server.localEvents("p", 0, Long.MAX_VALUE, Integer.MAX_VALUE).stream()
        .map(event -> event.bytes().toStringUtf8())
        .toList();
  }
}
