package actors.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;

/** The rules that hold of every image, and between one and the next. */
final class MetadataRules {
  private MetadataRules() {}

  /** What no fact may break. */
  static void check(ClusterMetadata before, ClusterMetadata after) {
    assertThat(after.version()).isEqualTo(before.version() + 1);
    assertThat(after.controllerEpoch()).isGreaterThanOrEqualTo(before.controllerEpoch());
    assertThat(after.nextProducerId()).isGreaterThanOrEqualTo(before.nextProducerId());
    assertThat(after.topicNames()).hasSameSizeAs(after.topics());
    after
        .topics()
        .forEach(
            (name, topic) -> {
              assertThat(topic.name()).isEqualTo(name);
              assertThat(after.topicNames().get(topic.id())).isEqualTo(name);
              checkTopic(topic);
            });
    before.topicNames().keySet().forEach(id -> checkSuccession(id, before, after));
    before
        .brokers()
        .forEach(
            (id, broker) ->
                assertThat(after.brokers().get(id).epoch().value())
                    .isGreaterThanOrEqualTo(broker.epoch().value()));
  }

  /**
   * What holds once all facts of a decision are applied; between them a leader may be fenced
   * already and not yet be followed.
   */
  static void checkLeaders(ClusterMetadata image) {
    for (TopicImage topic : image.topics().values()) {
      for (PartitionImage partition : topic.partitions()) {
        if (partition.hasLeader()) {
          assertThat(image.isLive(partition.leader())).as("%s", partition).isTrue();
          assertThat(partition.isr())
              .as("live members only: %s", partition)
              .allMatch(image::isLive);
          assertThat(partition.isr().stream().filter(image::isActive).toList())
              .as("who is about to stop is in no ISR with others: %s", partition)
              .satisfiesAnyOf(
                  active -> assertThat(active).isEmpty(),
                  active -> assertThat(active).isEqualTo(partition.isr()));
        } else {
          assertThat(partition.isr())
              .as("nobody to lead: %s", partition)
              .noneMatch(image::isActive);
        }
      }
    }
  }

  private static void checkTopic(TopicImage topic) {
    for (int number = 0; number < topic.partitions().size(); number++) {
      PartitionImage partition = topic.partitions().get(number);
      assertThat(partition.partition()).isEqualTo(number);
      assertThat(partition.isr()).as("%s", partition).isNotEmpty().doesNotHaveDuplicates();
      assertThat(partition.replicas()).doesNotHaveDuplicates().containsAll(partition.isr());
      List<Integer> trusted = new ArrayList<>(partition.isr());
      trusted.addAll(partition.eligible());
      assertThat(trusted).as("%s", partition).doesNotHaveDuplicates();
      assertThat(partition.replicas()).containsAll(partition.eligible());
      if (partition.hasLeader()) {
        assertThat(partition.isr()).as("%s", partition).contains(partition.leader());
      }
      checkMove(partition);
    }
  }

  private static void checkMove(PartitionImage partition) {
    assertThat(partition.replicas()).as("%s", partition).containsAll(partition.adding());
    assertThat(partition.replicas()).as("%s", partition).containsAll(partition.removing());
    assertThat(partition.target()).as("%s", partition).isNotEmpty();
    if (partition.isReassigned()) {
      assertThat(partition.isr().containsAll(partition.target()))
          .as("a move that is over has ended: %s", partition)
          .isFalse();
    }
  }

  private static void checkSuccession(Uuid id, ClusterMetadata before, ClusterMetadata after) {
    if (after.topic(id).isEmpty()) {
      return;
    }
    List<PartitionImage> old = before.topicById(id).partitions();
    List<PartitionImage> now = after.topicById(id).partitions();
    assertThat(now).hasSizeGreaterThanOrEqualTo(old.size());
    for (int number = 0; number < old.size(); number++) {
      checkEpochs(old.get(number), now.get(number));
    }
  }

  private static void checkEpochs(PartitionImage old, PartitionImage now) {
    if (old.equals(now)) {
      return;
    }
    assertThat(now.partitionEpoch()).isEqualTo(old.partitionEpoch() + 1);
    assertThat(now.leaderEpoch())
        .isEqualTo(
            old.leader() == now.leader() && now.replicas().containsAll(old.replicas())
                ? old.leaderEpoch()
                : old.leaderEpoch().next());
  }
}
