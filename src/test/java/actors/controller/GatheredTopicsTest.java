package actors.controller;

import static org.assertj.core.api.Assertions.assertThat;

import actors.Outcome;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Test;

class GatheredTopicsTest {
  private final GatheredTopics gathered = new GatheredTopics();
  private final TestInbox<Outcome<TopicImage>> asker = TestInbox.create();

  private Controller.CreateTopic command(String name, int partitions, Map<String, String> configs) {
    return new Controller.CreateTopic(
        TopicSpec.of(name, partitions, configs), false, asker.getRef());
  }

  private void add(String name) {
    gathered.add(command(name, 1, Map.of()));
  }

  /** Refuses a name that is taken. */
  private static Decision<TopicImage> decide(
      ClusterMetadata image, Controller.CreateTopic command) {
    String name = command.spec().name();
    if (image.topic(name).isPresent()) {
      return Decision.refused(Errors.TOPIC_ALREADY_EXISTS, "taken");
    }
    TopicImage topic =
        new TopicImage(new Uuid(1, image.topics().size()), name, Map.of(), List.of());
    return Decision.accepted(List.of(new MetadataFact.TopicCreated(topic)), topic);
  }

  @Test
  void decidesEachOnWhatThoseBeforeItComeTo() {
    add("a");
    add("b");
    add("a");
    add("c");

    GatheredTopics.Decided decided =
        GatheredTopics.Decided.of(
            gathered.take(), ClusterMetadata.EMPTY, GatheredTopicsTest::decide);

    assertThat(ClusterMetadata.EMPTY.applyAll(decided.facts()).topics().keySet())
        .containsExactly("a", "b", "c");
    assertThat(decided.facts()).hasSize(3);
    assertThat(decided.answers())
        .extracting(answer -> answer.outcome() instanceof Outcome.Accepted)
        .containsExactly(true, true, false, true);
  }

  @Test
  void isEmptyOnceTheyAreTaken() {
    add("a");
    assertThat(gathered.isFirst()).isTrue();
    add("b");
    assertThat(gathered.isFirst()).isFalse();

    assertThat(gathered.take()).hasSize(2);

    assertThat(gathered.take()).isEmpty();
    add("c");
    assertThat(gathered.isFirst()).isTrue();
  }

  @Test
  void isFullOfSoManyTopics() {
    for (int i = 1; i < Limits.GATHERED_TOPICS_MAX; i++) {
      add("t" + i);
      assertThat(gathered.isFull()).isFalse();
    }

    add("last");

    assertThat(gathered.isFull()).isTrue();
  }

  @Test
  void isFullOfSoManyPartitionsOrSoLongSettings() {
    int partitions = (int) (Limits.GATHERED_WEIGHT_MAX / Limits.GATHERED_PARTITION_WEIGHT) + 1;
    gathered.add(command("many", partitions, Map.of()));
    assertThat(gathered.isFull()).isTrue();

    gathered.take();
    assertThat(gathered.isFull()).isFalse();
    gathered.add(command("long", 1, Map.of("k", "v".repeat((int) Limits.GATHERED_WEIGHT_MAX))));
    assertThat(gathered.isFull()).isTrue();
  }
}
