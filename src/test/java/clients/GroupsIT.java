package clients;

import static clients.Clients.newTopic;
import static clients.Clients.result;
import static clients.Clients.unusedName;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Groups of Kafka's own consumers, by both protocols. */
@ExtendWith(SharedBroker.class)
class GroupsIT {
  private final RunningBroker broker;

  GroupsIT(RunningBroker broker) {
    this.broker = broker;
  }

  private Consumer<String, String> member(String protocol, String group, String topic) {
    return member(protocol, group, topic, Map.of());
  }

  private Consumer<String, String> member(
      String protocol, String group, String topic, Map<String, Object> more) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("group.protocol", protocol);
    settings.put("group.id", group);
    settings.put("auto.offset.reset", "earliest");
    settings.put("enable.auto.commit", "false");
    if (protocol.equals("classic")) {
      settings.put("heartbeat.interval.ms", "300");
    }
    settings.putAll(more);
    Consumer<String, String> consumer = Clients.consumer(broker, settings);
    consumer.subscribe(List.of(topic));
    return consumer;
  }

  private void send(String topic, int partition, int first, int end) {
    try (Producer<String, String> producer = Clients.producer(broker, Map.of())) {
      for (int i = first; i < end; i++) {
        var unused = producer.send(new ProducerRecord<>(topic, partition, "k", "v" + i));
      }
    }
  }

  /** As a program's loop does, in the background of which members learn what they own. */
  @SafeVarargs
  private static void pollUntil(BooleanSupplier done, Consumer<String, String>... members) {
    await()
        .atMost(Clients.PATIENCE)
        .pollInterval(Duration.ofMillis(1))
        .until(
            () -> {
              for (Consumer<String, String> member : members) {
                member.poll(Duration.ofMillis(50));
              }
              return done.getAsBoolean();
            });
  }

  private static List<String> values(List<ConsumerRecord<String, String>> records) {
    return records.stream().map(ConsumerRecord::value).toList();
  }

  private static List<String> values(int first, int end) {
    return IntStream.range(first, end).mapToObj(i -> "v" + i).toList();
  }

  static final CloseOptions LIKE_A_CRASH =
      CloseOptions.timeout(Duration.ZERO)
          .withGroupMembershipOperation(GroupMembershipOperation.REMAIN_IN_GROUP);

  @ParameterizedTest
  @ValueSource(strings = {"classic", "consumer"})
  void membersShareThePartitionsAndTakeOverWhatOneLeaves(String protocol) {
    String topic = newTopic(broker, "shared", 4, Map.of());
    String group = unusedName("sharing");
    try (Consumer<String, String> first = member(protocol, group, topic)) {
      pollUntil(() -> first.assignment().size() == 4, first);
      try (Consumer<String, String> second = member(protocol, group, topic)) {
        pollUntil(
            () -> first.assignment().size() == 2 && second.assignment().size() == 2, first, second);
        Set<TopicPartition> all = new HashSet<>(first.assignment());
        all.addAll(second.assignment());
        assertThat(all).hasSize(4);
      }
      pollUntil(() -> first.assignment().size() == 4, first);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"classic", "consumer"})
  void commitsInSyncAreWhereTheNextOneGoesOn(String protocol) {
    String topic = newTopic(broker, "in-sync");
    String group = unusedName("in-sync");
    send(topic, 0, 0, 10);
    TopicPartition partition = new TopicPartition(topic, 0);
    Consumer<String, String> dying = member(protocol, group, topic);
    Clients.poll(dying, 10);
    dying.commitSync(Map.of(partition, new OffsetAndMetadata(4, "half of it")));
    assertThat(dying.committed(Set.of(partition)).get(partition).metadata())
        .isEqualTo("half of it");
    dying.close(); // without committing what it has processed since

    try (Consumer<String, String> next = member(protocol, group, topic)) {
      assertThat(values(Clients.poll(next, 6))).isEqualTo(values(4, 10));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"classic", "consumer"})
  void whatWasNotCommittedIsProcessedAgainAfterACrash(String protocol) {
    String topic = newTopic(broker, "crashed");
    String group = unusedName("crashed");
    send(topic, 0, 0, 10);
    Map<String, Object> asInstance = Map.of("group.instance.id", "one");
    Consumer<String, String> dying = member(protocol, group, topic, asInstance);
    Clients.poll(dying, 10);
    dying.close(LIKE_A_CRASH); // between processing and commit

    try (Consumer<String, String> next = member(protocol, group, topic, asInstance)) {
      assertThat(values(Clients.poll(next, 10))).isEqualTo(values(0, 10));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"classic", "consumer"})
  void whatWasCommittedBeforeItWasProcessedIsLostInACrash(String protocol) {
    String topic = newTopic(broker, "early");
    String group = unusedName("early");
    send(topic, 0, 0, 10);
    Map<String, Object> asInstance = Map.of("group.instance.id", "one");
    Consumer<String, String> dying = member(protocol, group, topic, asInstance);
    Clients.poll(dying, 10);
    dying.commitSync();
    dying.close(LIKE_A_CRASH); // between commit and processing
    send(topic, 0, 10, 11);

    try (Consumer<String, String> next = member(protocol, group, topic, asInstance)) {
      assertThat(values(Clients.poll(next, 1))).isEqualTo(values(10, 11));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"classic", "consumer"})
  void commitsByThemselvesAtTheInterval(String protocol) {
    String topic = newTopic(broker, "by-itself");
    String group = unusedName("by-itself");
    send(topic, 0, 0, 10);
    TopicPartition partition = new TopicPartition(topic, 0);
    Map<String, Object> automatic =
        Map.of("enable.auto.commit", "true", "auto.commit.interval.ms", "50");
    Consumer<String, String> consumer = member(protocol, group, topic, automatic);
    Clients.poll(consumer, 10);
    await()
        .atMost(Clients.PATIENCE)
        .until(
            () -> {
              consumer.poll(Duration.ofMillis(20));
              OffsetAndMetadata committed = consumer.committed(Set.of(partition)).get(partition);
              return committed != null && committed.offset() == 10;
            });
    consumer.close(LIKE_A_CRASH);
  }

  @ParameterizedTest
  @ValueSource(strings = {"classic", "consumer"})
  void commitsAsynchronouslyAndSaysWhenItIsDone(String protocol) {
    String topic = newTopic(broker, "async");
    String group = unusedName("async");
    send(topic, 0, 0, 10);
    TopicPartition partition = new TopicPartition(topic, 0);
    AtomicReference<Map<TopicPartition, OffsetAndMetadata>> done = new AtomicReference<>();
    try (Consumer<String, String> consumer = member(protocol, group, topic)) {
      Clients.poll(consumer, 10);
      consumer.commitAsync(
          (offsets, failure) -> {
            assertThat(failure).isNull();
            done.set(offsets);
          });
      pollUntil(() -> done.get() != null, consumer);

      assertThat(done.get().get(partition).offset()).isEqualTo(10);
      assertThat(consumer.committed(Set.of(partition)).get(partition).offset()).isEqualTo(10);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"classic", "consumer"})
  void failsWhereNothingIsCommittedAndNoResetIsWanted(String protocol) {
    String topic = newTopic(broker, "no-reset");
    try (Consumer<String, String> consumer =
        member(protocol, unusedName("no-reset"), topic, Map.of("auto.offset.reset", "none"))) {
      assertThatThrownBy(() -> Clients.poll(consumer, 1))
          .isInstanceOf(NoOffsetForPartitionException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"latest", "by_duration:PT1H"})
  void resetsToWhereItIsTold(String reset) {
    String topic = newTopic(broker, "reset");
    send(topic, 0, 0, 3);
    try (Consumer<String, String> consumer =
        member("consumer", unusedName("reset"), topic, Map.of("auto.offset.reset", reset))) {
      pollUntil(() -> !consumer.assignment().isEmpty(), consumer);
      long position = consumer.position(new TopicPartition(topic, 0));
      assertThat(position).isEqualTo(reset.equals("latest") ? 3 : 0);
    }
  }

  @Test
  void subscribesToAPatternThatTheBrokerResolves() {
    String topic = newTopic(broker, "by-pattern", 2, Map.of());
    Map<String, Object> settings =
        Map.of("group.protocol", "consumer", "group.id", unusedName("by-pattern"));
    try (Consumer<String, String> consumer = Clients.consumer(broker, settings)) {
      consumer.subscribe(new SubscriptionPattern(topic + ".*"));
      pollUntil(() -> consumer.assignment().size() == 2, consumer);
      String later = topic + "-later";
      try (Admin admin = Clients.admin(broker)) {
        result(admin.createTopics(List.of(new NewTopic(later, 1, (short) 1))).all());
      }
      pollUntil(() -> consumer.assignment().contains(new TopicPartition(later, 0)), consumer);
    }
  }

  @Test
  void describesListsAndDeletesGroups() {
    String topic = newTopic(broker, "described", 2, Map.of());
    String group = unusedName("described");
    try (Admin admin = Clients.admin(broker)) {
      try (Consumer<String, String> member = member("classic", group, topic)) {
        pollUntil(() -> member.assignment().size() == 2, member);
        member.commitSync(Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(0)));

        ConsumerGroupDescription described =
            result(admin.describeConsumerGroups(List.of(group)).all()).get(group);
        assertThat(described.groupState()).hasToString("Stable");
        assertThat(described.members()).hasSize(1);
        assertThat(described.members().iterator().next().assignment().topicPartitions()).hasSize(2);
        assertThat(result(admin.listGroups().all())).anyMatch(one -> one.groupId().equals(group));
        assertThatThrownBy(() -> result(admin.deleteConsumerGroups(List.of(group)).all()))
            .isInstanceOf(GroupNotEmptyException.class);
      }

      result(admin.deleteConsumerGroups(List.of(group)).all());
      assertThat(result(admin.listGroups().all())).noneMatch(one -> one.groupId().equals(group));
    }
  }

  @Test
  void refusesCommitsThatMakeNoSense() {
    String topic = newTopic(broker, "nonsense");
    try (Admin admin = Clients.admin(broker)) {
      assertThatThrownBy(
              () ->
                  result(
                      admin
                          .alterConsumerGroupOffsets(
                              unusedName("nonsense"),
                              Map.of(new TopicPartition(topic, 7), new OffsetAndMetadata(1)))
                          .all()))
          .isInstanceOf(UnknownTopicOrPartitionException.class);
    }
  }

  @Test
  void keepsManyGroupsAtOnce() {
    String topic = newTopic(broker, "many", 2, Map.of());
    send(topic, 0, 0, 5);
    List<Consumer<String, String>> members = new ArrayList<>();
    Set<String> groups = new TreeSet<>();
    try {
      for (int i = 0; i < 20; i++) {
        String group = unusedName("many");
        groups.add(group);
        members.add(member(i % 2 == 0 ? "classic" : "consumer", group, topic));
      }
      for (Consumer<String, String> member : members) {
        assertThat(values(Clients.poll(member, 5))).isEqualTo(values(0, 5));
        member.commitSync();
      }
      try (Admin admin = Clients.admin(broker)) {
        for (String group : groups) {
          assertThat(
                  result(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
                      .get(new TopicPartition(topic, 0))
                      .offset())
              .isEqualTo(5);
        }
      }
    } finally {
      members.forEach(Consumer::close);
    }
  }
}
