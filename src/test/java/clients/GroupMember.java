package clients;

import clients.history.GroupHistory.Ending;
import clients.history.GroupHistory.Lookup;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.serialization.LongDeserializer;

/**
 * A member of a group, one life after the other: it subscribes, reads, commits what it has read in
 * this way or that, and leaves, crashes or dawdles until the others have taken it for dead.
 */
final class GroupMember implements Runnable {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration LEAVING = Duration.ofSeconds(5);
  private static final int LIFE_MILLIS_MIN = 3000;
  private static final int LIFE_MILLIS_MORE_MAX = 20_000;
  private static final CloseOptions LEAVE = CloseOptions.timeout(LEAVING);
  private static final CloseOptions CRASH =
      CloseOptions.timeout(Duration.ZERO)
          .withGroupMembershipOperation(GroupMembershipOperation.REMAIN_IN_GROUP);

  private final String name;
  private final Map<String, Object> settings;
  private final String topic;
  private final GroupRecorder recorder;
  private final Random random;
  private final Duration tooLong;
  private volatile boolean restless;
  private volatile boolean away;
  private volatile boolean stopping;

  /**
   * @param tooLong a pause between polls after which the group goes on without the member
   */
  GroupMember(
      String name,
      Map<String, Object> settings,
      String topic,
      GroupRecorder recorder,
      Random random,
      Duration tooLong) {
    this.name = name;
    this.settings = settings;
    this.topic = topic;
    this.recorder = recorder;
    this.random = random;
    this.tooLong = tooLong;
  }

  @Override
  public void run() {
    int lives = 0;
    while (!stopping) {
      if (away) {
        LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        continue;
      }
      Consumer<Long, Long> consumer =
          new KafkaConsumer<>(settings, new LongDeserializer(), new LongDeserializer());
      try {
        new Life(consumer, name + "." + ++lives).live();
      } catch (KafkaException refused) {
        // A consumer may say that it can do no more; a program begins with a new one.
        recorder.lifeEnded(refused.getClass().getSimpleName());
      }
      recorder.lifeEnded(end(consumer));
    }
  }

  private String end(Consumer<Long, Long> consumer) {
    boolean leaves = stopping || random.nextBoolean();
    try {
      consumer.close(leaves ? LEAVE : CRASH);
      return leaves ? "left" : "crashed";
    } catch (KafkaException unfinished) {
      return "could not leave: " + unfinished.getClass().getSimpleName();
    }
  }

  /** Whether it comes and goes by itself. */
  void restless(boolean whether) {
    restless = whether;
  }

  /** Ends this life, in one way or another, and begins no other one before it is told to. */
  void away(boolean whether) {
    away = whether;
  }

  void stop() {
    stopping = true;
  }

  /** From the subscription to the end of one consumer; on one thread. */
  private final class Life implements ConsumerRebalanceListener {
    private final Consumer<Long, Long> consumer;
    private final String member;
    private final Map<TopicPartition, GroupRecorder.Owned> owned = new HashMap<>();
    private final Map<TopicPartition, Long> read = new HashMap<>();
    private final Map<TopicPartition, Long> committed = new HashMap<>();

    Life(Consumer<Long, Long> consumer, String member) {
      this.consumer = consumer;
      this.member = member;
    }

    void live() {
      consumer.subscribe(List.of(topic), this);
      long endNanos =
          System.nanoTime()
              + Duration.ofMillis(LIFE_MILLIS_MIN + random.nextInt(LIFE_MILLIS_MORE_MAX)).toNanos();
      while (!stopping && !away && !(restless && System.nanoTime() > endNanos)) {
        for (ConsumerRecord<Long, Long> record : consumer.poll(POLL)) {
          TopicPartition partition = new TopicPartition(record.topic(), record.partition());
          owned.get(partition).read(record.offset(), record.value());
          read.put(partition, record.offset() + 1);
        }
        act();
      }
      if (restless && random.nextInt(5) == 0) {
        dawdle();
      }
    }

    /** What a program does between two polls; this one does one thing or another. */
    private void act() {
      int chance = random.nextInt(100);
      if (chance < 1) {
        lookUp();
      } else if (chance < 10) {
        commitSync();
      } else if (chance < 25) {
        commitAsync();
      }
    }

    /** Others own its partitions when it wakes up and commits. */
    private void dawdle() {
      long wakeNanos = System.nanoTime() + tooLong.toNanos();
      while (!stopping && System.nanoTime() < wakeNanos) {
        LockSupport.parkNanos(wakeNanos - System.nanoTime());
      }
      commitSync();
    }

    private Map<TopicPartition, OffsetAndMetadata> uncommitted() {
      Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
      read.forEach(
          (partition, end) -> {
            if (owned.containsKey(partition) && !end.equals(committed.get(partition))) {
              offsets.put(partition, new OffsetAndMetadata(end));
            }
          });
      return offsets;
    }

    private void commitSync() {
      Map<TopicPartition, OffsetAndMetadata> offsets = uncommitted();
      if (offsets.isEmpty()) {
        return;
      }
      GroupRecorder.Committing commit = recorder.committing(member, generation(), offsets);
      try {
        consumer.commitSync(offsets);
        done(commit, offsets);
      } catch (KafkaException refused) {
        // It was tried several times, perhaps, and the first may have been written: so unknown.
        commit.ended(Ending.UNKNOWN);
      }
    }

    private void commitAsync() {
      Map<TopicPartition, OffsetAndMetadata> offsets = uncommitted();
      if (offsets.isEmpty()) {
        return;
      }
      GroupRecorder.Committing commit = recorder.committing(member, generation(), offsets);
      consumer.commitAsync(
          offsets,
          (same, failure) -> {
            if (failure == null) {
              done(commit, offsets);
            } else {
              commit.ended(isRefusal(failure) ? Ending.REFUSED : Ending.UNKNOWN);
            }
          });
    }

    private boolean isRefusal(Exception failure) {
      return failure instanceof CommitFailedException
          || failure instanceof RebalanceInProgressException;
    }

    private void done(
        GroupRecorder.Committing commit, Map<TopicPartition, OffsetAndMetadata> offsets) {
      commit.ended(Ending.DONE);
      offsets.forEach((partition, offset) -> committed.put(partition, offset.offset()));
    }

    private void lookUp() {
      int generation = generation();
      long begunAt = System.nanoTime();
      try {
        consumer
            .committed(owned.keySet())
            .forEach(
                (partition, offset) ->
                    recorder.lookedUp(
                        new Lookup(
                            member,
                            partition.partition(),
                            offset == null ? -1 : offset.offset(),
                            generation,
                            begunAt,
                            System.nanoTime())));
      } catch (KafkaException noAnswer) {
        // Nothing was said that could be wrong; that answers come again is looked at elsewhere.
      }
    }

    private int generation() {
      return consumer.groupMetadata().generationId();
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      int generation = generation();
      partitions.forEach(
          partition -> {
            owned.put(partition, recorder.assigned(member, generation, partition.partition()));
            read.remove(partition);
            committed.remove(partition);
          });
      recorder.holds(member, generation, owned.keySet());
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      if (random.nextBoolean()) {
        commitSync();
      }
      owned.keySet().removeAll(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      owned.keySet().removeAll(partitions);
    }
  }
}
