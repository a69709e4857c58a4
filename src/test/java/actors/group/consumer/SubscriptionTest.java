package actors.group.consumer;

import static actors.group.consumer.GroupBench.assigned;
import static actors.group.consumer.GroupBench.beat;
import static actors.group.consumer.GroupBench.join;
import static org.assertj.core.api.Assertions.assertThat;

import actors.group.TimerKey.Kind;
import java.util.List;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubscriptionTest {
  private final GroupBench bench = new GroupBench();

  SubscriptionTest() {
    bench.topics = FakeTopics.NONE.with("in-1", 1).with("in-2", 1).with("out", 1);
  }

  @AfterEach
  void whatTheLogHoldsIsTheGroup() {
    assertThat(bench.rebuilt()).isEqualTo(bench.group);
  }

  private static Errors error(ConsumerGroupHeartbeatResponseData response) {
    return Errors.forCode(response.errorCode());
  }

  private static ConsumerGroupHeartbeatRequestData matching(String memberId, String pattern) {
    return join(memberId).setSubscribedTopicRegex(pattern);
  }

  @Nested
  class ByPattern {
    @Test
    void givesTheTopicsWhoseWholeNameMatches() {
      bench.topics = bench.topics.with("xin-3", 1);

      assertThat(assigned(bench.send(matching("a", "in-.")))).hasSize(2);
      assertThat(bench.group.isSubscribedTo("in-1")).isTrue();
      assertThat(bench.group.isSubscribedTo("xin-3")).isFalse();
    }

    @Test
    void addsToTheNames() {
      assertThat(
              assigned(bench.send(matching("a", "in-.").setSubscribedTopicNames(List.of("out")))))
          .hasSize(3);
    }

    @Test
    void findsTopicsThatComeLater() {
      bench.send(matching("a", "in-.*"));

      bench.topicsBecome(bench.topics.with("in-3", 2));

      assertThat(assigned(bench.send(beat("a", 1)))).hasSize(4);
    }

    @Test
    void findsThemByTheTimerIfNobodySaysSo() {
      bench.send(matching("a", "in-.*"));
      bench.topics = bench.topics.with("in-3", 2);

      bench.fire("", Kind.REFRESH);

      assertThat(assigned(bench.send(beat("a", 1)))).hasSize(4);
    }

    @Test
    void findsThemAfterARestart() {
      bench.send(matching("a", "in-.*"));
      bench.topics = bench.topics.with("in-3", 2);

      bench.group = bench.rebuilt();
      bench.take(bench.group.resumed(bench.situation()));

      assertThat(assigned(bench.send(beat("a", 1)))).hasSize(4);
    }

    @Test
    void forgetsWhatNobodyAsksForAnyMore() {
      bench.send(matching("a", "in-.*"));
      bench.send(matching("b", "in-.*"));
      assertThat(bench.group.image().patterns()).hasSize(1);

      bench.send(beat("a", -1));
      assertThat(bench.group.image().patterns()).hasSize(1);
      bench.send(beat("b", 2).setSubscribedTopicRegex("out"));

      assertThat(bench.group.image().patterns().keySet()).containsExactly("out");
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "a{2,1}", "[z-a]", "(?<x>", "a\\1"})
    void refusesWhatIsNotAPatternAndLetsNobodyIn(String pattern) {
      assertThat(error(bench.send(matching("a", pattern))))
          .isEqualTo(Errors.INVALID_REGULAR_EXPRESSION);
      assertThat(bench.group.memberCount()).isZero();
    }

    @Test
    void refusesOneThatIsTooLong() {
      assertThat(error(bench.send(matching("a", "a".repeat(Limits.PATTERN_CHARS_MAX + 1)))))
          .isEqualTo(Errors.INVALID_REGULAR_EXPRESSION);
    }

    @Test
    void refusesMoreThanAGroupMayHave() {
      bench.membersMax = 1_000;
      for (int i = 0; i < Limits.PATTERNS_MAX; i++) {
        bench.send(matching("m" + i, "p" + i));
      }

      assertThat(error(bench.send(matching("z", "other")))).isEqualTo(Errors.INVALID_REQUEST);
      assertThat(error(bench.send(matching("z", "p7")))).isEqualTo(Errors.NONE);
    }
  }

  @Nested
  class ByAssignor {
    @Test
    void refusesOneThatItDoesNotKnow() {
      assertThat(error(bench.send(join("a", "out").setServerAssignor("clever"))))
          .isEqualTo(Errors.UNSUPPORTED_ASSIGNOR);
    }

    @Test
    void followsTheMost() {
      bench.send(join("a", "out").setServerAssignor("range"));
      assertThat(bench.group.described(bench.topics).assignorName()).isEqualTo("range");

      bench.send(join("b", "out").setServerAssignor("uniform"));
      bench.send(join("c", "out").setServerAssignor("uniform"));

      assertThat(bench.group.described(bench.topics).assignorName()).isEqualTo("uniform");
    }
  }

  @Nested
  class WithoutSense {
    private void isInvalid(ConsumerGroupHeartbeatRequestData request) {
      ConsumerGroupHeartbeatResponseData response = bench.send(request);
      assertThat(error(response)).isEqualTo(Errors.INVALID_REQUEST);
      assertThat(response.errorMessage()).isNotBlank();
      assertThat(bench.log).isEmpty();
    }

    @Test
    void namesWhatAnyHeartbeatLacks() {
      isInvalid(join("a", "t").setGroupId(" "));
      isInvalid(join("", "t"));
      isInvalid(join("a", "t").setInstanceId(""));
      isInvalid(join("a", "t").setRackId(" "));
      isInvalid(beat("a", -3));
      isInvalid(beat("a", -2));
      bench.version = 0;
      isInvalid(beat("", 1));
      isInvalid(beat("", -1));
    }

    @Test
    void namesWhatAJoinLacks() {
      isInvalid(join("a", "t").setRebalanceTimeoutMs(-1));
      isInvalid(join("a", "t").setTopicPartitions(null));
      isInvalid(join("a", "t").setTopicPartitions(GroupBench.reported(bench.partitions("out", 0))));
      isInvalid(join("a", "t").setSubscribedTopicNames(null));
    }
  }

  @Test
  void givesATopicMadeAnewUnderItsNameAgain() {
    bench.send(join("a", "out"));
    Partition old = bench.topics.partition("out", 0);

    bench.topicsBecome(bench.topics.without("out").with("out", 1));

    assertThat(assigned(bench.send(beat("a", 1)))).isEmpty();
    assertThat(assigned(bench.send(beat("a", 1, List.of()))))
        .isEqualTo(bench.partitions("out", 0))
        .doesNotContain(old);
  }
}
