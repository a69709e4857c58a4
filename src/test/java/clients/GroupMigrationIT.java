package clients;

import static clients.Clients.newTopic;
import static clients.Clients.result;
import static clients.Clients.unusedName;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A group of Kafka's own consumers that goes from one protocol to the other and back, at work. */
@ExtendWith(SharedBroker.class)
class GroupMigrationIT {
  private static final int PARTITIONS = 4;
  private static final int MEMBERS = 3;

  private final RunningBroker broker;

  GroupMigrationIT(RunningBroker broker) {
    this.broker = broker;
  }

  /** A consumer, and what was committed when it came: it does not begin before that. */
  private record Member(
      Consumer<String, String> consumer, Map<TopicPartition, OffsetAndMetadata> committedBefore) {}

  private final List<Member> members = new ArrayList<>();
  private final Set<String> seen = new HashSet<>();
  private String topic;
  private String group;
  private int sent;

  @ParameterizedTest
  @ValueSource(classes = {CooperativeStickyAssignor.class, RangeAssignor.class})
  void accountsForEveryRecordOnTheWayThereAndBack(Class<?> assignor) {
    topic = newTopic(broker, "migrated", PARTITIONS, Map.of());
    group = unusedName("migrating");
    Map<String, Object> classic =
        Map.of(
            "group.protocol", "classic",
            "heartbeat.interval.ms", "100",
            "partition.assignment.strategy", assignor.getName());
    Map<String, Object> consumer = Map.of("group.protocol", "consumer");
    try (Admin admin = Clients.admin(broker);
        Producer<String, String> producer = Clients.producer(broker, Map.of())) {
      for (int i = 0; i < MEMBERS; i++) {
        comes(admin, classic);
      }
      workUntil(producer, this::allIsShared);
      assertThat(described(admin).type()).isEqualTo(GroupType.CLASSIC);

      for (int i = 0; i < MEMBERS; i++) {
        isReplaced(admin, producer, consumer);
        assertThat(described(admin).type()).isEqualTo(GroupType.CONSUMER);
      }
      for (int i = 0; i < MEMBERS; i++) {
        isReplaced(admin, producer, classic);
      }
      assertThat(described(admin).type()).isEqualTo(GroupType.CLASSIC);
      assertThat(described(admin).members()).hasSize(MEMBERS);

      drain();
      assertThat(committed(admin)).isEqualTo(ends());
    } finally {
      members.forEach(member -> member.consumer().close());
    }
  }

  private void comes(Admin admin, Map<String, Object> protocol) {
    Map<String, Object> settings = new HashMap<>(protocol);
    settings.put("group.id", group);
    settings.put("auto.offset.reset", "earliest");
    settings.put("auto.commit.interval.ms", "20");
    Map<TopicPartition, OffsetAndMetadata> before =
        result(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
    Consumer<String, String> consumer = Clients.consumer(broker, settings);
    consumer.subscribe(List.of(topic));
    members.add(new Member(consumer, before));
  }

  private void isReplaced(Admin admin, Producer<String, String> producer, Map<String, Object> by) {
    members.remove(0).consumer().close();
    comes(admin, by);
    workUntil(producer, this::allIsShared);
  }

  private boolean allIsShared() {
    Set<TopicPartition> all = new HashSet<>();
    for (Member member : members) {
      if (member.consumer().assignment().isEmpty()) {
        return false;
      }
      all.addAll(member.consumer().assignment());
    }
    return all.size() == PARTITIONS;
  }

  /** Records flow all the while. */
  private void workUntil(Producer<String, String> producer, BooleanSupplier done) {
    await()
        .atMost(Clients.PATIENCE)
        .pollInterval(Duration.ofMillis(1))
        .until(
            () -> {
              for (int partition = 0; partition < PARTITIONS; partition++) {
                var unused =
                    producer.send(new ProducerRecord<>(topic, partition, "k", "v" + sent++));
              }
              pollAll();
              return done.getAsBoolean();
            });
    producer.flush();
  }

  private void drain() {
    await()
        .atMost(Clients.PATIENCE)
        .pollInterval(Duration.ofMillis(1))
        .until(
            () -> {
              pollAll();
              return seen.size() == sent;
            });
    Set<String> expected = new TreeSet<>();
    for (int i = 0; i < sent; i++) {
      expected.add("v" + i);
    }
    assertThat(seen).isEqualTo(expected);
    members.forEach(member -> member.consumer().commitSync());
  }

  private void pollAll() {
    for (Member member : members) {
      for (ConsumerRecord<String, String> each : member.consumer().poll(Duration.ofMillis(20))) {
        seen.add(each.value());
        OffsetAndMetadata before =
            member.committedBefore().get(new TopicPartition(each.topic(), each.partition()));
        if (before != null) {
          assertThat(each.offset()).isGreaterThanOrEqualTo(before.offset());
        }
      }
    }
  }

  private ConsumerGroupDescription described(Admin admin) {
    return result(admin.describeConsumerGroups(List.of(group)).all()).get(group);
  }

  private Map<TopicPartition, Long> committed(Admin admin) {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    result(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
        .forEach((partition, offset) -> offsets.put(partition, offset.offset()));
    return offsets;
  }

  private Map<TopicPartition, Long> ends() {
    Map<TopicPartition, Long> ends = new HashMap<>();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      ends.put(new TopicPartition(topic, partition), (long) sent / PARTITIONS);
    }
    return ends;
  }
}
