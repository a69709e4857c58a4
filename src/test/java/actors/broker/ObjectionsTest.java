package actors.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ObjectionsTest {
  private static final Standing MEMBER = new Standing(true, true, false, "");

  private final Introduction self = node(1, "c", 0, Map.of("a", "1", "nodes[id=1]", "h:1"));

  @Test
  void namesTheFirstKeyThatTheFilesSayDifferently() {
    Introduction other = node(2, "c", 0, Map.of("a", "2", "nodes[id=1]", "h:9"));

    assertThat(Objections.against(self, new FormationMessage.Answer(other, MEMBER)).orElseThrow())
        .contains("node 1 and node 2", "\"a\" is 1 here and 2 there");
  }

  @Test
  void hasNoneAgainstANodeThatOneFileDoesNotKnowYet() {
    Introduction other =
        node(2, "c", 0, Map.of("a", "1", "nodes[id=1]", "h:1", "nodes[id=4]", "h:4"));

    assertThat(Objections.against(self, new FormationMessage.Answer(other, MEMBER))).isEmpty();
  }

  @Test
  void refusesTheDirectoryOfAnotherCluster() {
    Introduction other = node(2, "d", 0, self.terms());

    assertThat(Objections.against(self, new FormationMessage.Answer(other, MEMBER)).orElseThrow())
        .contains("belongs to cluster c, but node 2", "of cluster d");
  }

  @Test
  void takesADirectoryThatBelongsToNoClusterYet() {
    Introduction empty = node(1, "", 0, self.terms());
    Introduction other = node(2, "d", 0, self.terms());

    assertThat(Objections.against(empty, new FormationMessage.Answer(other, MEMBER))).isEmpty();
  }

  @Test
  void refusesAnIdThatRunsElsewhere() {
    Introduction other = node(2, "c", 0, self.terms());
    Standing taken = new Standing(true, true, false, "pekko://granary@h:7");

    assertThat(Objections.against(self, new FormationMessage.Answer(other, taken)).orElseThrow())
        .contains("node 1 runs already, at pekko://granary@h:7");
  }

  @Test
  void warnsOfClocksThatAreFarApartOnly() {
    long far = 3_600_000;

    assertThat(Objections.clocks(self, node(2, "c", far, self.terms())).orElseThrow())
        .contains("node 2 is 3600 s ahead of");
    assertThat(Objections.clocks(self, node(2, "c", -far, self.terms())).orElseThrow())
        .contains("3600 s behind");
    assertThat(Objections.clocks(self, node(2, "c", 1_000, self.terms()))).isEmpty();
  }

  private static Introduction node(
      int id, String clusterId, long clockMillis, Map<String, String> terms) {
    return new Introduction(id, "at " + id, id, clusterId, clockMillis, new TreeMap<>(terms));
  }
}
