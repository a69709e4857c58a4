package actors.group.classic;

import actors.group.Group.Committer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/** What has to hold after each event, and in the end. */
final class SimRules {
  /** For what waits for the log, and is asked again when that fails. */
  private static final int SLACK_MILLIS = 5_000;

  private final SimWorld world;

  /** Who was given a partition, by generation: an instance, or a member without one. */
  private final Map<Integer, Map<TopicPartition, String>> owners = new LinkedHashMap<>();

  /** When a member was last heard, or told something that lets its session begin anew. */
  private final Map<String, Long> lastSign = new LinkedHashMap<>();

  private final Set<Long> answered = new LinkedHashSet<>();
  private int generationSeen;
  private String why = "";

  SimRules(SimWorld world) {
    this.world = world;
  }

  void coordinatorStarted(ClassicGroup group) {
    group.members().forEach(member -> sign(member.id()));
    generationSeen = group.generation();
  }

  private void sign(String memberId) {
    lastSign.put(memberId, world.now());
  }

  void heard(ApiMessage request) {
    if (request instanceof JoinGroupRequestData join) {
      sign(join.memberId());
    } else if (request instanceof SyncGroupRequestData sync) {
      sign(sync.memberId());
    } else if (request instanceof HeartbeatRequestData beat) {
      sign(beat.memberId());
    }
  }

  /** The group answers a request of a state put back, which has had an error in its stead. */
  void answeredInVain(long token, ApiMessage request) {
    if (!answered.add(token)) {
      world.fail("request " + token + " is answered twice");
    }
    if (request instanceof SyncGroupRequestData sync) {
      sign(sync.memberId());
    }
  }

  void answered(long token, ApiMessage request, ApiMessage response) {
    if (!answered.add(token)) {
      world.fail("request " + token + " is answered twice");
    }
    if (response instanceof SyncGroupResponseData synced) {
      // It may have waited, and then its session begins with the answer, whatever that says.
      sign(((SyncGroupRequestData) request).memberId());
      if (synced.errorCode() == Errors.NONE.code()) {
        assigned((SyncGroupRequestData) request, synced);
      }
    }
  }

  private void assigned(SyncGroupRequestData request, SyncGroupResponseData response) {
    String owner = Optional.ofNullable(request.groupInstanceId()).orElse(request.memberId());
    Map<TopicPartition, String> ofGeneration =
        owners.computeIfAbsent(request.generationId(), generation -> new LinkedHashMap<>());
    for (TopicPartition partition : SimAssignor.partitions(response.assignment())) {
      String other = ofGeneration.putIfAbsent(partition, owner);
      if (other != null && !other.equals(owner)) {
        world.fail(
            partition
                + " has two owners in generation "
                + request.generationId()
                + ": "
                + owner
                + " and "
                + other);
      }
    }
    checkStored(request, response);
  }

  private void checkStored(SyncGroupRequestData request, SyncGroupResponseData response) {
    ClassicRecord.Content stored = world.coordinator.committed();
    boolean same =
        stored.generation() == request.generationId()
            && stored.members().stream()
                .anyMatch(
                    member ->
                        member.id().equals(request.memberId())
                            && member.assignment().equals(Bytes.of(response.assignment())));
    if (!same) {
      world.fail(request.memberId() + " was told of an assignment that the log does not hold");
    }
  }

  void checkAfterEvent() {
    if (!world.coordinator.isUp()) {
      return;
    }
    ClassicGroup group = world.coordinator.group();
    if (group.generation() != generationSeen) {
      generationSeen = group.generation();
      group.members().forEach(member -> sign(member.id()));
    }
    checkSessions(group);
    checkCommitters(group);
    world
        .coordinator
        .open()
        .forEach(
            (token, open) -> {
              if (world.now() - open.sinceMillis() > SimWorld.REBALANCE_MILLIS + SLACK_MILLIS) {
                world.fail("request " + token + " waits since " + open.sinceMillis());
              }
            });
  }

  private void checkSessions(ClassicGroup group) {
    for (ClassicMember member : group.members()) {
      long silent = world.now() - lastSign.computeIfAbsent(member.id(), id -> world.now());
      boolean counts = !member.isNew() && !member.mayBeSilent();
      if (counts && silent > SimWorld.SESSION_MILLIS + SLACK_MILLIS) {
        world.fail(member.id() + " is a member though silent for " + silent + " ms");
      }
    }
  }

  /** No two may commit for the same partition. */
  private void checkCommitters(ClassicGroup group) {
    Map<TopicPartition, SimConsumer> committers = new LinkedHashMap<>();
    for (SimConsumer consumer : world.consumers) {
      Committer committer =
          new Committer(consumer.memberId(), consumer.instanceId(), consumer.generation());
      if (consumer.owned().isEmpty() || group.mayCommit(committer) != Errors.NONE) {
        continue;
      }
      for (TopicPartition partition : consumer.owned()) {
        SimConsumer other = committers.putIfAbsent(partition, consumer);
        if (other != null) {
          world.fail(consumer + " and " + other + " may both commit " + partition);
        }
      }
    }
  }

  /** All consumers have their part of one generation, and all partitions have an owner. */
  boolean allIsWell() {
    ClassicGroup group = world.coordinator.group();
    if (!world.coordinator.isSettled() || !group.state().equals("Stable")) {
      return not("the group is " + group.state());
    }
    TreeSet<String> topics = new TreeSet<>();
    List<TopicPartition> owned = new ArrayList<>();
    for (SimConsumer consumer : world.consumers) {
      if (!consumer.isStable() || consumer.generation() != group.generation()) {
        return not(consumer + " is not of generation " + group.generation());
      }
      topics.addAll(consumer.topics());
      owned.addAll(consumer.owned());
    }
    if (group.memberCount() != world.consumers.size()) {
      return not("the group has members that nobody is: " + group.members());
    }
    List<TopicPartition> all = SimAssignor.all(world.partitionCounts, topics);
    boolean complete = owned.size() == all.size() && owned.containsAll(all);
    return complete || not(owned + " is not " + all);
  }

  private boolean not(String reason) {
    why = reason;
    return false;
  }

  String why() {
    return why;
  }

  void checkStill() {
    if (!allIsWell()) {
      world.fail("all was well, and then " + why);
    }
  }
}
