package storage.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static storage.journal.Journals.append;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import storage.journal.ImageFile.Position;
import storage.journal.JournalCommand.AppendEvents;
import storage.journal.JournalCommand.CommandPart;
import storage.journal.JournalCommand.DeleteEvents;
import storage.journal.JournalCommand.DeleteSnapshots;
import storage.journal.JournalCommand.SaveSnapshot;
import storage.journal.JournalReply.Status;
import storage.journal.SnapshotRange.Bounds;

class JournalImageTest {
  private static final Bounds ANY = new Bounds(Long.MIN_VALUE, Long.MAX_VALUE);

  private final JournalImage image = new JournalImage();

  private Status apply(JournalCommand command) {
    return image.apply(command).status();
  }

  private String events() {
    StringBuilder text = new StringBuilder();
    image
        .history("p")
        .events(0, Long.MAX_VALUE, Integer.MAX_VALUE)
        .forEach(event -> text.append(event.sequenceNr()).append(event.bytes().toStringUtf8()));
    return text.toString();
  }

  @Nested
  class Appending {
    @Test
    void takesTheNextSequenceNumberOnly() {
      assertThat(apply(append("a", 1, "x", "y"))).isEqualTo(Status.DONE);
      assertThat(apply(append("a", 4, "z"))).isEqualTo(Status.STALE_WRITER);
      assertThat(apply(append("a", 2, "z"))).isEqualTo(Status.STALE_WRITER);
      assertThat(apply(append("a", 3, "z"))).isEqualTo(Status.DONE);
      assertThat(events()).isEqualTo("1x2y3z");
    }

    @Test
    void letsTheNextIncarnationGoOn() {
      apply(append("a", 1, "x"));

      assertThat(apply(append("b", 2, "y"))).isEqualTo(Status.DONE);
      assertThat(events()).isEqualTo("1x2y");
    }

    @Test
    void neverLetsARefusedWriterInAgainEvenIfItsNumberFits() {
      apply(append("winner", 1, "w"));
      assertThat(apply(append("loser", 1, "l"))).isEqualTo(Status.STALE_WRITER);

      assertThat(apply(append("loser", 2, "l"))).isEqualTo(Status.STALE_WRITER);
      assertThat(apply(append("winner", 2, "w"))).isEqualTo(Status.DONE);
      assertThat(apply(append("loser", 3, "l"))).isEqualTo(Status.STALE_WRITER);
      assertThat(events()).isEqualTo("1w2w");
    }

    @Test
    void neverLetsASupersededWriterInAgain() {
      apply(append("old", 1, "o"));
      apply(append("new", 2, "n"));

      assertThat(apply(append("old", 3, "o"))).isEqualTo(Status.STALE_WRITER);
      assertThat(apply(append("new", 3, "n"))).isEqualTo(Status.DONE);
    }

    @Test
    void appliesARepeatedAppendOnce() {
      apply(append("a", 1, "x", "y"));

      assertThat(apply(append("a", 1, "x", "y"))).isEqualTo(Status.DONE);
      assertThat(apply(append("a", 3, "z"))).isEqualTo(Status.DONE);
      assertThat(events()).isEqualTo("1x2y3z");
    }

    @Test
    void refusesARepetitionThatCameTooLateWithoutRetiringItsWriter() {
      apply(append("a", 1, "x"));
      apply(append("a", 2, "y"));

      assertThat(apply(append("a", 1, "x"))).isEqualTo(Status.STALE_WRITER);
      assertThat(apply(append("a", 3, "z"))).isEqualTo(Status.DONE);
    }

    @Test
    void refusesAnAppendOfNothing() {
      assertThat(apply(append("a", 1))).isEqualTo(Status.STALE_WRITER);
    }

    @Test
    void remembersABoundedNumberOfRefusedWriters() {
      apply(append("winner", 1, "w"));
      for (int i = 0; i <= JournalLimits.RETIRED_WRITERS_MAX; i++) {
        apply(append("loser-" + i, 1, "l"));
      }

      assertThat(image.history("p").retiredWriters)
          .hasSize(JournalLimits.RETIRED_WRITERS_MAX)
          .doesNotContain("loser-0");
    }
  }

  @Nested
  class Deleting {
    @Test
    void keepsTheHighestSequenceNumber() {
      apply(append("a", 1, "x", "y"));
      apply(new DeleteEvents("p", Long.MAX_VALUE));

      assertThat(events()).isEmpty();
      assertThat(image.history("p").highestSequenceNr).isEqualTo(2);
      assertThat(apply(append("b", 3, "z"))).isEqualTo(Status.DONE);
    }

    @Test
    void isInclusive() {
      apply(append("a", 1, "x", "y", "z"));
      apply(new DeleteEvents("p", 2));

      assertThat(events()).isEqualTo("3z");
    }
  }

  @Nested
  class Snapshots {
    private void save(long sequenceNr) {
      apply(
          new SaveSnapshot("p", new StoredSnapshot(sequenceNr, sequenceNr * 10, ByteString.EMPTY)));
    }

    private Optional<Long> newest(Bounds sequenceNr, Bounds timestamp) {
      return image
          .history("p")
          .newestSnapshot(new SnapshotRange(sequenceNr, timestamp))
          .map(StoredSnapshot::sequenceNr);
    }

    @Test
    void areFoundByNumberAndTime() {
      save(4);
      save(6);

      assertThat(newest(ANY, ANY)).contains(6L);
      assertThat(newest(new Bounds(0, 5), ANY)).contains(4L);
      assertThat(newest(ANY, new Bounds(0, 59))).contains(4L);
      assertThat(newest(new Bounds(0, 3), ANY)).isEmpty();
    }

    @Test
    void areKeptUpToABound() {
      IntStream.rangeClosed(1, 5).forEach(this::save);

      assertThat(image.history("p").snapshots)
          .hasSize(JournalLimits.SNAPSHOTS_KEPT_MAX)
          .containsKeys(4L, 5L);
    }

    @Test
    void areDeletedByRange() {
      save(4);
      save(6);
      apply(new DeleteSnapshots("p", new SnapshotRange(new Bounds(0, 4), ANY)));

      assertThat(image.history("p").snapshots).containsOnlyKeys(6L);
    }
  }

  @Nested
  class CommandsInParts {
    private final AppendEvents whole = append("a", 1, "x", "y");

    private List<CommandPart> parts(UUID id) {
      ByteString bytes = CommandCodec.encode(whole);
      int half = bytes.size() / 2;
      return List.of(
          new CommandPart(id, 0, 2, bytes.substring(0, half)),
          new CommandPart(id, 1, 2, bytes.substring(half)));
    }

    @Test
    void applyWithTheLastPart() {
      List<CommandPart> parts = parts(new UUID(0, 1));

      assertThat(apply(parts.get(0))).isEqualTo(Status.DONE);
      assertThat(events()).isEmpty();
      assertThat(image.apply(parts.get(1))).isEqualTo(JournalReply.done(2));
      assertThat(events()).isEqualTo("1x2y");
      assertThat(image.partialCommands).isEmpty();
    }

    @Test
    void mayBeginAgain() {
      List<CommandPart> parts = parts(new UUID(0, 1));
      apply(parts.get(0));
      apply(parts.get(0));

      assertThat(apply(parts.get(1))).isEqualTo(Status.DONE);
      assertThat(events()).isEqualTo("1x2y");
    }

    @Test
    void sayWhenAPartIsMissing() {
      assertThat(apply(parts(new UUID(0, 1)).get(1))).isEqualTo(Status.PARTS_MISSING);
      assertThat(events()).isEmpty();
    }

    @Test
    void areDroppedWhenTooManyAreUnderWay() {
      for (int i = 0; i <= JournalLimits.PARTIAL_COMMANDS_MAX; i++) {
        apply(parts(new UUID(0, i)).get(0));
      }

      assertThat(apply(parts(new UUID(0, 0)).get(1))).isEqualTo(Status.PARTS_MISSING);
      assertThat(apply(parts(new UUID(0, 1)).get(1))).isEqualTo(Status.DONE);
    }
  }

  static List<Long> seeds() {
    return IntStream.range(0, 30).mapToObj(i -> 7919L * i).toList();
  }

  /** Any mix of writers: the history is one writer's after another's, without gap or mixture. */
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void keepsOneHistoryWhateverWritersDo(long seed, @TempDir Path directory) throws Exception {
    Random random = new Random(seed);
    List<String> acknowledged = new ArrayList<>();
    for (int step = 0; step < 500; step++) {
      String writer = "w" + random.nextInt(6);
      long first = Math.max(1, acknowledged.size() + 2 - random.nextInt(4));
      String event = writer + "#" + step;
      JournalReply reply = image.apply(append(writer, first, event));
      if (reply.status() == Status.DONE && reply.highestSequenceNr() > acknowledged.size()) {
        acknowledged.add(event);
      }
      if (random.nextInt(200) == 0) {
        Path file = directory.resolve("image." + step);
        ImageFile.write(file, new Position(1, step), image);
        JournalImage copy = ImageFile.read(file, new Position(1, step));
        assertThat(copy.history("p").events).isEqualTo(image.history("p").events);
        assertThat(copy.history("p").retiredWriters)
            .containsExactlyElementsOf(image.history("p").retiredWriters);
        assertThat(copy.bytes()).isEqualTo(image.bytes());
      }
    }

    assertThat(image.history("p").events.values().stream().map(ByteString::toStringUtf8))
        .containsExactlyElementsOf(acknowledged);
    assertThat(runs(acknowledged)).doesNotHaveDuplicates();
  }

  /** The writers in order of their turns. */
  private static List<String> runs(List<String> events) {
    List<String> writers = new ArrayList<>();
    for (String event : events) {
      String writer = event.substring(0, event.indexOf('#'));
      if (writers.isEmpty() || !writers.get(writers.size() - 1).equals(writer)) {
        writers.add(writer);
      }
    }
    return writers;
  }
}
