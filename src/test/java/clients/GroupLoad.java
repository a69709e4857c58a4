package clients;

import static org.awaitility.Awaitility.await;

import clients.history.GroupHistory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.core.ConditionTimeoutException;

/** A group by each protocol, whose members read and commit, each in a thread of its own. */
final class GroupLoad implements AutoCloseable {
  /** After this time without a heartbeat a member is taken for dead. */
  static final Duration SESSION = Duration.ofSeconds(6);

  /** Settings of brokers that go with it. */
  static final Map<String, Object> BROKERS =
      Map.of(
          "group.consumer.session.timeout.ms", SESSION.toMillis(),
          "group.consumer.heartbeat.interval.ms", 500,
          "group.initial.rebalance.delay.ms", 500,
          "offsets.topic.num.partitions", 6);

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
  private static final Duration POLL_INTERVAL_MAX = Duration.ofSeconds(8);
  private static final Duration TOO_LONG = Duration.ofSeconds(10);

  private final RunningCluster cluster;
  private final Workload workload;
  private final List<GroupRecorder> groups = new ArrayList<>();
  private final List<GroupMember> members = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  private GroupLoad(RunningCluster cluster, Workload workload) {
    this.cluster = cluster;
    this.workload = workload;
  }

  /**
   * On a topic that exists already.
   *
   * @param membersEach of each group
   * @param restless whether members come and go by themselves
   */
  static GroupLoad start(
      RunningCluster cluster, Workload workload, int membersEach, boolean restless, Random random) {
    GroupLoad load = new GroupLoad(cluster, workload);
    for (String protocol : List.of("classic", "consumer")) {
      GroupRecorder group = new GroupRecorder(protocol);
      load.groups.add(group);
      for (int i = 1; i <= membersEach; i++) {
        GroupMember member =
            new GroupMember(
                protocol + "-" + i,
                settings(cluster, protocol),
                workload.topic(),
                group,
                new Random(random.nextLong()),
                TOO_LONG);
        member.restless(restless);
        load.members.add(member);
        load.threads.add(RunningLoad.started(member, protocol + "-" + i));
      }
    }
    return load;
  }

  private static Map<String, Object> settings(RunningCluster cluster, String protocol) {
    Map<String, Object> settings = new HashMap<>(cluster.clientSettings());
    settings.put("group.id", protocol);
    settings.put("group.protocol", protocol);
    settings.put("auto.offset.reset", "earliest");
    settings.put("enable.auto.commit", false);
    settings.put("max.poll.interval.ms", (int) POLL_INTERVAL_MAX.toMillis());
    settings.put("fetch.max.wait.ms", 100);
    settings.put("reconnect.backoff.max.ms", 200);
    settings.put("request.timeout.ms", 6000);
    settings.put("default.api.timeout.ms", 7000);
    if (protocol.equals("classic")) {
      settings.put("session.timeout.ms", (int) SESSION.toMillis());
      settings.put("heartbeat.interval.ms", 500);
      settings.put("partition.assignment.strategy", CooperativeStickyAssignor.class.getName());
    }
    return settings;
  }

  /** About every second member leaves or crashes, and stays away. */
  void scatter(Random random) {
    members.forEach(member -> member.away(random.nextBoolean()));
  }

  /** Whoever is away comes back. */
  void gather() {
    members.forEach(member -> member.away(false));
  }

  /**
   * Waits until each group has been given everything below these offsets.
   *
   * @throws ConditionTimeoutException that says who has not
   */
  void awaitReached(Map<Integer, Long> ends) {
    for (GroupRecorder group : groups) {
      try {
        await("group " + group.group() + " to read up to " + ends)
            .atMost(PATIENCE)
            .pollInterval(LOOK_AGAIN)
            .until(() -> group.hasReached(ends));
      } catch (ConditionTimeoutException stuck) {
        throw new ConditionTimeoutException(
            stuck.getMessage() + " It came to " + group.polledEnds(), stuck);
      }
    }
  }

  /** Waits, with all members there and nothing more being sent, until no group has any lag. */
  void awaitNoLag() {
    members.forEach(member -> member.restless(false));
    gather();
    try (Admin admin = cluster.admin()) {
      for (GroupRecorder group : groups) {
        await("no lag of group " + group.group())
            .atMost(PATIENCE)
            .pollInterval(LOOK_AGAIN)
            .ignoreExceptionsMatching(KafkaException.class::isInstance)
            .until(() -> committed(admin, group.group()).equals(ends(admin)));
      }
    }
  }

  private static Map<Integer, Long> committed(Admin admin, String group) {
    Map<Integer, Long> offsets = new TreeMap<>();
    Clients.result(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
        .forEach((partition, offset) -> offsets.put(partition.partition(), offset.offset()));
    return offsets;
  }

  private Map<Integer, Long> ends(Admin admin) {
    Map<TopicPartition, OffsetSpec> question = new HashMap<>();
    for (int partition = 0; partition < workload.partitions(); partition++) {
      question.put(new TopicPartition(workload.topic(), partition), OffsetSpec.latest());
    }
    Map<Integer, Long> ends = new TreeMap<>();
    Clients.result(admin.listOffsets(question).all())
        .forEach((partition, end) -> ends.put(partition.partition(), end.offset()));
    ends.values().removeIf(end -> end == 0);
    return ends;
  }

  /** Ends all members, and tells what they did and saw. */
  List<GroupHistory> finish() {
    close();
    threads.forEach(RunningLoad::join);
    return groups.stream().map(GroupRecorder::history).toList();
  }

  /** For people. */
  List<String> summary() {
    return groups.stream()
        .map(group -> "members of " + group.group() + ": " + group.endings())
        .toList();
  }

  @Override
  public void close() {
    members.forEach(GroupMember::stop);
  }
}
