package actors.broker;

import static actors.broker.FormationDecisions.whileLooking;
import static actors.broker.FormationDecisions.whileMember;
import static org.assertj.core.api.Assertions.assertThat;

import actors.broker.FormationDecisions.Step;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class FormationDecisionsTest {
  private static final Standing LOOKS = new Standing(false, false, false, "");
  private static final Standing LOOKS_AND_LEADS = new Standing(false, true, false, "");
  private static final Standing MEMBER = new Standing(true, false, false, "");
  private static final Standing MEMBER_AND_LEADS = new Standing(true, true, false, "");

  @Nested
  class WhileLooking {
    @Test
    void joinsThroughAMemberEvenIfItCouldForm() {
      assertThat(whileLooking(node(1), heard(Map.of(2, LOOKS, 3, MEMBER)), true))
          .isEqualTo(new Step.Join(3));
    }

    @Test
    void prefersTheClusterThatHasTheJournalsLeader() {
      assertThat(whileLooking(node(1), heard(Map.of(2, MEMBER, 3, MEMBER_AND_LEADS)), false))
          .isEqualTo(new Step.Join(3));
    }

    @Test
    void formsWhereItLeadsAndAMajorityKnowsOfNoCluster() {
      assertThat(whileLooking(node(1), heard(Map.of(3, LOOKS)), true)).isEqualTo(new Step.Form());
    }

    @Test
    void waitsWhereItDoesNotLead() {
      assertThat(whileLooking(node(1), heard(Map.of(2, LOOKS_AND_LEADS, 3, LOOKS)), false))
          .isEqualTo(new Step.Wait());
    }

    @Test
    void waitsForAMajorityEvenIfItLeads() {
      assertThat(whileLooking(node(1), heard(Map.of()), true)).isEqualTo(new Step.Wait());
      assertThat(whileLooking(node(1), heard(Map.of(4, LOOKS)), true)).isEqualTo(new Step.Wait());
    }

    @Test
    void neverFormsWhereItIsNoVoter() {
      assertThat(whileLooking(node(4), heard(Map.of(1, LOOKS, 2, LOOKS, 3, LOOKS)), false))
          .isEqualTo(new Step.Wait());
    }
  }

  @Nested
  class WhileMember {
    @Test
    void staysThroughTheTimeThatNewsTakes() {
      long almost = FormationDecisions.DENIED_MILLIS_MAX - 1;

      assertThat(whileMember(new TreeMap<>(Map.of(2, almost)))).isEqualTo(new Step.Wait());
    }

    @Test
    void startsAnewWhereTheJournalsLeaderDeniesIt() {
      long denied = FormationDecisions.DENIED_MILLIS_MAX;

      assertThat(whileMember(new TreeMap<>(Map.of(2, denied)))).isEqualTo(new Step.StartAnew(2));
    }

    @Test
    void isDeniedByALeadingMemberThatDoesNotKnowItOnly() {
      assertThat(FormationDecisions.denies(MEMBER_AND_LEADS)).isTrue();
      assertThat(FormationDecisions.denies(MEMBER)).isFalse();
      assertThat(FormationDecisions.denies(LOOKS_AND_LEADS)).isFalse();
      assertThat(FormationDecisions.denies(new Standing(true, true, true, ""))).isFalse();
    }
  }

  private static ClusterLayout node(int self) {
    SortedMap<Integer, ClusterLayout.Place> nodes = new TreeMap<>();
    for (int id = 1; id <= 4; id++) {
      nodes.put(id, new ClusterLayout.Place("host", id));
    }
    return new ClusterLayout("test", self, new TreeSet<>(List.of(1, 2, 3)), nodes);
  }

  private static SortedMap<Integer, Standing> heard(Map<Integer, Standing> answers) {
    return new TreeMap<>(answers);
  }
}
