package storage.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import storage.journal.JournalCommand.AppendEvents;
import storage.journal.JournalCommand.CommandPart;
import storage.journal.JournalCommand.DeleteEvents;
import storage.journal.JournalCommand.DeleteSnapshots;
import storage.journal.JournalCommand.SaveSnapshot;
import storage.journal.SnapshotRange.Bounds;

class CommandCodecTest {
  static List<JournalCommand> commands() {
    return List.of(
        new AppendEvents("", "", Long.MAX_VALUE, List.of()),
        new AppendEvents("püd", "w", 1, List.of(ByteString.EMPTY, Journals.bytes(1000))),
        new DeleteEvents("p", Long.MIN_VALUE),
        new SaveSnapshot("p", new StoredSnapshot(3, 4, Journals.bytes(5))),
        new DeleteSnapshots("p", new SnapshotRange(new Bounds(1, 2), new Bounds(3, 4))),
        new CommandPart(new UUID(5, 6), 7, 8, Journals.bytes(9)));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void readsWhatItWrote(JournalCommand command) throws Exception {
    assertThat(CommandCodec.decode(CommandCodec.encode(command))).isEqualTo(command);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void refusesACommandCutShortAnywhere(JournalCommand command) {
    ByteString bytes = CommandCodec.encode(command);
    for (int size = 0; size < bytes.size(); size++) {
      ByteString cut = bytes.substring(0, size);
      assertThatThrownBy(() -> CommandCodec.decode(cut)).isInstanceOf(IOException.class);
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  void refusesBytesAfterACommand(JournalCommand command) {
    ByteString bytes = CommandCodec.encode(command).concat(ByteString.copyFromUtf8("!"));

    assertThatThrownBy(() -> CommandCodec.decode(bytes)).isInstanceOf(IOException.class);
  }

  @Test
  void refusesAVersionOfTheFuture() {
    ByteString bytes = ByteString.copyFrom(new byte[] {2, 1});

    assertThatThrownBy(() -> CommandCodec.decode(bytes))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("version 2");
  }

  @Test
  void refusesALengthOverTheLimitBeforeItAllocates() {
    ByteString bytes =
        ByteString.copyFrom(
            new byte[] {
              1, 3, 0, 1, 'p', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 0, 0, 0
            });

    assertThatThrownBy(() -> CommandCodec.decode(bytes)).hasMessageContaining("outside");
  }

  @Test
  void refusesANameOverTheLimit() {
    String name = "x".repeat(JournalLimits.NAME_BYTES_MAX + 1);

    assertThatThrownBy(() -> CommandCodec.encode(new DeleteEvents(name, 1)))
        .isInstanceOf(JournalException.TooLarge.class);
  }
}
