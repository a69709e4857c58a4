package cli.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LineReaderTest {
  private static List<String> lines(InputStream in) throws IOException {
    LineReader reader = new LineReader(in, 1_000);
    List<String> lines = new ArrayList<>();
    for (byte[] line = reader.next(); line != null; line = reader.next()) {
      lines.add(new String(line, UTF_8));
    }
    assertThat(reader.lineNumber()).isEqualTo(lines.size());
    return lines;
  }

  private static List<String> lines(String text) throws IOException {
    return lines(new ByteArrayInputStream(text.getBytes(UTF_8)));
  }

  @Test
  void takesBothKindsOfLineEndAndALastLineWithoutOne() throws IOException {
    assertThat(lines("a\r\nb\nc")).containsExactly("a", "b", "c");
  }

  @Test
  void keepsEmptyLines() throws IOException {
    assertThat(lines("\n\nx\n")).containsExactly("", "", "x");
  }

  @Test
  void findsNoLineInNothing() throws IOException {
    assertThat(lines("")).isEmpty();
  }

  @Test
  void refusesALineBeyondTheLimitByItsNumber() {
    assertThatThrownBy(() -> lines("short\n" + "x".repeat(1_001)))
        .isInstanceOf(BadLine.class)
        .hasMessage("line 2 is longer than 1000 bytes");
  }

  @Property
  void givesTheSameLinesHoweverTheStreamHandsThemOut(
      @ForAll List<@IntRange(max = 30) Integer> lengths,
      @ForAll @IntRange(min = 1, max = 7) int chunk)
      throws IOException {
    List<String> expected = lengths.stream().map("x"::repeat).toList();
    String text = String.join("", expected.stream().map(line -> line + "\n").toList());

    InputStream inChunks =
        new FilterInputStream(new ByteArrayInputStream(text.getBytes(UTF_8))) {
          @Override
          public int read(byte[] buffer, int offset, int length) throws IOException {
            return super.read(buffer, offset, Math.min(length, chunk));
          }
        };

    assertThat(lines(inChunks)).isEqualTo(expected);
  }
}
