package clients;

import static clients.Clients.newTopic;
import static clients.Clients.result;
import static clients.Clients.unusedName;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.IntegerDeserializer;
import org.apache.kafka.common.serialization.IntegerSerializer;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.EnableKafka;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;

/** Spring's listeners, with the acknowledgement by batch that is their default. */
@ExtendWith(SharedBroker.class)
class SpringKafkaIT {
  private static final int PARTITIONS = 6;

  private final RunningBroker broker;

  SpringKafkaIT(RunningBroker broker) {
    this.broker = broker;
  }

  /** What every application of a group has been given, by partition. */
  static final class Seen {
    private final List<List<Integer>> values =
        IntStream.range(0, PARTITIONS)
            .mapToObj(p -> (List<Integer>) new ArrayList<Integer>())
            .toList();

    synchronized void add(int partition, int value) {
      values.get(partition).add(value);
    }

    /** How many different ones. */
    int count() {
      return firstTimes().stream().mapToInt(List::size).sum();
    }

    List<List<Integer>> firstTimes() {
      return values().stream().map(each -> each.stream().distinct().toList()).toList();
    }

    /** The partitions of which something was given twice. */
    List<Integer> repeatedIn() {
      List<List<Integer>> all = values();
      return IntStream.range(0, PARTITIONS)
          .filter(p -> all.get(p).stream().distinct().count() < all.get(p).size())
          .boxed()
          .toList();
    }

    synchronized List<List<Integer>> values() {
      return values.stream().map(List::copyOf).toList();
    }
  }

  /**
   * A bean as users write it.
   *
   * @param threads each of which is a member of the group
   * @param count how many records this application was given
   * @param enough so many records kill the one who is given them
   */
  record Listener(
      String topic, String group, int threads, Seen seen, AtomicInteger count, int enough) {
    Listener(String topic, String group, int threads, Seen seen) {
      this(topic, group, threads, seen, new AtomicInteger(), Integer.MAX_VALUE);
    }

    @KafkaListener(
        id = "listener",
        topics = "#{__listener.topic}",
        groupId = "#{__listener.group}",
        concurrency = "#{__listener.threads}")
    void on(ConsumerRecord<Integer, Integer> message) {
      seen.add(message.partition(), message.value());
      if (count.incrementAndGet() == enough) {
        MortalConsumer.DYING.set(true);
        throw new Dying(enough);
      }
    }
  }

  /** What Spring ends a listener for. */
  private static final class Dying extends Error {
    private static final long serialVersionUID = 1;

    private Dying(int records) {
      super("a listener that dies of %d records".formatted(records), null, false, false);
    }
  }

  /** When its thread dies it closes its sockets and no more, as when its process is killed. */
  private static final class MortalConsumer extends KafkaConsumer<Integer, Integer> {
    private static final ThreadLocal<Boolean> DYING = ThreadLocal.withInitial(() -> false);

    private MortalConsumer(Map<String, Object> settings) {
      super(settings, new IntegerDeserializer(), new IntegerDeserializer());
    }

    @Override
    public void unsubscribe() {
      if (!DYING.get()) {
        super.unsubscribe();
      }
    }

    @Override
    public void close() {
      if (DYING.get()) {
        close(GroupsIT.LIKE_A_CRASH);
      } else {
        super.close();
      }
    }
  }

  @Configuration
  @EnableKafka
  static class Listening {
    @Bean
    ConcurrentKafkaListenerContainerFactory<Integer, Integer> kafkaListenerContainerFactory(
        ConsumerFactory<Integer, Integer> consumers) {
      var containers = new ConcurrentKafkaListenerContainerFactory<Integer, Integer>();
      containers.setConsumerFactory(consumers);
      return containers;
    }
  }

  private AnnotationConfigApplicationContext application(String protocol, Listener listener) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", broker.bootstrap());
    settings.put("group.protocol", protocol);
    settings.put("auto.offset.reset", "earliest");
    if (protocol.equals("classic")) {
      settings.put("heartbeat.interval.ms", 300);
      settings.put("session.timeout.ms", (int) SharedBroker.SESSION.toMillis());
    }
    var context = new AnnotationConfigApplicationContext();
    context.registerBean(Listener.class, () -> listener);
    context.registerBean(
        ConsumerFactory.class,
        () ->
            new DefaultKafkaConsumerFactory<Integer, Integer>(settings) {
              @Override
              protected Consumer<Integer, Integer> createRawConsumer(Map<String, Object> all) {
                return new MortalConsumer(all);
              }
            });
    context.register(Listening.class);
    context.refresh();
    return context;
  }

  private static void awaitAssigned(AnnotationConfigApplicationContext application, int count) {
    var registry = application.getBean(KafkaListenerEndpointRegistry.class);
    await("assignment of " + count)
        .atMost(Clients.PATIENCE)
        .until(
            () -> {
              var container = registry.getListenerContainer("listener");
              Collection<TopicPartition> assigned =
                  container == null ? null : container.getAssignedPartitions();
              return assigned != null && assigned.size() == count;
            });
  }

  private static void awaitStopped(AnnotationConfigApplicationContext application) {
    var registry = application.getBean(KafkaListenerEndpointRegistry.class);
    await()
        .atMost(Clients.PATIENCE)
        .until(() -> !registry.getListenerContainer("listener").isRunning());
  }

  private static void send(
      KafkaTemplate<Integer, Integer> template, String topic, int first, int end) {
    for (int i = first; i < end; i++) {
      var unused = template.send(topic, i % PARTITIONS, i, i);
    }
    template.flush();
  }

  private static void awaitSeen(Seen seen, int count) {
    await().atMost(Clients.PATIENCE).until(() -> seen.count() >= count);
  }

  /** Of the numbers up to an end, those that were sent to each partition, in order. */
  private static List<List<Integer>> sent(int end) {
    return IntStream.range(0, PARTITIONS)
        .mapToObj(p -> IntStream.range(0, end).filter(i -> i % PARTITIONS == p).boxed().toList())
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"classic", "consumer"})
  void seesEveryRecordInOrderWhileApplicationsJoinAndLeaveAndDie(String protocol) {
    String topic = newTopic(broker, "spring", PARTITIONS, Map.of());
    String group = unusedName("spring");
    Seen seen = new Seen();
    GroupSeats seats = new GroupSeats(broker, group);
    Listener first = new Listener(topic, group, 2, seen);
    Listener second = new Listener(topic, group, 1, seen);
    Listener mortal = new Listener(topic, group, 1, seen, new AtomicInteger(), 50);
    Listener heir = new Listener(topic, group, 1, seen);
    var producers =
        new DefaultKafkaProducerFactory<Integer, Integer>(
            Map.of("bootstrap.servers", broker.bootstrap()),
            new IntegerSerializer(),
            new IntegerSerializer());
    try {
      var template = new KafkaTemplate<>(producers);
      try (var alone = application(protocol, first)) {
        awaitAssigned(alone, PARTITIONS);
        send(template, topic, 0, 600);
        awaitSeen(seen, 600);
        assertThat(seen.values()).isEqualTo(sent(600));

        try (var joining = application(protocol, second)) {
          send(template, topic, 600, 1200); // while the partitions change hands
          awaitAssigned(joining, PARTITIONS / 3);
          awaitAssigned(alone, 2 * PARTITIONS / 3);
          send(template, topic, 1200, 1800);
          await().atMost(Clients.PATIENCE).until(() -> second.count().get() > 0);
        }
        send(template, topic, 1800, 2400);
        awaitAssigned(alone, PARTITIONS);
        awaitSeen(seen, 2400);
        assertThat(seen.values()).isEqualTo(sent(2400));
        assertThat(first.count().get() + second.count().get()).isEqualTo(2400);

        seats.await(2, 2);
        try (var dying = application(protocol, mortal)) {
          seats.await(3, 1);
          send(template, topic, 2400, 3000);
          awaitStopped(dying);
          try (var joining = application(protocol, heir)) {
            seats.await(3, 1);
            send(template, topic, 3000, 3600);
            awaitSeen(seen, 3600);
            awaitAssigned(joining, PARTITIONS / 3);
          }
        }
        assertThat(seen.firstTimes()).isEqualTo(sent(3600));
        // What the dead one had been given of its partitions and had not committed.
        assertThat(seen.repeatedIn()).hasSizeLessThanOrEqualTo(PARTITIONS / 3);
      }
    } finally {
      producers.destroy();
    }
    try (Admin admin = Clients.admin(broker)) {
      Map<TopicPartition, OffsetAndMetadata> committed =
          result(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
      assertThat(committed).hasSize(PARTITIONS);
      assertThat(committed.values()).allMatch(offset -> offset.offset() == 3600 / PARTITIONS);
    }
  }
}
