package storage.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import storage.journal.ImageFile.Position;
import storage.journal.JournalCommand.CommandPart;
import storage.journal.JournalCommand.SaveSnapshot;

class ImageFileTest {
  private static final Position POSITION = new Position(3, 77);

  @TempDir Path directory;

  private final JournalImage image = new JournalImage();
  private Path file;

  @BeforeEach
  void write() throws Exception {
    image.apply(Journals.append("a", 1, "x", "y"));
    image.apply(Journals.append("b", 3, "z"));
    image.apply(new SaveSnapshot("p", new StoredSnapshot(2, 5, Journals.bytes(40))));
    image.apply(new CommandPart(new UUID(1, 2), 0, 2, Journals.bytes(10)));
    file = directory.resolve("image.3_77");
    ImageFile.write(file, POSITION, image);
  }

  @Test
  void givesBackTheImage() throws Exception {
    JournalImage read = ImageFile.read(file, POSITION);

    assertThat(read.partialCommands).isEqualTo(image.partialCommands);
    assertThat(read.histories).containsOnlyKeys("p");
    assertThat(read.history("p")).usingRecursiveComparison().isEqualTo(image.history("p"));
  }

  @Test
  void leavesNothingBesideTheImage() throws Exception {
    try (var files = Files.list(directory)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void refusesAFlippedBitInAnyByteAndNamesTheFile() throws Exception {
    byte[] good = Files.readAllBytes(file);
    for (int i = 0; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] ^= (byte) (1 << i % 8);
      Files.write(file, bad);

      assertThatThrownBy(() -> ImageFile.read(file, POSITION))
          .isInstanceOf(JournalException.Corrupt.class)
          .hasMessageContaining(file.toString());
    }
  }

  @Test
  void refusesAFileCutShortAnywhere() throws Exception {
    byte[] good = Files.readAllBytes(file);
    for (int size = 0; size < good.length; size++) {
      Files.write(file, Arrays.copyOf(good, size));

      assertThatThrownBy(() -> ImageFile.read(file, POSITION))
          .isInstanceOf(JournalException.Corrupt.class);
    }
  }

  @Test
  void refusesAFileUnderTheNameOfAnother() {
    assertThatThrownBy(() -> ImageFile.read(file, new Position(3, 78)))
        .isInstanceOf(JournalException.Corrupt.class);
  }
}
