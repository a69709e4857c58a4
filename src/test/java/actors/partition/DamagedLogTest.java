package actors.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import actors.controller.DamageReport;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import storage.record.Batches;

/** Three replicas, and a flipped byte in the log of one of them. */
class DamagedLogTest {
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int BATCHES = 200;
  private static final short ACKS_ALL = -1;

  @TempDir Path root;
  private final TestProbe<ReplicaReply> client = KIT.createTestProbe(ReplicaReply.class);
  private ReplicaTrio trio;
  private long correlation;

  @AfterAll
  static void stopActors() {
    KIT.shutdownTestKit();
  }

  /** What was written in an earlier life is looked at again when it is read. */
  @BeforeEach
  void startOnOldLogs() {
    trio = trio();
    appendCommitted(1, BATCHES);
    awaitEqualLogs();
    for (int broker = 1; broker <= 3; broker++) {
      trio.stop(broker);
    }
    trio = trio();
  }

  @AfterEach
  void stop() {
    trio.close();
  }

  private ReplicaTrio trio() {
    return new ReplicaTrio(
        KIT,
        root,
        Map.of("min.insync.replicas", "2", "flush", "os"),
        Map.of("replica.lag.time.max.ms", "500"));
  }

  private void appendCommitted(int leader, int batches) {
    for (int i = 0; i < batches; i++) {
      ByteBuffer batch = Batches.of(1, 1_000 + i);
      if (append(leader, batch) != Errors.NONE) {
        await().atMost(PATIENCE).until(() -> append(leader, batch) == Errors.NONE);
      }
    }
  }

  private Errors append(int leader, ByteBuffer batch) {
    trio.replica(leader)
        .tell(new Replica.Append(++correlation, batch.duplicate(), ACKS_ALL, client.ref()));
    return client.expectMessageClass(ReplicaReply.Appended.class, PATIENCE).error();
  }

  /** A bit within the records of the batch that begins at an offset: one record each. */
  private void flip(int broker, long offset) throws IOException {
    Path segment = segments(broker).get(0);
    long size = Files.size(segment) / BATCHES;
    flipAt(segment, size * (offset + 1) - 2);
  }

  private static void flipAt(Path file, long position) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(position);
      int before = bytes.read();
      bytes.seek(position);
      bytes.write(before ^ 0x10);
    }
  }

  private Errors read(int broker, long offset) {
    return data(broker, offset).error();
  }

  private ReplicaReply.Data data(int broker, long offset) {
    trio.replica(broker)
        .tell(
            new Replica.Read(
                ++correlation,
                offset,
                1,
                true,
                false,
                OptionalInt.empty(),
                Replica.Read.DO_NOT_WAIT,
                client.ref()));
    return client.expectMessageClass(ReplicaReply.Data.class, PATIENCE);
  }

  private List<Path> segments(int broker) throws IOException {
    try (Stream<Path> files = Files.list(trio.logOf(broker))) {
      return files.filter(file -> file.toString().endsWith(".log")).sorted().toList();
    }
  }

  private byte[] bytes(int broker) throws IOException {
    java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
    for (Path segment : segments(broker)) {
      all.writeBytes(Files.readAllBytes(segment));
    }
    return all.toByteArray();
  }

  private void awaitEqualLogs() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(bytes(2)).isEqualTo(bytes(1));
              assertThat(bytes(3)).isEqualTo(bytes(1));
            });
  }

  private void awaitMended(byte[] sound) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(trio.image().isr()).containsExactlyInAnyOrder(1, 2, 3);
              for (int broker = 1; broker <= 3; broker++) {
                assertThat(bytes(broker)).isEqualTo(sound);
              }
            });
  }

  /** Until it knows that all of it is committed. */
  private void awaitReadable(int broker) {
    await().atMost(PATIENCE).until(() -> data(broker, BATCHES - 1).region().isPresent());
  }

  @Test
  void aLeaderIsMendedFromTheOneThatTakesItsPlace() throws IOException {
    byte[] sound = bytes(1);
    awaitReadable(1);
    flip(1, 50);

    assertThat(read(1, 50)).isEqualTo(Errors.KAFKA_STORAGE_ERROR);

    await().atMost(PATIENCE).until(() -> trio.image().leader() == 2);
    awaitMended(sound);
    assertThat(trio.reports()).extracting(DamageReport::offset).containsExactly(50L);
    assertThat(read(2, 50)).isEqualTo(Errors.NONE);
    assertThat(read(1, 50)).isEqualTo(Errors.NONE);
    appendCommitted(2, 5);
    awaitEqualLogs();
  }

  @Test
  void aFollowerIsMendedFromItsLeader() throws IOException {
    byte[] sound = bytes(1);
    awaitReadable(3);
    flip(3, 0);

    assertThat(read(3, 0)).isEqualTo(Errors.KAFKA_STORAGE_ERROR);

    awaitMended(sound);
    assertThat(trio.image().leader()).isEqualTo(1);
    assertThat(trio.reports()).extracting(DamageReport::brokerId).containsExactly(3);
    await().atMost(PATIENCE).until(() -> read(3, 0) == Errors.NONE);
  }

  @Test
  void aLeaderFindsWhatAFollowerCannotTakeThoughItWroteItItself() throws IOException {
    trio.stop(3);
    appendCommitted(1, 10);
    byte[] sound = bytes(1);
    flipAt(segments(1).get(0), sound.length - 2);

    trio.start(3);

    await().atMost(PATIENCE).until(() -> trio.image().leader() == 2);
    awaitMended(sound);
  }

  @Test
  void theOnlyOneInSyncServesWhatIsSound() throws IOException {
    trio.stop(2);
    trio.stop(3);
    await().atMost(PATIENCE).until(() -> trio.image().isr().equals(List.of(1)));
    awaitReadable(1);
    flip(1, 50);

    await().atMost(PATIENCE).until(() -> read(1, 50) == Errors.CORRUPT_MESSAGE);

    assertThat(read(1, 49)).isEqualTo(Errors.NONE);
    assertThat(read(1, 51)).isEqualTo(Errors.NONE);
    assertThat(trio.image().leader()).isEqualTo(1);
  }

  @Test
  void aRestartBetweenReportAndCutFindsTheDamageAgain() throws IOException {
    byte[] sound = bytes(1);
    awaitReadable(1);
    flip(1, 50);
    trio.cutOff(1); // the controller hears it, and it hears nothing of what that decides
    assertThat(read(1, 50)).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
    await().atMost(PATIENCE).until(() -> trio.image().leader() == 2);
    trio.stop(1);

    trio.start(1);
    trio.join(1);
    await().atMost(PATIENCE).until(() -> trio.image().isr().contains(1));
    awaitReadable(1);
    await().atMost(PATIENCE).until(() -> read(1, 50) == Errors.KAFKA_STORAGE_ERROR);

    awaitMended(sound);
    assertThat(trio.reports()).extracting(DamageReport::brokerId).containsExactly(1, 1);
  }
}
