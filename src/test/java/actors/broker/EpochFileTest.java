package actors.broker;

import static org.assertj.core.api.Assertions.assertThat;

import actors.BrokerEpoch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import storage.log.DirectoryIdentity;
import storage.log.LogDirectory;
import storage.log.RealFileSystem;

class EpochFileTest {
  private static final BrokerEpoch EPOCH = new BrokerEpoch(41);

  @TempDir Path root;

  @Test
  void vouchesForNothingInADirectoryThatIsNew() {
    try (LogDirectory directory = open()) {
      assertThat(epochs(directory).whole()).isEmpty();
    }
  }

  @Test
  void vouchesAfterACleanStop() {
    try (LogDirectory directory = open()) {
      epochs(directory).registered(EPOCH);
    }

    try (LogDirectory again = open()) {
      assertThat(epochs(again).whole()).contains(EPOCH);
    }
  }

  @Test
  void vouchesWithinOneProcess() {
    try (LogDirectory directory = open()) {
      EpochFile epochs = epochs(directory);
      epochs.registered(EPOCH);

      assertThat(epochs.whole()).contains(EPOCH);
    }
  }

  @Test
  void vouchesForNothingAfterAFailureOfTheDisk() {
    LogDirectory directory = open();
    epochs(directory).registered(EPOCH);
    directory.openPartition(
        "orders", 0, "id", storage.log.LogConfig.defaults(), System.currentTimeMillis());
    directory.abandon();

    try (LogDirectory again = open()) {
      assertThat(epochs(again).whole()).isEmpty();
    }
  }

  @Test
  void vouchesForNothingAfterALossThoughTheNextProcessEndedWellWithoutRegistering() {
    LogDirectory directory = open();
    epochs(directory).registered(EPOCH);
    directory.openPartition(
        "orders", 0, "id", storage.log.LogConfig.defaults(), System.currentTimeMillis());
    directory.abandon();
    try (LogDirectory recovering = open()) {
      epochs(recovering);
      recovering.openPartition(
          "orders", 0, "id", storage.log.LogConfig.defaults(), System.currentTimeMillis());
    }

    try (LogDirectory again = open()) {
      assertThat(again.previousStop().mayHaveLostData()).isFalse();
      assertThat(epochs(again).whole()).isEmpty();
    }
  }

  @Test
  void vouchesForNothingWhenTheLogsWereEmptied() throws Exception {
    try (LogDirectory directory = open()) {
      epochs(directory).registered(EPOCH);
    }
    Files.delete(root.resolve("meta.properties"));

    try (LogDirectory again = open()) {
      assertThat(epochs(again).whole()).isEmpty();
    }
  }

  @Test
  void doesNotReadWhatIsDamaged() {
    assertThat(EpochFile.parse("41\nours\n", "ours")).contains(EPOCH);
    assertThat(EpochFile.parse("41\nother\n", "ours")).isEmpty();
    assertThat(EpochFile.parse("4x\nours\n", "ours")).isEmpty();
    assertThat(EpochFile.parse("41\n", "ours")).isEmpty();
    assertThat(EpochFile.parse("", "ours")).isEmpty();
  }

  private LogDirectory open() {
    return LogDirectory.open(
        new RealFileSystem(),
        root,
        new DirectoryIdentity.Owner(1, ""),
        () -> UUID.randomUUID().toString());
  }

  private static EpochFile epochs(LogDirectory directory) {
    return EpochFile.of(new RealFileSystem(), directory);
  }
}
