package cli.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class KeyRuleTest {
  private static String key(KeyRule rule, String line) {
    byte[] key = rule.keyOf(line.getBytes(UTF_8));
    return key == null ? null : new String(key, UTF_8);
  }

  @Nested
  class OfCommas {
    private final KeyRule rule = KeyRule.firstColumn("a.csv");

    @Test
    void takesTheFirstColumn() {
      assertThat(key(rule, "x,y,z")).isEqualTo("x");
    }

    @Test
    void takesTheQuotesOffAndLeavesTheSeparatorInside() {
      assertThat(key(rule, "\"Oakland, CA\",1")).isEqualTo("Oakland, CA");
    }

    @Test
    void takesADoubledQuoteAsOne() {
      assertThat(key(rule, "\"the \"\"Big\"\" one\",1")).isEqualTo("the \"Big\" one");
    }

    @Test
    void takesAQuoteInsideAPlainFieldAsItIs() {
      assertThat(key(rule, "6\" gun,1")).isEqualTo("6\" gun");
      assertThat(rule.isOpen("6\" gun,1".getBytes(UTF_8))).isFalse();
    }

    @Test
    void findsNoKeyInAnEmptyFirstColumn() {
      assertThat(key(rule, ",y")).isNull();
    }
  }

  @Nested
  class OfANamedColumn {
    private final byte[] header = "id,\"full, name\",town".getBytes(UTF_8);

    @Test
    void takesTheColumnUnderThatName() {
      KeyRule rule = KeyRule.column("a.csv", header, "full, name");

      assertThat(key(rule, "7,Ada,London")).isEqualTo("Ada");
    }

    @Test
    void findsNoKeyInALineThatIsTooShort() {
      assertThat(key(KeyRule.column("a.csv", header, "town"), "7,Ada")).isNull();
    }

    @Test
    void listsTheColumnsWhenThereIsNoSuch() {
      assertThatThrownBy(() -> KeyRule.column("a.csv", header, "city"))
          .hasMessage("there is no column \"city\" in [id, full, name, town]");
    }
  }

  @Test
  void splitsTsvAtTabsAndOtherFilesAtBlanks() {
    assertThat(key(KeyRule.firstColumn("a.tsv"), "two words\tx")).isEqualTo("two words");
    assertThat(key(KeyRule.firstColumn("a.log"), "  two words")).isEqualTo("two");
    assertThat(key(KeyRule.firstColumn("a.log"), "   ")).isNull();
  }

  @Test
  void takesTheGroupOfAnExpressionElseTheWholeMatchElseNothing() {
    assertThat(key(KeyRule.matching(Pattern.compile("user=(\\w+)")), "x user=ada y"))
        .isEqualTo("ada");
    assertThat(key(KeyRule.matching(Pattern.compile("\\d+")), "abc 42 d")).isEqualTo("42");
    assertThat(key(KeyRule.matching(Pattern.compile("\\d+")), "abc")).isNull();
  }

  @Nested
  class OfRecordsOverSeveralLines {
    private List<String> records(String text) {
      RecordReader reader =
          new RecordReader(
              new LineReader(new ByteArrayInputStream(text.getBytes(UTF_8)), 100),
              KeyRule.firstColumn("a.csv"),
              100);
      List<String> records = new ArrayList<>();
      reader.forEachRemaining(line -> records.add(new String(line.value(), UTF_8)));
      return records;
    }

    @Test
    void joinsTheLinesOfAQuotedField() {
      assertThat(records("a,\"one\ntwo\"\nb,x\n")).containsExactly("a,\"one\ntwo\"", "b,x");
    }

    @Test
    void namesTheLineWhereAQuoteIsNotClosed() {
      assertThatThrownBy(() -> records("a,b\nc,\"d\ne,f\n"))
          .isInstanceOf(BadLine.class)
          .hasMessage("line 2 opens a quote that is not closed");
    }
  }
}
