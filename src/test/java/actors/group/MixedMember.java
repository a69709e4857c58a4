package actors.group;

import actors.group.Group.Committer;
import actors.group.consumer.SimClock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.Message;

/** A consumer of either protocol: what it reads and commits, and its connection. */
abstract class MixedMember {
  static final Comparator<TopicPartition> ORDER =
      Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);
  private static final int READ_MILLIS = 700;
  private static final int COMMIT_PATIENCE_MILLIS = 4_000;

  final SimClock clock;
  final MixedWorld world;
  final String name;
  final Optional<String> instanceId;
  private final Set<TopicPartition> owned = new TreeSet<>(ORDER);
  private final Map<TopicPartition, Long> positions = new TreeMap<>(ORDER);

  /** Tells a look at what is committed from one of an earlier time as owner. */
  private final Map<TopicPartition, Long> looks = new TreeMap<>(ORDER);

  private long lookNumber;
  private long stalledUntilMillis;
  private long lastArrivalMillis;
  private boolean dead;
  private boolean reads = true;

  MixedMember(MixedWorld world, String name, Optional<String> instanceId) {
    this.world = world;
    this.clock = world.clock;
    this.name = name;
    this.instanceId = instanceId;
    clock.after(READ_MILLIS, this::read);
  }

  abstract Committer committer();

  /** Whether it sends commits as things stand with it. */
  boolean commits() {
    return true;
  }

  /** Says good bye, once; it may not be heard. */
  abstract void sayGoodBye();

  abstract boolean isClassic();

  Set<TopicPartition> owned() {
    return owned;
  }

  boolean isDead() {
    return dead;
  }

  /** The process does nothing for a while, but believes what it believed. */
  void stall(long millis) {
    stalledUntilMillis = clock.nowMillis() + millis;
  }

  void wake() {
    stalledUntilMillis = clock.nowMillis();
  }

  /** The process is gone. */
  void die() {
    dead = true;
    loseAll();
  }

  /** Closes as Kafka's consumers do: commits, gives up, says so. */
  void leave(Runnable then) {
    reads = false;
    commit(
        List.copyOf(owned),
        () -> {
          loseAll();
          sayGoodBye();
          die();
          then.run();
        });
  }

  void own(Collection<TopicPartition> added) {
    owned.addAll(added);
    look(List.copyOf(added));
  }

  void disown(Collection<TopicPartition> given) {
    owned.removeAll(given);
    positions.keySet().removeAll(given);
    looks.keySet().removeAll(given);
  }

  void loseAll() {
    disown(List.copyOf(owned));
  }

  private void look(List<TopicPartition> added) {
    if (added.isEmpty()) {
      return;
    }
    long number = ++lookNumber;
    added.forEach(each -> looks.put(each, number));
    OffsetFetchRequestGroup request =
        new OffsetFetchRequestGroup()
            .setGroupId("g")
            .setMemberId(null)
            .setTopics(new ArrayList<>());
    added.forEach(
        each ->
            request
                .topics()
                .add(
                    new OffsetFetchRequestTopics()
                        .setName(each.topic())
                        .setPartitionIndexes(List.of(each.partition()))));
    send(
        request,
        8,
        5_000,
        answer -> looked(number, added, (OffsetFetchResponseGroup) answer),
        () -> lookAgain(number, added));
  }

  private void looked(long number, List<TopicPartition> added, OffsetFetchResponseGroup answer) {
    if (answer.errorCode() != Errors.NONE.code()) {
      clock.after(500, () -> awake(() -> lookAgain(number, added)));
      return;
    }
    answer
        .topics()
        .forEach(
            topic ->
                topic
                    .partitions()
                    .forEach(
                        each -> {
                          TopicPartition partition =
                              new TopicPartition(topic.name(), each.partitionIndex());
                          if (looks.remove(partition, number)) {
                            positions.put(partition, Math.max(0, each.committedOffset()));
                          }
                        }));
  }

  private void lookAgain(long number, List<TopicPartition> added) {
    look(added.stream().filter(each -> looks.getOrDefault(each, -1L) == number).toList());
  }

  private void read() {
    if (dead) {
      return;
    }
    if (clock.nowMillis() >= stalledUntilMillis && reads) {
      for (TopicPartition partition : List.copyOf(positions.keySet())) {
        long from = positions.get(partition);
        long end = from + clock.below(5);
        world.rules.processed(partition, from, end);
        positions.put(partition, end);
      }
      if (clock.chance(0.4)) {
        commit(List.copyOf(owned), () -> {});
      }
    }
    clock.after(READ_MILLIS, this::read);
  }

  /**
   * @param then in any case, after the answer or when there is none; not after death
   */
  void commit(Collection<TopicPartition> which, Runnable then) {
    List<TopicPartition> known = which.stream().filter(positions::containsKey).toList();
    if (known.isEmpty() || !commits() || committer().epoch() <= 0) {
      then.run();
      return;
    }
    OffsetCommitRequestData request =
        new OffsetCommitRequestData()
            .setGroupId("g")
            .setMemberId(committer().memberId())
            .setGroupInstanceId(instanceId.orElse(null))
            .setGenerationIdOrMemberEpoch(committer().epoch());
    for (TopicPartition each : known) {
      request
          .topics()
          .add(
              new OffsetCommitRequestTopic()
                  .setName(each.topic())
                  .setPartitions(
                      List.of(
                          new OffsetCommitRequestPartition()
                              .setPartitionIndex(each.partition())
                              .setCommittedOffset(positions.get(each)))));
    }
    if (clock.chance(world.lossRate)) {
      clock.after(
          clock.below(60_000), () -> world.coordinator.receiveLate(name, request.duplicate()));
    }
    send(request, 9, COMMIT_PATIENCE_MILLIS, answer -> then.run(), then);
  }

  /** In the order of sending, as over one connection; requests and answers may be lost. */
  void send(
      Message request,
      int version,
      long patienceMillis,
      Consumer<Message> onAnswer,
      Runnable onSilence) {
    boolean[] over = {false};
    Consumer<Message> back =
        answer -> {
          if (!clock.chance(world.lossRate)) {
            clock.after(
                1 + clock.below(30),
                () ->
                    awake(
                        () -> {
                          if (!over[0]) {
                            over[0] = true;
                            onAnswer.accept(answer);
                          }
                        }));
          }
        };
    if (!clock.chance(world.lossRate)) {
      long late = clock.chance(world.lossRate) ? clock.below(15_000) : clock.below(30);
      lastArrivalMillis = Math.max(lastArrivalMillis, clock.nowMillis() + 1 + late);
      clock.after(
          lastArrivalMillis - clock.nowMillis(),
          () -> world.coordinator.receive(name, request, (short) version, back));
    }
    clock.after(
        patienceMillis,
        () ->
            awake(
                () -> {
                  if (!over[0]) {
                    over[0] = true;
                    onSilence.run();
                  }
                }));
  }

  /** A process that stalls does it when it wakes, one that is gone never. */
  void awake(Runnable what) {
    if (dead) {
      return;
    }
    if (clock.nowMillis() < stalledUntilMillis) {
      clock.after(stalledUntilMillis - clock.nowMillis(), () -> awake(what));
      return;
    }
    what.run();
  }

  @Override
  public String toString() {
    return name + " " + committer() + " owns " + owned + " reads " + positions;
  }
}
